"""What a run took, and how many people it told apart."""

from collections.abc import Iterable
from dataclasses import dataclass

# Attributes of a Report that are seconds, and what the closing line calls them.
STAGES = {
    "decoding": "waiting for decoding",
    "detection": "detector",
    "description": "descriptor",
    "association": "association",
    "output": "output",
}


@dataclass
class Report:
    """What a run took.

    Attributes:
        frames: tracked; fewer than there are if the user stopped.
        size: (width, height) of the first frame, pixels; None if no frame was read.
        signal: number of the one that interrupted the run, or None.
        identities: reported.
        detections: in these frames.
        confident: of them, those of at least the minimum confidence.
        dropped: detections that were no boxes.
        missing: frames that the footage lacks between those it has, by their times.
        reused: of the boxes described, those whose features were kept from an earlier run.
        described: boxes that the tracker wanted features of.
        decoding: seconds waiting for frames, which are read and decoded ahead in a thread.
        detection: seconds in the detector.
        description: seconds in the descriptor, looking up what was kept included.
        association: seconds in the tracker, the descriptor's excluded.
        output: seconds drawing and encoding.
    """

    frames: int = 0
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
        """One line for a person."""
        stages = []
        for attribute, name in STAGES.items():
            seconds = getattr(self, attribute)
            each = 1000 * seconds / max(1, self.frames)
            stages.append(f"{name} {seconds:.2f} s ({each:.2f} ms a frame)")
        dropped = f" ({self.dropped} invalid boxes dropped)" if self.dropped else ""
        missing = f" ({self.missing} more were missing)" if self.missing else ""
        counted = (
            f"{self.frames} frames{missing}, {self.confident} of {self.detections} detections"
            f"{dropped}, {self.identities} identities"
        )
        if self.described:
            counted += f", {self.described} described"
        if self.reused:
            counted += f" ({self.reused} of {self.described} features from the cache)"
        return f"{counted}; {', '.join(stages)}"


class IdentityCount:
    """Counts different identities, in a byte for each id.

    Attributes:
        total: how many there were.
    """

    def __init__(self) -> None:
        self.total = 0
        self._seen = bytearray()

    def add(self, ids: Iterable[int]) -> None:
        """Take in the ids of a frame: whole numbers from 1, which trackers give in turn."""
        for identity in ids:
            if identity >= len(self._seen):
                self._seen.extend(bytes(identity + 1 - len(self._seen)))
            self.total += not self._seen[identity]
            self._seen[identity] = 1
