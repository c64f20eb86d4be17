"""A sequence in memory, ready to be tracked and scored many times."""

from dataclasses import dataclass

import numpy as np

from flatsort.descriptors import Descriptor
from flatsort.errors import InputError
from flatsort.evaluation.tracks.score import Score, score_rows
from flatsort.files.mot_files import Rows, read_detections, read_ground_truth
from flatsort.files.sequence import Sequence
from flatsort.tracker import Detections
from flatsort.tracking.tracker_options import TrackerOptions, make_tracker


@dataclass(frozen=True)
class TunedSequence:
    """A sequence with its ground truth and the detections of each frame, features included.

    Attributes:
        sequence: the sequence.
        truth: all rows of the ground truth.
        frames: the detections of each frame.
        descriptor: the descriptor that made the features; None without.
    """

    sequence: Sequence
    truth: Rows
    frames: list[Detections]
    descriptor: Descriptor | None

    def score(self, options: TrackerOptions) -> Score:
        """Track the sequence and score the tracks.

        Raises:
            InputError: an option is out of range.
        """
        tracker = make_tracker(self.descriptor, options, self.sequence.frame_rate)
        tracked = [tracker.update(detections) for detections in self.frames]
        counts = [len(tracks) for tracks in tracked]
        boxes_tlwh = np.concatenate([tracks.boxes_tlwh for tracks in tracked])
        results = Rows(
            frames=np.repeat(np.arange(1, len(tracked) + 1), counts),
            ids=np.concatenate([tracks.ids for tracks in tracked]),
            boxes_tlwh=np.asarray(boxes_tlwh, np.float64).round(2),  # as in a result file
            confidences=np.ones(len(boxes_tlwh)),
            classes=np.full(len(boxes_tlwh), -1),
            visibilities=np.full(len(boxes_tlwh), -1.0),
            path=self.sequence.folder,
        )
        return score_rows(self.truth, results, self.sequence.length, self.sequence.layout)


def load(
    sequence: Sequence, detections: str, descriptor: Descriptor | None, least_confidence: float
) -> TunedSequence:
    """Read a sequence, and describe its boxes if there is a descriptor.

    Args:
        sequence: a sequence with ground truth.
        detections: name of the file in its det/.
        descriptor: describes the boxes; None for motion alone.
        least_confidence: boxes of lower confidence are left out.

    Raises:
        InputError: a file or a frame is missing or wrong.
    """
    if not sequence.has_ground_truth:
        raise InputError(f"{sequence.ground_truth_path}: no ground truth to tune against")
    truth = read_ground_truth(sequence.ground_truth_path, sequence.length, sequence.layout)
    rows = read_detections(sequence.find_detections(detections), sequence.length)
    rows = rows.select(rows.confidences >= least_confidence)
    frames = [
        Detections(rows.boxes_tlwh[each], rows.confidences[each])
        for each in rows.by_frame(sequence.length)
    ]
    if descriptor is not None:
        frames = _described(sequence, frames, descriptor)
    return TunedSequence(sequence, truth, frames, descriptor)


def _described(
    sequence: Sequence, frames: list[Detections], descriptor: Descriptor
) -> list[Detections]:
    """Return the detections with features."""
    from flatsort.progress import ProgressBar

    if descriptor.needs_images:
        sequence.check_images("get the images, or leave out --descriptor")
    described = []
    bar = ProgressBar(frames, desc=f"describing {sequence.name}", unit="frame", leave=False)
    for number, found in enumerate(bar, 1):
        descriptor.start_frame(number)
        image = sequence.read_frame(number) if descriptor.needs_images and len(found) else None
        features = descriptor(image, found.boxes_tlwh.astype(np.float32)) if len(found) else None
        described.append(Detections(found.boxes_tlwh, found.confidences, features))
    return described
