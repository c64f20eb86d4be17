"""Boxes that are kept between runs, so that a detector looks at each frame of a recording once."""

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from flatsort.detectors.detection_file import DetectionTable
from flatsort.detectors.detector import Detector
from flatsort.detectors.detector_settings import DetectorSettings
from flatsort.detectors.kept_boxes import DamagedBoxes, KeptBoxes
from flatsort.detectors.registry import detector_label, load_detector
from flatsort.errors import InputError
from flatsort.files.atomic import atomic_path
from flatsort.files.sequence import Sequence
from flatsort.messages import LOGGER
from flatsort.sources.frame_selection import ALL, FrameSelection
from flatsort.sources.recording import recording_facts
from flatsort.sources.source import Frame, Source
from flatsort.tracker import Detections

# Lowest confidence of the boxes that are kept, unless a run asks for lower ones: FlatSORT's own
# lowest. Non-maximum suppression goes from sure boxes to doubtful ones, so doubtful boxes change no
# surer box, and the boxes of a higher threshold are among those of this one.
LOWEST = 0.1
# Seconds between two writes of the file, so that a killed run loses at most this much work.
_PIECE_S = 15.0
# Most of the time that may be spent on writing the file, as a fraction.
_FOR_WRITING = 0.05


DetectorLoader = Callable[[str, DetectorSettings], Detector]
"""Returns the detector of a word, as :func:`flatsort.detectors.registry.load_detector` does."""


@contextmanager
def open_detector(
    word: str,
    settings: DetectorSettings,
    footage: Sequence | Source,
    folder: Path | None,
    selection: FrameSelection = ALL,
    load: DetectorLoader = load_detector,
) -> Iterator["Detector | CachedDetector"]:
    """Open a detector whose boxes of a recording are kept for the next run.

    The boxes are kept in FOLDER/boxes/DETECTOR/NAME-xxxxxxxx.npz, also those of a run that stops
    early.

    Args:
        word: the detector's word, as `load_detector` takes it.
        settings: settings of the detector.
        footage: the footage of these frames.
        folder: the folder of the cache; None to keep nothing.
        selection: the frames that the detector will see.
        load: loads the detector.

    Yields:
        The detector; a :class:`CachedDetector` if its boxes of this footage can be kept.

    Raises:
        InputError: as :func:`flatsort.detectors.registry.load_detector`, or a file's boxes belong
            to other frames.
    """
    floor = min(LOWEST, settings.min_confidence)
    facts = None if folder is None else recording_facts(footage)
    kept = settings if facts is None else replace(settings, min_confidence=floor)
    detector = _fitted(load(word, kept), footage)
    if facts is None:
        yield detector
        return
    if detector.cache_key is None:
        yield _fitted(load(word, settings), footage)
        return
    rule = [detector.cache_key, *settings.classes, settings.nms_overlap, floor]
    label = f"{footage.name}-{_digest([facts[0][0], word, *rule[1:]])[:8]}.npz"
    # Only a sequence knows its number of frames for certain.
    is_exact = isinstance(footage, Sequence)
    cached = CachedDetector(
        detector,
        settings.min_confidence,
        folder / "boxes" / detector_label(word) / label,
        _digest([*rule, *facts]),
        selection.numbers(footage.length) if is_exact else None,
    )
    try:
        yield cached
    finally:
        # Save even if an error ends the run: the next run then looks only at the remaining frames.
        cached.save()


class CachedDetector:
    """A detector that looks up its boxes in a file before it looks at a frame.

    Args:
        detector: finds the boxes that the file lacks.
        min_confidence: boxes of lower confidence are kept in the file, but not returned.
        path: the file; if it is damaged, a note on stderr says so, and it is written anew.
        key: a text for everything that the boxes depend on.
        numbers: numbers of the frames that the detector will see; None if unknown.

    Attributes:
        needs_images: whether the file lacks the boxes of a frame.
        reused: number of frames whose boxes came from the file.
    """

    cache_key: str | None = None

    def __init__(
        self,
        detector: Detector,
        min_confidence: float,
        path: Path,
        key: str,
        numbers: Iterable[int] | None,
    ) -> None:
        self.reused = 0
        self.class_names = detector.class_names
        self._detector, self._min_confidence = detector, min_confidence
        self._path, self._key = path, key
        try:
            self._kept = KeptBoxes.read(path, key)
        except DamagedBoxes:
            self._kept = KeptBoxes()
            LOGGER.warning(f"{path} is damaged: its boxes are found again")
        self.needs_images = numbers is None or not self._kept.has_all(numbers)
        self._saved_at, self._saved_frames = time.monotonic(), len(self._kept)
        self._write_s = 0.0

    def __call__(self, frame: Frame) -> Detections:
        """Return the detections of a frame, from the file if it has them."""
        found = self._kept.get(frame.number)
        if found is None:
            found = self._detector(frame)
            self._kept.add(frame.number, found)
            wait = max(_PIECE_S, self._write_s / _FOR_WRITING)
            if time.monotonic() - self._saved_at > wait:
                self.save()
        else:
            self.reused += 1
        return found.select(found.confidences >= self._min_confidence)

    def save(self) -> None:
        """Write the file if there are new boxes; if that fails, a note on stderr says so."""
        if len(self._kept) == self._saved_frames:
            return
        start = time.monotonic()
        try:
            with atomic_path(self._path) as temporary:
                self._kept.write(temporary, self._key)
        except InputError as error:
            LOGGER.warning(f"boxes are not kept for the next run: {error}")
        self._saved_at, self._saved_frames = time.monotonic(), len(self._kept)
        self._write_s = self._saved_at - start


def _fitted(detector: Detector, footage: Sequence | Source) -> Detector:
    if isinstance(detector, DetectionTable):
        detector.fit(footage)
    return detector


def _digest(values: list[object]) -> str:
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()
