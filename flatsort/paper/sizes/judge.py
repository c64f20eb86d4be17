"""Measure one model, or the principal subspace, as a row of the page on latent sizes."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flatsort.evaluation.reid.gates import errors_at, gallery_pairs
from flatsort.evaluation.reid.judged_boxes import Boxes, labelled_boxes
from flatsort.evaluation.reid.pair_scores import score_pairs
from flatsort.files.sequence import Sequence
from flatsort.images.crops import cut_crops
from flatsort.progress import ProgressBar
from flatsort.tracker import AppearanceMetric
from flatsort.training.calibration import Calibration

Encode = Callable[[NDArray[np.uint8]], NDArray[np.float32]]


@dataclass(frozen=True)
class Recognition:
    """How well latents tell the labelled people of a sequence apart; rates from 0 to 1.

    Attributes:
        auc, rank_1, mean_average_precision: scores of the Euclidean distance (see
            :class:`flatsort.evaluation.reid.pair_scores.Scores`).
        cosine_auc: the AUC of the cosine distance about the mean latent of the training crops.
        false_accept: share of the comparisons of two people within the gate, as the tracker
            compares: a box with the nearest earlier box of a person. None without a gate.
        false_reject: share of the comparisons of one person beyond the gate; None without a gate.
    """

    auc: float
    rank_1: float
    mean_average_precision: float
    cosine_auc: float
    false_accept: float | None = None
    false_reject: float | None = None


class LabelledCrops:
    """The labelled crops of one sequence, cut once for all models.

    Args:
        sequence: a sequence with frames and ground truth.
        size: side of the crops in pixels.
    """

    def __init__(self, sequence: Sequence, size: int) -> None:
        self._boxes = labelled_boxes(sequence)
        self._images = _cut(sequence, self._boxes, size)

    def judge(
        self, encode: Encode, centre: NDArray[np.float32], calibration: Calibration | None
    ) -> Recognition:
        """Judge an encoder.

        Args:
            encode: maps crops (N, H, W, 3) to latents (N, Nz).
            centre: (Nz,), the mean latent of the training crops.
            calibration: the metric and the gate, chosen without labels, that is judged.
        """
        latents = encode(self._images)
        euclidean, _ = score_pairs(self._boxes, latents, AppearanceMetric("euclidean", gate=1.0))
        cosine, _ = score_pairs(self._boxes, latents, AppearanceMetric("cosine", 1.0, centre))
        errors = None
        if calibration is not None:
            metric = calibration.metric(centre)
            pairs = gallery_pairs(self._boxes, self._boxes.ids, latents, metric)
            errors = errors_at(metric.gate, pairs)
        return Recognition(
            auc=euclidean.auc,
            rank_1=euclidean.rank_1,
            mean_average_precision=euclidean.mean_average_precision,
            cosine_auc=cosine.auc,
            false_accept=errors.false_accept if errors else None,
            false_reject=errors.false_reject if errors else None,
        )


def _cut(sequence: Sequence, boxes: Boxes, size: int) -> NDArray[np.uint8]:
    images = []
    for number in ProgressBar(
        np.unique(boxes.frames), desc=f"cutting {sequence.name}", unit="frame"
    ):
        chosen = boxes.boxes_tlwh[boxes.frames == number]
        images.append(cut_crops(sequence.read_frame(int(number)), chosen, size, size))
    return np.concatenate(images)
