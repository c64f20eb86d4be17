"""Which commands of a page are not run as printed, and why: rules.toml."""

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

FILE = Path(__file__).with_name("rules.toml")
# What a command may ask for that not everybody wants to give: --allow.
WANTS = ("data", "machine", "hours")


@dataclass(frozen=True)
class Rule:
    """What is done with the commands of a pattern.

    Attributes:
        command: the pattern, in which * stands for anything.
        never: why it is never run.
        needs: paths without which it is not run.
        absent: paths with which it is not run.
        unless: what it wants, of :data:`WANTS`, to the words it is run with where that is not
            allowed; without words it is not run then. $NAMES in them are of the environment.
        because: why it wants that.
        installs: whether it changes the environment.
        first: a command to run before it.
        answer: to what it asks, if it asks; nobody is there to type.
        stop_after: seconds after which it is stopped and has done its duty; 0 waits for its end.
    """

    command: str
    never: str = ""
    needs: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    unless: Mapping[str, str] = field(default_factory=dict)
    because: str = ""
    installs: bool = False
    first: str = ""
    answer: str = ""
    stop_after: float = 0.0

    def __post_init__(self) -> None:
        if not set(self.unless) <= set(WANTS):
            raise ValueError(f"{FILE}: {self.command!r} wants {[*self.unless]}: not all in {WANTS}")
        if bool(self.unless) != bool(self.because):
            raise ValueError(f"{FILE}: {self.command!r} needs both unless and because, or neither")

    def refusal(
        self, allowed: Collection[str], environment: Mapping[str, str], folder: Path
    ) -> str:
        """Why it is not run; empty if it is.

        Args:
            allowed: what it may want.
            environment: variables of the command.
            folder: where relative paths start.
        """
        if self.never:
            return self.never
        missing = [path for path in self.needs if not (folder / path).exists()]
        if missing:
            return f"needs data that is not here: {', '.join(missing)}"
        there = [path for path in self.absent if (folder / path).exists()]
        if there:
            return f"is not needed where this is: {', '.join(there)}"
        for want, words in self.unless.items():
            names = re.findall(r"\$(\w+)", words)
            does_without = words and all(environment.get(name) for name in names)
            if want not in allowed and not does_without:
                or_these = "".join(f" or ${name}" for name in names)
                return f"wants --allow {want}{or_these}: {self.because}"
        return ""

    def words(self, allowed: Collection[str]) -> str:
        """Those that are added to it."""
        return " ".join(words for want, words in self.unless.items() if want not in allowed)


AS_PRINTED = Rule("*")


def read_rules() -> list[Rule]:
    """All of the file, in its order."""
    entries = tomllib.loads(FILE.read_text(encoding="utf-8"))["rule"]
    lists = ("needs", "absent")
    return [
        Rule(**{key: tuple(each) if key in lists else each for key, each in entry.items()})
        for entry in entries
    ]


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
