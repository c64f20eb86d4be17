"""Which commands of a page are not run as printed, and why: rules.toml."""

import tomllib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from string import Template

FILE = Path(__file__).with_name("rules.toml")


@dataclass(frozen=True)
class Rule:
    """What is done with the commands of a pattern.

    Attributes:
        command: the pattern, in which * stands for anything.
        needs: paths without which it is not run; $NAMES are variables of the environment.
        not_run: why it is never run; empty if it is.
        and_words: added to it.
        because: why.
        stop_after: seconds after which it is stopped and has done its duty; 0 waits for its end.
    """

    command: str
    needs: tuple[str, ...] = ()
    not_run: str = ""
    and_words: str = ""
    because: str = ""
    stop_after: float = 0.0

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


def read_provided() -> dict[str, str]:
    """What a reader brings along, and the command that makes it here."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))["provided"]


def rule_for(words: str, rules: list[Rule]) -> Rule:
    """The first that fits a command (without its comment); as printed if none does."""
    return next((rule for rule in rules if fnmatchcase(words, rule.command)), AS_PRINTED)
