"""The training set: crops of detected boxes, without labels.

Crops that are cut from MOT-layout folders are kept on disk and memory-mapped.
"""

import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator
from collections.abc import Sequence as Items
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flatsort.errors import InputError
from flatsort.files.mot_files import Rows, read_detections
from flatsort.files.sequence import Sequence
from flatsort.images.crops import CUT_VERSION, cut_crops
from flatsort.messages import LOGGER
from flatsort.progress import ProgressBar
from flatsort.reid_vae.model.architecture import ARCHITECTURES
from flatsort.reid_vae.whole_file import whole_folder
from flatsort.training.crop_files import read_crops, write_crops


@dataclass(frozen=True)
class CropRule:
    """The rule that says which boxes become crops.

    Attributes:
        detections: name of the file in each sequence's det folder.
        min_confidence: lowest confidence of the detection.
        min_height: smallest height of the box in pixels; smaller boxes show too little.
        size: side of the square crops in pixels.
    """

    detections: str = "det.txt"
    min_confidence: float = 0.5
    min_height: float = 40.0
    size: int = 64

    def keeps(self, rows: Rows) -> NDArray[np.bool_]:
        """Return (N,) bool, true for detections that become crops; false for invalid boxes."""
        boxes = rows.boxes_tlwh
        return (
            (rows.confidences >= self.min_confidence)
            & (boxes[:, 3] >= self.min_height)
            & (boxes[:, 2] > 0)
            & np.isfinite(boxes).all(axis=1)
        )


@dataclass(frozen=True)
class CropSet:
    """M crops of one or more sequences.

    Attributes:
        images: (M, size, size, 3) uint8 RGB; may be memory-mapped.
        sequences: (M,), index of the crop's sequence.
        frames: (M,), frame number.
        boxes_tlwh: (M, 4) float64, left, top, width, height in pixels.
    """

    images: NDArray[np.uint8]
    sequences: NDArray[np.int64]
    frames: NDArray[np.int64]
    boxes_tlwh: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.images)

    def select(self, rows: NDArray[np.bool_]) -> "CropSet":
        """Return the crops where ``rows`` (M,) is true, copied to memory unless all are true."""
        if rows.all():
            return self
        return CropSet(
            self.images[rows], self.sequences[rows], self.frames[rows], self.boxes_tlwh[rows]
        )

    def add_pictures(self, images: NDArray[np.uint8]) -> "CropSet":
        """Return these crops and further ones, (N, size, size, 3), without frames and boxes.

        Each further crop is a sequence of its own with one frame, so it is never linked to another
        crop and never held out.
        """
        count = len(images)
        first = self.sequences.max(initial=-1) + 1
        return CropSet(
            images=np.concatenate([self.images, images]),
            sequences=np.concatenate([self.sequences, np.arange(first, first + count)]),
            frames=np.concatenate([self.frames, np.ones(count, np.int64)]),
            boxes_tlwh=np.concatenate([self.boxes_tlwh, np.zeros((count, 4))]),
        )


def collect_crops(sequences: Items[Sequence], rule: CropRule, cache: Path) -> CropSet:
    """Cut the crops of all sequences, or open them if the cache has them.

    Args:
        sequences: MOT-layout folders with frames and detections; labels are not read.
        rule: which boxes to cut.
        cache: folder for crop sets; a crop set is written whole or not at all.

    Raises:
        InputError: a sequence has no frames or no detections, the rule keeps no box, or the cache
            cannot be written.
    """
    folder = cache / _key(sequences, rule)
    crops = read_crops(folder)
    if crops is None:
        if folder.exists():
            LOGGER.warning(f"{folder} is damaged: its crops are cut again")
            shutil.rmtree(folder, ignore_errors=True)
        _cut(sequences, rule, folder)
        crops = read_crops(folder)
    if crops is None:
        raise InputError(f"{folder}: what was written there cannot be read: check the disk")
    images, index = crops
    return CropSet(images, **index)


