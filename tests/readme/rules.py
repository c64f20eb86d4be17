"""Which commands of a page are not run as printed, and why: rules.toml."""

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from string import Template

FILE = Path(__file__).with_name("rules.toml")
# What a command may ask for that not everybody wants to give: --allow.
WANTS = ("network", "machine", "hours")


@dataclass(frozen=True)
class Rule:
    """What is done with the commands of a pattern.

    Attributes:
        command: the pattern, in which * stands for anything.
        needs: paths without which it is not run; $NAMES are variables of the environment.
        wants: one of :data:`WANTS`, unless which is allowed it is shortened or not run; empty if it
            wants none of them.
        because: why it wants that, gets words, or, with none of these, is never run.
        and_words: added to it.
        shortened: words that do without what it wants.
        answer: to what it asks, if it asks; nobody is there to type.
        stop_after: seconds after which it is stopped and has done its duty; 0 waits for its end.
    """

    command: str
    needs: tuple[str, ...] = ()
    wants: str = ""
    because: str = ""
    and_words: str = ""
    shortened: str = ""
    answer: str = ""
    stop_after: float = 0.0

    def __post_init__(self) -> None:
        if self.wants not in ("", *WANTS):
            raise ValueError(f"{FILE}: {self.command!r} wants {self.wants!r}: not in {WANTS}")

    def refusal(self, allowed: Collection[str]) -> str:
        """Why it is not run; empty if it is.

        Args:
            allowed: what commands may want.
        """
        if self.wants and self.wants not in allowed:
            return "" if self.shortened else f"wants --allow {self.wants}: {self.because}"
        return "" if self.wants or self.and_words else self.because

    def added(self, allowed: Collection[str]) -> str:
        """The words that are added to it."""
        short = self.shortened if self.wants not in allowed else ""
        return " ".join(filter(None, (self.and_words, short)))

    def missing(self, environment: dict[str, str], folder: Path) -> list[str]:
        """What it needs and is not there, as the file calls it.

        Args:
            environment: variables of the command.
            folder: where relative paths start.
        """
        return [
            need
            for need in self.needs
            if not (folder / Template(need).safe_substitute(environment)).exists()
        ]


AS_PRINTED = Rule("*")


def read_rules() -> list[Rule]:
    """All of the file, in its order."""
    entries = tomllib.loads(FILE.read_text(encoding="utf-8"))["rule"]
    return [Rule(**{**entry, "needs": tuple(entry.get("needs", ()))}) for entry in entries]


@dataclass(frozen=True)
class Provided:
    """What a reader brings along, made before the first command that names it.

    Attributes:
        named: what such a command contains.
        path: of what is made, in the clone; not made where it is there.
        by: the command that makes it.
    """

    named: str
    path: str
    by: str


def read_provided() -> list[Provided]:
    """What the file says of them."""
    return [Provided(**entry) for entry in tomllib.loads(FILE.read_text("utf-8"))["provided"]]


def rule_for(words: str, rules: list[Rule]) -> Rule:
    """The first that fits a command (without its comment); as printed if none does."""
    return next((rule for rule in rules if fnmatchcase(words, rule.command)), AS_PRINTED)
