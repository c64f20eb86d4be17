"""Compare descriptors by their tracks of the same boxes, with the paper's settings and with ours.

Each frame is decoded once and each box is described once, so tracking again with other settings
takes only about a second.
"""

import re
from collections.abc import Mapping
from collections.abc import Sequence as Items
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flatsort.descriptors import Descriptor, load_descriptor
from flatsort.descriptors.feature_file import FeatureTable
from flatsort.descriptors.registry import weights_path
from flatsort.detectors.detection_file import DetectionTable
from flatsort.errors import InputError
from flatsort.evaluation.reid.describe import describe
from flatsort.evaluation.reid.judged_boxes import Boxes
from flatsort.evaluation.tracks.score import Score, ScoredFile, score_files
from flatsort.files.mot_files import Rows, read_detections
from flatsort.files.sequence import Sequence
from flatsort.sinks import ResultFile
from flatsort.tracker import AppearanceMetric, Detections
from flatsort.tracker.detections import valid_mask
from flatsort.tracking.feed import SequenceFeed
from flatsort.tracking.run import track_feed
from flatsort.tracking.tracker_options import PAPER_METRIC, PAPER_OPTIONS, TrackerOptions
from flatsort.training.calibration import calibrate
from flatsort.training.crop_set import CropRule
from flatsort.training.tracklets import link_tracklets

_PAPER, _OURS = "paper", "ours"


@dataclass
class Line:
    """The scores of one tracker with one kind of settings: a line of the table.

    Attributes:
        name: name of the tracker.
        settings: "paper", "ours", or "" for SORT.
        scores: name of the sequence -> score.
    """

    name: str
    settings: str
    scores: dict[str, Score] = field(default_factory=dict)


def compare(
    sequences: Items[Sequence], detections: str, words: Mapping[str, str], results: Path
) -> list[Line]:
    """Track sequences with each descriptor, with the paper's settings and with ours, and score.

    Our settings use a calibrated metric, which trained weights contain. For any other descriptor,
    the metric is calibrated on the sequence's detections, without labels. If there are too few
    detections for it, the descriptor has no line with our settings.

    Args:
        sequences: sequences with ground truth, frames and these detections.
        detections: a file in each sequence's det/.
        words: name of a tracker -> its descriptor, as `load_descriptor` takes it.
        results: folder for the result files TRACKER/SEQ.txt.

    Raises:
        InputError: a descriptor or a sequence cannot be used.
    """
    lines: dict[tuple[str, str], Line] = {}
    for sequence in sequences:
        rows = read_detections(sequence.find_detections(detections), sequence.length)
        detector = DetectionTable(rows)
        boxes = _tracked_boxes(rows)
        if not len(boxes):
            raise InputError(
                f"{rows.path}: no box has confidence >= {TrackerOptions().min_confidence:g}: there "
                "is nothing to track, name another sequence"
            )
        descriptors = {name: load_descriptor(word, sequence) for name, word in words.items()}
        features = _describe(sequence, descriptors, boxes)
        for name, descriptor in descriptors.items():
            tables: dict[str, FeatureTable | None] = {"": None}
            if descriptor is not None:
                own: AppearanceMetric | None = descriptor.metric
                if weights_path(words[name]) is None:
                    own = calibrated_metric(boxes, features[name])
                tables = {
                    kind: FeatureTable(boxes.frames, boxes.boxes_tlwh, features[name], metric, name)
                    for kind, metric in ((_PAPER, PAPER_METRIC), (_OURS, own))
                    if metric is not None
                }
            for kind, table in tables.items():
                path = results / _folder(name, kind) / f"{sequence.name}.txt"
                options = PAPER_OPTIONS if kind == _PAPER else TrackerOptions()
                track_feed(SequenceFeed(sequence), detector, table, options, [ResultFile(path)])
                line = lines.setdefault((name, kind), Line(name, kind))
                (line.scores[sequence.name],) = score_files([ScoredFile(sequence, path)])
    return list(lines.values())


def _tracked_boxes(rows: Rows) -> Rows:
    """Choose the detections that a tracker with default options uses, in order of the frames."""
    kept = rows.confidences >= TrackerOptions().min_confidence
    kept &= valid_mask(Detections(rows.boxes_tlwh, rows.confidences))
    return rows.select(np.flatnonzero(kept)[np.argsort(rows.frames[kept], kind="stable")])


def _describe(
    sequence: Sequence, descriptors: Mapping[str, Descriptor | None], boxes: Rows
) -> dict[str, NDArray[np.float32]]:
    """Compute the features of all boxes: name -> (N, D); SORT has no entry."""
    described = describe(
        sequence,
        {name: each for name, each in descriptors.items() if each is not None},
        Boxes(boxes.frames, boxes.boxes_tlwh, boxes.ids),
        Boxes(boxes.frames[:0], boxes.boxes_tlwh[:0], boxes.ids[:0]),
    )
    return {name: each.labelled for name, each in described.items()}


def calibrated_metric(boxes: Rows, features: NDArray[np.float32]) -> AppearanceMetric | None:
    """Calibrate a metric without labels, on the boxes of one sequence that training would use.

    Args:
        boxes: N detections.
        features: (N, D).

    Returns:
        The cosine about the mean feature, or the Euclidean distance where it errs clearly less,
        with its gate; None if the boxes are too few.
    """
    sure = CropRule().keeps(boxes)
    chosen, features = boxes.select(sure), features[sure]
    crops = Boxes(chosen.frames, chosen.boxes_tlwh, chosen.ids).as_crop_set()
    if not len(crops):
        return None
    centre = features.mean(0)
    found = calibrate(crops, features, centre, link_tracklets(crops), np.ones(len(crops), bool))
    return None if found is None else found.metric(centre)


def _folder(name: str, settings: str) -> str:
    """Make a folder name without spaces and commas."""
    return re.sub(r"[^\w.+-]+", "_", f"{name} {settings}").strip("_")