def cut_frames(
    frames: Iterable[tuple[NDArray[np.uint8], NDArray[np.floating]]],
    size: int = ARCHITECTURES["small"].image_size,
) -> CropSet:
    """Cut the crops of one sequence's frames, in memory.

    Args:
        frames: for every frame in order, also those without boxes: the image (H, W, 3) uint8 BGR
            and the boxes (N, 4) left, top, width, height in pixels. Invalid boxes (NaN, infinite,
            without width or height) are dropped.
        size: side of the crops in pixels: the image_size of the architecture to train.

    Raises:
        InputError: no frame has a valid box.
    """
    images, numbers, boxes = [], [], []
    for number, (image, boxes_tlwh) in enumerate(frames, 1):
        boxes_tlwh = np.asarray(boxes_tlwh, np.float64).reshape(-1, 4)
        valid = np.isfinite(boxes_tlwh).all(axis=1) & (boxes_tlwh[:, 2:] > 0).all(axis=1)
        images.append(cut_crops(image, boxes_tlwh[valid], size, size))
        boxes.append(boxes_tlwh[valid])
        numbers += [number] * int(valid.sum())
    if not numbers:
        raise InputError("no frame has a box: there is nothing to train on")
    return CropSet(
        images=np.concatenate(images),
        sequences=np.zeros(len(numbers), np.int64),
        frames=np.array(numbers),
        boxes_tlwh=np.concatenate(boxes),
    )


def _key(sequences: Items[Sequence], rule: CropRule) -> str:
    """Return a folder name that depends on the rule, the sequences and their detections."""
    facts: list[object] = [CUT_VERSION, asdict(rule)]
    for sequence in sequences:
        path = sequence.find_detections(rule.detections)
        facts.append([str(sequence.folder.resolve()), path.stat().st_size, path.stat().st_mtime_ns])
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]


def _cut(sequences: Items[Sequence], rule: CropRule, folder: Path) -> None:
    chosen = [_chosen(sequence, rule) for sequence in sequences]
    total = sum(len(boxes) for _, boxes in chosen)
    if total == 0:
        names = ", ".join(sequence.name for sequence in sequences)
        raise InputError(
            f"no box of {rule.detections} in {names} has confidence >= {rule.min_confidence:g} and "
            f"height >= {rule.min_height:g}: lower --min-confidence or --min-height"
        )
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        # If another run has cut the same crops meanwhile, these take their place.
        with whole_folder(folder) as made:
            pieces = ProgressBar(
                _pieces(sequences, chosen, rule.size), desc="cutting crops", unit="frame"
            )
            write_crops(
                made,
                (total, rule.size, rule.size, 3),
                pieces,
                sequences=np.repeat(np.arange(len(chosen)), [len(boxes) for _, boxes in chosen]),
                frames=np.concatenate([frames for frames, _ in chosen]),
                boxes_tlwh=np.concatenate([boxes for _, boxes in chosen]),
            )
    except OSError as error:
        raise InputError(f"{folder.parent}: cannot write here: {error.strerror}") from error


def _pieces(
    sequences: Items[Sequence],
    chosen: list[tuple[NDArray[np.int64], NDArray[np.float64]]],
    size: int,
) -> Iterator[NDArray[np.uint8]]:
    """Yield the crops of each frame."""
    for sequence, (frames, boxes_tlwh) in zip(sequences, chosen, strict=True):
        for frame in np.unique(frames):
            image = sequence.read_frame(int(frame))
            yield cut_crops(image, boxes_tlwh[frames == frame], size, size)


def _chosen(sequence: Sequence, rule: CropRule) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return frame numbers and boxes of the detections that the rule keeps, sorted by frame."""
    sequence.check_images("get the images, which training needs")
    rows = read_detections(sequence.find_detections(rule.detections), sequence.length)
    keep = rule.keeps(rows)
    order = np.flatnonzero(keep)[np.argsort(rows.frames[keep], kind="stable")]
    return rows.frames[order], rows.boxes_tlwh[order]
