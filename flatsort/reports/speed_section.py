"""Where a run's time went."""

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
        name: of the stage.
        seconds: that it took.
        milliseconds: the same for a frame.
        share: of the whole, in percent.
    """

    name: str
    seconds: float
    milliseconds: float
    share: float


def find_stages(seconds: Mapping[str, float], frames: int) -> list[Stage]:
    """The stages that took any time, in the order of a frame's way.

    Args:
        seconds: stage to seconds.
        frames: number of frames.
    """
    total = sum(seconds.values())
    return [
        Stage(_NAMES.get(key, key), spent, 1000 * spent / max(1, frames), 100 * spent / total)
        for key, spent in seconds.items()
        if spent > 0
    ]
