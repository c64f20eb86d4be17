"""FlatSORT's thresholds, learned from a sequence's boxes without labels."""

from dataclasses import dataclass, replace

import numpy as np

from flatsort.detectors.confidence_scale import Continuation, learn_continuation
from flatsort.files.mot_files import Rows
from flatsort.tracker import Detections, FlatSort, FlatSortConfig

LONG_MEMORY_S = 4.0
"""Memory in seconds of the run whose gaps are counted. Motion predicts nobody longer than that."""
MEAN_GAPS = 3.0
"""Memory in mean gaps. Gaps are about exponentially distributed, and 95 % of such numbers are below
log 20 = 3.0 times their mean."""


@dataclass(frozen=True)
class LearnedThresholds:
    """What the boxes of a sequence say about the settings of FlatSORT.

    Attributes:
        boxes: the detections, with confidences on the scale of FlatSORT's settings.
        sure_from: the smallest confidence of a sure box, on the detector's scale.
        memory_s: seconds for which a track waits for its next detection; None if no track has ever
            waited, so that nothing is known.
    """

    boxes: Rows
    sure_from: float
    memory_s: float | None


def learn_thresholds(rows: Rows, length: int, frame_rate: float) -> LearnedThresholds:
    """Learn the confidences, then the memory, from all boxes of a sequence.

    Args:
        rows: its detections.
        length: number of frames.
        frame_rate: frames per second.

    Raises:
        InputError: no box goes on in the next frame.
    """
    continuation: Continuation = learn_continuation(rows, length)
    boxes = replace(rows, confidences=continuation.translate(rows.confidences))
    memory_s = learn_memory(boxes, length, frame_rate)
    return LearnedThresholds(boxes, continuation.sure_from, memory_s)


def learn_memory(boxes: Rows, length: int, frame_rate: float) -> float | None:
    """Return the seconds after which hardly any track goes on; None if no track has a gap.

    FlatSORT tracks by motion with a long memory, and the gaps of its tracks are counted.

    Args:
        boxes: detections, with confidences on the scale of FlatSORT's settings.
        length: number of frames.
        frame_rate: frames per second.
    """
    tracker = FlatSort(FlatSortConfig(frame_rate=frame_rate, memory_s=LONG_MEMORY_S))
    last: dict[int, int] = {}
    gaps: list[int] = []
    for frame, rows in enumerate(boxes.by_frame(length)):
        tracks = tracker.update(Detections(boxes.boxes_tlwh[rows], boxes.confidences[rows]))
        for name in tracks.ids.tolist():
            gap = frame - last.get(name, frame)
            gaps += [gap] if gap > 1 else []
            last[name] = frame
    return MEAN_GAPS * float(np.mean(gaps)) / frame_rate if gaps else None
