"""Track detections whose features are known already."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flatsort.files.mot_files import Rows, rows_of
from flatsort.tracker import AppearanceMetric, Detections
from flatsort.tracking.tracker_options import TrackerOptions, make_tracker


class _Describer:
    """A descriptor whose features the detections carry; only its metric is asked for."""

    def __init__(self, metric: AppearanceMetric) -> None:
        self.metric = metric


@dataclass(frozen=True)
class Described:
    """N detections, described.

    Attributes:
        features: (N, D).
        metric: their distance and its gate.
    """

    features: NDArray[np.float32]
    metric: AppearanceMetric


def preset_options(preset: str) -> TrackerOptions:
    """Return the options of a preset, with the smallest confidence that `track.py` gives it."""
    return TrackerOptions(preset=preset, min_confidence=0.1 if preset == "flatsort" else 0.3)


def track_described(
    detections: Rows, looks: Described | None, preset: str, rate: float, length: int, name: str
) -> tuple[Rows, list[int]]:
    """Track the detections of one recording.

    Args:
        detections: N rows.
        looks: their features; None tracks by motion alone.
        preset: preset of the tracker.
        rate: frames per second.
        length: number of frames.
        name: name of the tracker, for messages.

    Returns:
        The tracks, and the row of the detection of each of their boxes.
    """
    described = None if looks is None else _Describer(looks.metric)
    tracker = make_tracker(described, preset_options(preset), rate)
    results, sources = [], []
    for frame in range(1, length + 1):
        now = np.flatnonzero(detections.frames == frame)
        features = None if looks is None else looks.features[now]
        tracks = tracker.update(
            Detections(detections.boxes_tlwh[now], detections.confidences[now], features)
        )
        results += [
            (frame, identity, *box)
            for identity, box in zip(tracks.ids, tracks.boxes_tlwh, strict=True)
        ]
        sources += [now[index] for index in tracks.detection_indices]
    return rows_of(np.array(results).reshape(-1, 6), name, length), sources
