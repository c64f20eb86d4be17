"""A fault that an attack has found."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """A fault.

    Attributes:
        target: what was attacked: a kind of file, a tracker or a command.
        case: what repeats the fault: the seed and the changes, or the words of the command.
        fault: what was wrong.
    """

    target: str
    case: str
    fault: str

    def __str__(self) -> str:
        return f"{self.target}: {self.fault}\n    {self.case}"
