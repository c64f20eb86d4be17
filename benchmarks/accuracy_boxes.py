"""The boxes of the accuracy benchmark: three detectors on the training sequences of MOT16."""

from dataclasses import dataclass
from pathlib import Path

from benchmarks.accuracy_trackers import LEAST_CONFIDENCE
from flatsort.detectors.detector_settings import DetectorSettings
from flatsort.detectors.registry import load_detector
from flatsort.errors import InputError
from flatsort.files.atomic import atomic_writer
from flatsort.files.mot_files import Rows, read_detections
from flatsort.files.sequence import Sequence, default_mot_root, find_sequences
from flatsort.sources.source import Frame

WITH_FRAMES = "MOT16-09"
"""The sequence on which trackers that look at frames are compared."""
NANO_NMS_OVERLAP = 0.45
"""Largest IoU of two boxes of YOLOX-nano, as in YOLOX's own demo."""

FROM_FILES = (
    (
        "yolox",
        "YOLOX-x",
        "yolox.txt",
        "`det/yolox.txt`. The detector saw the first half of each sequence in its training.",
    ),
    (
        "frcnn",
        "Faster R-CNN",
        "det.txt",
        "`det/det.txt`, the public boxes of MOT17. Most of their confidences are 1.",
    ),
)
"""Key, title, file in det/ and note of the sets whose boxes come from files."""
NANO_NOTE = (
    "Made by this command from the frames: boxes of a confidence of "
    f"{LEAST_CONFIDENCE} and above; of two with an IoU above {NANO_NMS_OVERLAP}, the more "
    "confident one."
)


@dataclass(frozen=True)
class BoxSet:
    """Boxes of one detector.

    Attributes:
        key: name of the folder with the results.
        title: the detector.
        strong: confidence from which a box is strong; trackers without a second stage get only
            these boxes.
        note: what a reader must know about the boxes.
        boxes: each sequence with its boxes.
        has_halves: whether the second halves are scored too.
    """

    key: str
    title: str
    strong: float
    note: str
    boxes: tuple[tuple[Sequence, Rows], ...]
    has_halves: bool = False


def box_sets(mot_root: Path | None, detector: Path | None, folder: Path) -> list[BoxSet]:
    """Read the boxes of the three detectors; YOLOX-nano's are made where they are missing.

    Args:
        mot_root: folder with the sequences of MOT16; None for the usual place.
        detector: YOLOX-nano as an ONNX file; None leaves its boxes out.
        folder: folder for YOLOX-nano's boxes.

    Raises:
        InputError: a sequence, its boxes or the detector are missing or wrong.
    """
    sequences = find_sequences("all", mot_root or default_mot_root())
    with_frames = [each for each in sequences if each.name == WITH_FRAMES]
    sets = [
        BoxSet(f"{key}{suffix}", title, 0.6, note, _from_files(chosen, file), has_halves)
        for chosen, suffix, has_halves in ((sequences, "", True), (with_frames, "-09", False))
        for key, title, file, note in FROM_FILES
    ]
    if detector is not None:
        for sequence in with_frames:
            path = folder / f"{detector.stem}-{sequence.name}.txt"
            if not path.is_file():
                _detect(sequence, detector, path)
            boxes = (sequence, read_detections(path, sequence.length))
            sets.append(BoxSet("nano-09", "YOLOX-nano", 0.3, NANO_NOTE, (boxes,)))
    return sets


def _from_files(sequences: list[Sequence], name: str) -> tuple[tuple[Sequence, Rows], ...]:
    return tuple(
        (each, read_detections(each.find_detections(name), each.length)) for each in sequences
    )


def _detect(sequence: Sequence, detector: Path, path: Path) -> None:
    """Write the people whom the detector finds in a sequence, as MOTChallenge's det.txt."""
    from flatsort.progress import ProgressBar

    if not sequence.has_images:
        raise InputError(
            f"{sequence.image_folder} has no frames: get them, or leave out --detector"
        )
    settings = DetectorSettings(min_confidence=LEAST_CONFIDENCE, nms_overlap=NANO_NMS_OVERLAP)
    find = load_detector(f"onnx:{detector}", settings)
    with atomic_writer(path) as file:
        for number in ProgressBar(range(1, sequence.length + 1), desc="detecting", unit="frame"):
            found = find(Frame(number, number / sequence.frame_rate, sequence.read_frame(number)))
            file.writelines(
                f"{number},-1,{','.join(f'{value:.2f}' for value in box)},{confidence:.4f}\n"
                for box, confidence in zip(found.boxes_tlwh, found.confidences, strict=True)
            )
