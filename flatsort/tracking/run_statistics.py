"""The statistics of a tracking run: times, counts and the number of identities."""

from collections.abc import Iterable
from dataclasses import dataclass

STAGES = {
    "decoding": "waiting for decoding",
    "detection": "detector",
    "description": "descriptor",
    "association": "association",
    "output": "output",
}
"""Attribute of RunStatistics in seconds -> name of the stage in the closing line."""


@dataclass
class RunStatistics:
    """Counts and times of a run.

    Attributes:
        frames: number of the last tracked frame; below the footage's length if the user stopped.
        tracked: number of tracked frames.
        is_complete: whether the run went on to the last frame of the footage.
        is_kept: whether the run keeps its files, see :class:`flatsort.tracking.feed.Keep`.
        size: (width, height) of the first image in pixels; None if no image was read.
        signal: number of the signal that interrupted the run; None if there was none.
        identities: number of reported identities.
        detections: number of detections in the tracked frames.
        confident: number of detections with at least the minimum confidence.
        dropped: number of detections with an invalid box.
        missing: number of frames that are missing, judged by the times of the other frames.
        described: number of boxes whose features the tracker asked for.
        reused: number of described boxes whose features came from the cache.
        decoding: seconds of waiting for frames, which a thread reads and decodes ahead.
        detection: seconds in the detector.
        description: seconds in the descriptor and the cache.
        association: seconds in the tracker, without the descriptor. They include the measurement
            of the camera's motion, and the linking of an offline run with its descriptions.
        output: seconds of drawing, encoding and writing.
    """

    frames: int = 0
    tracked: int = 0
    is_complete: bool = False
    is_kept: bool = False
    size: tuple[int, int] | None = None
    signal: int | None = None
    identities: int = 0
    detections: int = 0
    confident: int = 0
    dropped: int = 0
    missing: int = 0
    described: int = 0
    reused: int = 0
    decoding: float = 0.0
    detection: float = 0.0
    description: float = 0.0
    association: float = 0.0
    output: float = 0.0

    def line(self) -> str:
        """Return the statistics as one line of text."""
        stages = []
        for attribute, name in STAGES.items():
            seconds = getattr(self, attribute)
            each = 1000 * seconds / max(1, self.tracked)
            stages.append(f"{name} {seconds:.2f} s ({each:.2f} ms per frame)")
        dropped = f" ({self.dropped} invalid boxes dropped)" if self.dropped else ""
        missing = f" ({self.missing} more were missing)" if self.missing else ""
        counted = (
            f"{self.tracked} frames{missing}, {self.confident} of {self.detections} detections"
            f"{dropped}, {self.identities} identities"
        )
        if self.described:
            counted += f", {self.described} described"
        if self.reused:
            counted += f" ({self.reused} of {self.described} features from the cache)"
        return f"{counted}; {', '.join(stages)}"


class IdentityCount:
    """Counts distinct identities, with one byte of memory per id.

    Attributes:
        total: number of distinct identities so far.
    """

    def __init__(self) -> None:
        self.total = 0
        self._seen = bytearray()

    def add(self, ids: Iterable[int]) -> None:
        """Add the ids of one frame; a tracker assigns whole numbers from 1 upwards."""
        for identity in ids:
            if identity >= len(self._seen):
                self._seen.extend(bytes(identity + 1 - len(self._seen)))
            self.total += not self._seen[identity]
            self._seen[identity] = 1
