"""Write the boxes of a detector to a file that other programs, and later runs, can read."""

from pathlib import Path

import numpy as np

from flatsort.detectors.detector import Detector
from flatsort.files.atomic import atomic_writer, check_writable
from flatsort.sources.source import Frame
from flatsort.tracker import Detections


class DetectionRecorder:
    """A detector that remembers the lines of its boxes, in the format of MOTChallenge's det.txt.

    Args:
        detector: finds the boxes.
        path: the file that :meth:`write` writes.

    Raises:
        InputError: the file cannot be written; the check comes before any frame is looked at.
    """

    cache_key = None

    def __init__(self, detector: Detector, path: Path) -> None:
        check_writable(path)
        self._detector, self._path = detector, path
        self._lines: dict[int, str] = {}

    @property
    def class_names(self) -> dict[int, str]:
        """Number -> name of the classes that the detector finds."""
        return self._detector.class_names

    @property
    def needs_images(self) -> bool:
        """Whether the detector reads ``frame.image``."""
        return self._detector.needs_images

    def __call__(self, frame: Frame) -> Detections:
        """Return the detections of a frame; a frame that is asked for twice is written once."""
        found = self._detector(frame)
        # Column 8 counts classes from 1, as in result files; -1 stands for no class.
        classes = np.full(len(found), -1) if found.classes is None else found.classes + 1
        self._lines[frame.number] = "".join(
            f"{frame.number},-1,{','.join(f'{value:.3f}' for value in box)},{confidence:.5f}"
            f",{number},-1,-1\n"
            for box, confidence, number in zip(
                found.boxes_tlwh.tolist(), found.confidences.tolist(), classes.tolist(), strict=True
            )
        )
        return found

    def write(self) -> None:
        """Write the boxes of all frames so far; the file appears complete or not at all.

        Raises:
            InputError: the file cannot be written.
        """
        with atomic_writer(self._path) as handle:
            handle.writelines(self._lines[number] for number in sorted(self._lines))
