"""CLEAR MOT and identity counts, computed by motmetrics."""

from typing import TYPE_CHECKING

from flatsort.evaluation.tracks.counts import Counts

if TYPE_CHECKING:
    from motmetrics import MOTAccumulator

_METRICS = {
    "idtp": "idtp",
    "idfp": "idfp",
    "idfn": "idfn",
    "false_positives": "num_false_positives",
    "misses": "num_misses",
    "switches": "num_switches",
    "fragmentations": "num_fragmentations",
    "mostly_tracked": "mostly_tracked",
    "partially_tracked": "partially_tracked",
    "mostly_lost": "mostly_lost",
    "matches": "num_detections",
    "truth_boxes": "num_objects",
    "result_boxes": "num_predictions",
    "truth_tracks": "num_unique_objects",
}
"""Name of our count -> name of motmetrics' metric."""


def accumulate(matched: "MOTAccumulator", length: int) -> Counts:
    """Count hits and errors in one sequence as motmetrics' `evaluateTracking` does.

    Args:
        matched: the sequence's matched boxes, from
            :func:`flatsort.evaluation.tracks.matching.match_frames`.
        length: number of frames, including empty ones.
    """
    import motmetrics

    # The identity counts are an assignment problem. motmetrics takes the first solver that is
    # installed; a fixed one breaks ties the same way on every machine.
    with motmetrics.lap.set_default_solver("lap"):
        summary = (
            motmetrics.metrics.create()
            .compute_many([matched], metrics=[*_METRICS.values(), "motp"])
            .iloc[0]
        )
    counted = {ours: round(summary[theirs]) for ours, theirs in _METRICS.items()}
    distance = float(summary["motp"]) * counted["matches"] if counted["matches"] else 0.0
    return Counts(**counted, distance=distance, frames=length)
