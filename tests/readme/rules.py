"""The rules for commands that do not run as printed, read from rules.toml."""

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

FILE = Path(__file__).with_name("rules.toml")
# Costly resources. A command uses one only if --allow names it.
RESOURCES = ("data", "machine", "hours")


@dataclass(frozen=True)
class Rule:
    """A rule for the commands that match a pattern.

    Attributes:
        command: the pattern; * matches any text.
        never: the reason why the command never runs; empty if it may run.
        needs: paths; the command runs only if all of them exist.
        absent: paths; the command runs only if none of them exists.
        resources: the resources of :data:`RESOURCES` that the command uses. Each maps to the words
            that are added to the command if the resource is not allowed; with "" the command does
            not run in this case. The words may contain $NAMES of environment variables, which must
            be set.
        because: the reason why the command uses the resources.
        installs: whether the command changes the environment.
        first: a command that runs before it.
        answer: the text to type at the command's prompt.
        stop_after: seconds after which the command is stopped and counts as ok; 0 waits for its
            end.
    """

    command: str
    never: str = ""
    needs: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    resources: Mapping[str, str] = field(default_factory=dict)
    because: str = ""
    installs: bool = False
    first: str = ""
    answer: str = ""
    stop_after: float = 0.0

    def __post_init__(self) -> None:
        unknown = [resource for resource in self.resources if resource not in RESOURCES]
        if unknown:
            raise ValueError(
                f"{FILE}: {self.command!r} has unknown resources {unknown}: choose from {RESOURCES}"
            )
        if bool(self.resources) != bool(self.because):
            raise ValueError(
                f"{FILE}: {self.command!r} must have both resources and because, or neither"
            )

    def refusal(
        self, allowed: Collection[str], environment: Mapping[str, str], folder: Path
    ) -> str:
        """Return the reason why the command does not run; empty if it runs.

        Args:
            allowed: the allowed resources.
            environment: environment variables of the command.
            folder: the folder in which relative paths start.
        """
        if self.never:
            return self.never
        missing = [path for path in self.needs if not (folder / path).exists()]
        if missing:
            return f"needs missing data: {', '.join(missing)}"
        existing = [path for path in self.absent if (folder / path).exists()]
        if existing:
            return f"is not needed, because this exists: {', '.join(existing)}"
        for resource, words in self.resources.items():
            names = re.findall(r"\$(\w+)", words)
            does_without = words and all(environment.get(name) for name in names)
            if resource not in allowed and not does_without:
                or_variables = "".join(f" or ${name}" for name in names)
                return f"needs --allow {resource}{or_variables}: {self.because}"
        return ""

    def added_words(self, allowed: Collection[str]) -> str:
        """Return the words to add to the command, given the allowed resources."""
        return " ".join(
            words for resource, words in self.resources.items() if resource not in allowed
        )


AS_PRINTED = Rule("*")
"""The rule of a command that runs exactly as printed."""


def read_rules() -> list[Rule]:
    """Return all rules of rules.toml, in order."""
    entries = tomllib.loads(FILE.read_text(encoding="utf-8"))["rule"]
    lists = ("needs", "absent")
    return [
        Rule(**{key: tuple(each) if key in lists else each for key, each in entry.items()})
        for entry in entries
    ]


@dataclass(frozen=True)
class Provided:
    """A file or folder of the reader, which is made before the first command that names it.

    Attributes:
        named: the text by which a command names it.
        path: its path in the clone; it is made only if this does not exist.
        by: the command that makes it.
    """

    named: str
    path: str
    by: str


def read_provided() -> list[Provided]:
    """Return the provided files of rules.toml, in order."""
    return [Provided(**entry) for entry in tomllib.loads(FILE.read_text("utf-8"))["provided"]]


def rule_for(words: str, rules: list[Rule]) -> Rule:
    """Return the first rule that matches a command (without its comment), else AS_PRINTED."""
    return next((rule for rule in rules if fnmatchcase(words, rule.command)), AS_PRINTED)
