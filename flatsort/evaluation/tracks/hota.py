"""HOTA, computed by TrackEval."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from flatsort.evaluation.tracks.preprocessing import ScoredFrame

if TYPE_CHECKING:
    from trackeval.metrics.hota import HOTA

HotaTerms = dict[str, np.ndarray | float]
"""TrackEval's terms of HOTA at its nineteen localisation thresholds, 0.05 to 0.95."""


def hota_terms(frames: list[ScoredFrame]) -> HotaTerms:
    """Compute TrackEval's terms of HOTA for one sequence.

    Args:
        frames: every frame of the sequence, after preprocessing.
    """
    return _metric().eval_sequence(trackeval_data(frames))


def trackeval_data(frames: list[ScoredFrame]) -> dict[str, Any]:
    """Convert one preprocessed sequence to the dictionary that TrackEval's metrics take."""
    truth_ids, truth_total = _renumber([frame.truth_ids for frame in frames])
    result_ids, result_total = _renumber([frame.result_ids for frame in frames])
    return {
        "gt_ids": truth_ids,
        "tracker_ids": result_ids,
        "similarity_scores": [frame.ious for frame in frames],
        "num_timesteps": len(frames),
        "num_gt_ids": truth_total,
        "num_tracker_ids": result_total,
        "num_gt_dets": sum(map(len, truth_ids)),
        "num_tracker_dets": sum(map(len, result_ids)),
    }


def combine_terms(terms: Iterable[HotaTerms]) -> HotaTerms:
    """Combine the terms of several sequences, as if they were one sequence."""
    return _metric().combine_sequences(dict(enumerate(terms)))


def mean_term(terms: HotaTerms, name: str) -> float:
    """Compute a term in percent, as TrackEval reports it: the mean over the thresholds.

    Args:
        terms: terms of one sequence or of several sequences together.
        name: "HOTA", "DetA", "AssA", "AssPr" or "AssRe".
    """
    return 100.0 * float(np.mean(terms[name]))


def _metric() -> "HOTA":
    from trackeval.metrics.hota import HOTA

    return HOTA()


def _renumber(ids: list[np.ndarray]) -> tuple[list[np.ndarray], int]:
    """Number the identities from 0 without gaps; also return how many identities there are."""
    unique, inverse = np.unique(np.concatenate(ids), return_inverse=True)
    return np.split(inverse, np.cumsum([len(part) for part in ids])[:-1]), len(unique)
