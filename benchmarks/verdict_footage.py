"""Labelled footage for the verdict: boxes, features of several descriptors, and the truth."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy_boxes import WITH_FRAMES, box_sets
from benchmarks.scenes_runs import FRAMES
from flatsort.descriptors import descriptor_label
from flatsort.descriptors.feature_cache import open_cache
from flatsort.descriptors.registry import load_descriptor
from flatsort.evaluation.verdict.detected_boxes import DetectedBoxes
from flatsort.files.mot_files import Rows, read_detections, read_ground_truth
from flatsort.files.sequence import Layout, Sequence, open_sequence
from flatsort.scene.scene_folder import write_scene
from flatsort.tracker import AppearanceMetric
from flatsort.tracker.boxes import iou

MIN_CONFIDENCE = 0.3
"""Smallest confidence of a box: the default of `track.py` with DeepSORT."""
DESCRIPTORS = ("histogram", "fmvae-unseen", "fmvae-track-unseen", "fmvae-track")
"""Descriptors of the comparison. fmvae-track was trained on MOT16-09 without labels, so there it
stands for an adapted descriptor."""
RANDOM = "random numbers"
_RANDOM_METRIC = AppearanceMetric("cosine", gate=0.5)
_THIRDS = 3
_SHORT_S, _SHORT_PEOPLE = 8, 6
"""Seconds and people of the short clip."""
TOGETHER = "scenes together"
SHORT = f"{_SHORT_PEOPLE} people in {_SHORT_S} s"


@dataclass(frozen=True)
class LabelledFootage:
    """A piece of footage, with frames numbered from 1.

    Attributes:
        group: the kind of footage: "MOT16-09", "scenes", TOGETHER or SHORT.
        name: name of the piece.
        frame_rate: frames per second.
        layout: the benchmark whose rules apply.
        truth: rows of the ground truth.
        boxes: N boxes.
        looks: name -> (N, D) features and their metric.
    """

    group: str
    name: str
    frame_rate: float
    layout: Layout
    truth: Rows
    boxes: DetectedBoxes
    looks: dict[str, tuple[NDArray[np.float32], AppearanceMetric]]

    def part(self, name: str, first: int, last: int, step: int = 1) -> "LabelledFootage":
        """Return every ``step``-th frame from ``first`` to ``last``, numbered anew from 1."""
        kept = _within(self.boxes.frames, first, last, step)
        truth = self.truth.select(_within(self.truth.frames, first, last, step))
        boxes = DetectedBoxes(
            np.arange(1, (last - first) // step + 2),
            (self.boxes.frames[kept] - first) // step + 1,
            self.boxes.boxes_tlwh[kept],
            self.boxes.confidences[kept],
        )
        return replace(
            self,
            name=name,
            frame_rate=self.frame_rate / step,
            truth=replace(truth, frames=(truth.frames - first) // step + 1),
            boxes=boxes,
            looks={key: (looks[kept], metric) for key, (looks, metric) in self.looks.items()},
        )

    def with_people(self, count: int) -> "LabelledFootage":
        """Return the boxes of the people who are in view for longest, and only their truth."""
        people, sizes = np.unique(self.truth.ids, return_counts=True)
        truth = self.truth.select(
            np.isin(self.truth.ids, people[np.argsort(-sizes, kind="stable")[:count]])
        )
        kept = np.zeros(len(self.boxes), bool)
        for number, rows in zip(self.boxes.numbers, self.boxes.rows, strict=True):
            known = truth.boxes_tlwh[truth.frames == number]
            if len(known) and len(rows):
                kept[rows] = iou(self.boxes.boxes_tlwh[rows], known).max(axis=1) > 0.5
        boxes = replace(
            self.boxes,
            frames=self.boxes.frames[kept],
            boxes_tlwh=self.boxes.boxes_tlwh[kept],
            confidences=self.boxes.confidences[kept],
        )
        looks = {key: (looks[kept], metric) for key, (looks, metric) in self.looks.items()}
        return replace(self, truth=truth, boxes=boxes, looks=looks)


def join(name: str, pieces: list[LabelledFootage]) -> LabelledFootage:
    """Return pieces as the stretches of one recording, with other people in each."""
    numbers, frames, truths = [], [], []
    offset = people = 0
    for piece in pieces:
        numbers.append(piece.boxes.numbers + offset)
        frames.append(piece.boxes.frames + offset)
        truths.append(
            replace(piece.truth, frames=piece.truth.frames + offset, ids=piece.truth.ids + people)
        )
        # One missing frame ends a stretch.
        offset += int(piece.boxes.numbers[-1]) + 1
        people += int(piece.truth.ids.max())
    boxes = DetectedBoxes(
        np.concatenate(numbers),
        np.concatenate(frames),
        np.concatenate([piece.boxes.boxes_tlwh for piece in pieces]),
        np.concatenate([piece.boxes.confidences for piece in pieces]),
    )
    looks = {
        key: (np.concatenate([piece.looks[key][0] for piece in pieces]), metric)
        for key, (_, metric) in pieces[0].looks.items()
    }
    columns = ("frames", "ids", "boxes_tlwh", "confidences", "classes", "visibilities")
    rows = {key: np.concatenate([getattr(truth, key) for truth in truths]) for key in columns}
    return replace(pieces[0], name=name, truth=replace(truths[0], **rows), boxes=boxes, looks=looks)


def labelled_footage(
    mot_root: Path | None,
    detector: Path | None,
    reid: Path | None,
    folder: Path,
    scenes: Path,
    seeds: int,
) -> Iterator[LabelledFootage]:
    """Yield MOT16-09 with each detector, whole and in thirds, the scenes, and a short clip.

    The last two pieces hold all scenes at once, so that there are many people.

    Args:
        mot_root: folder with the sequences of MOT16; None for the usual place.
        detector: YOLOX-nano as an ONNX file; None leaves its boxes out.
        reid: a re-identification network as ONNX, which joins the comparison; None for none.
        folder: folder for boxes and features.
        scenes: folder for rendered scenes.
        seeds: number of scenes; each one is taken at its full rate and at half of it.

    Raises:
        InputError: a sequence, its boxes or the detector are missing or wrong.
    """
    words = DESCRIPTORS if reid is None else (*DESCRIPTORS, f"onnx:{reid}")
    for boxes in box_sets(mot_root, detector, folder):
        for sequence, rows in boxes.boxes:
            if sequence.name == WITH_FRAMES and boxes.key.endswith("-09"):
                title = f"{sequence.name}, {boxes.title}"
                whole = _open(WITH_FRAMES, title, sequence, rows, words, folder)
                yield whole
                bounds = np.linspace(0, sequence.length, _THIRDS + 1).astype(int).tolist()
                for third in range(_THIRDS):
                    name = f"{title}, third {third + 1}"
                    yield whole.part(name, bounds[third] + 1, bounds[third + 1])
    together: dict[int, list[LabelledFootage]] = {1: [], 2: []}
    for seed in range(seeds):
        path = scenes / f"seed-{seed}"
        if not path.exists():
            write_scene(path, seed, FRAMES)
        sequence = open_sequence(path)
        rows = read_detections(sequence.find_detections("det.txt"), sequence.length)
        whole = _open("scenes", f"scene {seed}", sequence, rows, words, folder)
        together[1].append(whole)
        together[2].append(whole.part(f"scene {seed}, half rate", 1, sequence.length, step=2))
        yield from (together[1][-1], together[2][-1])
        if seed == 0:
            clip = whole.part(SHORT, 1, round(_SHORT_S * whole.frame_rate))
            yield replace(clip.with_people(_SHORT_PEOPLE), group=SHORT)
    for step, pieces in together.items():
        name = f"{seeds} scenes as one recording{', half rate' if step == 2 else ''}"
        yield replace(join(name, pieces), group=TOGETHER)


def _open(
    group: str, name: str, sequence: Sequence, rows: Rows, words: tuple[str, ...], folder: Path
) -> LabelledFootage:
    rows = rows.select(rows.confidences >= MIN_CONFIDENCE)
    rows = rows.select(np.argsort(rows.frames, kind="stable"))
    boxes = DetectedBoxes(
        np.arange(1, sequence.length + 1), rows.frames, rows.boxes_tlwh, rows.confidences
    )
    noise = np.random.default_rng(0).normal(size=(len(boxes), 64)).astype(np.float32)
    looks = {RANDOM: (noise, _RANDOM_METRIC)}
    for word in words:
        looks[descriptor_label(word)] = _describe(word, sequence, boxes, folder)
    truth = read_ground_truth(sequence.ground_truth_path, sequence.length, sequence.layout)
    return LabelledFootage(group, name, sequence.frame_rate, sequence.layout, truth, boxes, looks)


def _describe(
    word: str, sequence: Sequence, boxes: DetectedBoxes, folder: Path
) -> tuple[NDArray[np.float32], AppearanceMetric]:
    """Return the features (N, D) of all boxes, from the cache where it has them, and the metric."""
    descriptor = load_descriptor(word)
    found = []
    with open_cache(folder / "features", descriptor_label(word), descriptor, sequence) as cache:
        for number, rows in zip(boxes.numbers.tolist(), boxes.rows, strict=True):
            given = boxes.boxes_tlwh[rows].astype(np.float32)
            if not len(given):
                continue
            features, known = cache.look_up(number, given)
            if not known.all():
                features = descriptor(sequence.read_frame(number), given)
                cache.add(number, given, features)
            found.append(features)
    return np.concatenate(found), descriptor.metric


def _within(frames: NDArray[np.int64], first: int, last: int, step: int) -> NDArray[np.bool_]:
    return (frames >= first) & (frames <= last) & ((frames - first) % step == 0)
