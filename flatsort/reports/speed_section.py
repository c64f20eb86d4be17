"""The time that each stage of a run took."""

from collections.abc import Mapping
from dataclasses import dataclass

_NAMES = {
    "decoding": "Waiting for frames",
    "detection": "Detector",
    "description": "Descriptor",
    "association": "Association",
    "output": "Output",
}


@dataclass(frozen=True)
class Stage:
    """One stage of a run.

    Attributes:
        name: name of the stage.
        seconds: time of the stage in the whole run.
        milliseconds: time of the stage per frame.
        share: share of the run's time in percent.
    """

    name: str
    seconds: float
    milliseconds: float
    share: float


def find_stages(seconds: Mapping[str, float], frames: int) -> list[Stage]:
    """Return the stages that took any time, in the order in which a frame passes them.

    Args:
        seconds: name of the stage in the run's record -> seconds.
        frames: number of frames.
    """
    total = sum(seconds.values())
    return [
        Stage(_NAMES.get(key, key), spent, 1000 * spent / max(1, frames), 100 * spent / total)
        for key, spent in seconds.items()
        if spent > 0
    ]
