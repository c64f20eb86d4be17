"""The detections of one frame, and the filters applied before tracking."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .arrays import Bools, Floats, Ints, Numbers, Rows, Singles
from .boxes import intersection
from .constants import LARGEST_PX

FLOAT64 = np.dtype(np.float64)


@dataclass(frozen=True, eq=False)
class Detections:
    """The detections of one frame.

    Attributes:
        boxes_tlwh: (N, 4) float64, left, top, width, height in pixels.
        confidences: (N,) float64.
        features: (N, D) float32 appearance features, or None.
        classes: (N,) int64 class numbers, or None. Objects of different classes never share a
            track.

    Raises:
        ValueError: If the shapes do not fit together.
    """

    boxes_tlwh: Floats
    confidences: Floats
    features: Singles | None = None
    classes: Ints | None = None

    def __post_init__(self) -> None:
        # Few, simple checks: at ten objects per frame they cost as much time as SORT itself.
        boxes = np.asarray(self.boxes_tlwh, dtype=FLOAT64)
        if boxes.shape[1:] != (4,):
            if boxes.size > 0:
                raise ValueError(f"boxes_tlwh must have shape (N, 4), not {boxes.shape}")
            boxes = boxes.reshape(0, 4)
        confidences = np.asarray(self.confidences, dtype=FLOAT64)
        if confidences.shape != boxes.shape[:1]:
            raise ValueError(
                f"confidences must have shape ({len(boxes)},), not {confidences.shape}"
            )
        if boxes is not self.boxes_tlwh:
            object.__setattr__(self, "boxes_tlwh", boxes)
        if confidences is not self.confidences:
            object.__setattr__(self, "confidences", confidences)
        if self.features is not None:
            features = np.asarray(self.features, dtype=np.float32)
            if features.size == 0 and len(boxes) == 0:
                features = features.reshape(0, features.shape[-1] if features.ndim == 2 else 0)
            if features.ndim != 2 or len(features) != len(boxes):
                raise ValueError(
                    f"features must have shape ({len(boxes)}, D), not {features.shape}"
                )
            object.__setattr__(self, "features", features)
        if self.classes is not None:
            classes = np.asarray(self.classes)
            if classes.shape != boxes.shape[:1]:
                raise ValueError(f"classes must have shape ({len(boxes)},), not {classes.shape}")
            object.__setattr__(self, "classes", classes.astype(np.int64))

    def __len__(self) -> int:
        return len(self.boxes_tlwh)

    def select(self, index: Rows | slice) -> Detections:
        """Return the detections at a NumPy index (rows, mask or slice), in its order."""
        features = None if self.features is None else self.features[index]
        classes = None if self.classes is None else self.classes[index]
        return Detections(self.boxes_tlwh[index], self.confidences[index], features, classes)

    @staticmethod
    def from_xyxy(
        boxes_xyxy: Numbers, scores: Numbers, classes: Numbers | None = None
    ) -> Detections:
        """Return the detections of boxes that are given by their corners.

        Args:
            boxes_xyxy: (N, 4) left, top, right, bottom in pixels.
            scores: (N,) confidences.
            classes: (N,) class numbers; None for objects of one class.

        Raises:
            ValueError: If the shapes do not fit together.
        """
        corners = np.asarray(boxes_xyxy, dtype=FLOAT64).reshape(-1, 4)
        boxes = np.concatenate([corners[:, :2], corners[:, 2:] - corners[:, :2]], axis=1)
        return Detections(
            boxes,
            np.asarray(scores, FLOAT64),
            classes=None if classes is None else np.asarray(classes, np.int64),
        )

    @staticmethod
    def empty() -> Detections:
        """Return zero detections, for a frame in which nothing was detected."""
        return Detections(np.empty((0, 4)), np.empty(0))


def check_detections(given: object) -> None:
    """Check the first argument of a tracker's update.

    Raises:
        TypeError: If it is not Detections; the message names the function that makes them.
    """
    if isinstance(given, Detections):
        return
    kind = f"{type(given).__module__}.{type(given).__qualname__}"
    advice = "Detections.from_xyxy(boxes_xyxy, scores) or Detections(boxes_tlwh, confidences)"
    if kind.startswith("supervision."):
        advice = "from_supervision(detections) of flatsort.tracker.supervision"
    raise TypeError(f"update takes Detections, not {kind}: use {advice}")


def valid_mask(detections: Detections) -> Bools:
    """Return a mask (N,) of the valid boxes.

    A valid box has finite coordinates, a finite confidence and a positive width and height. One
    invalid box would make a row of a Kalman filter's covariance zero, and NaN would spread from
    there. Boxes that lie a billion pixels away or are a billionth of a pixel wide are invalid too:
    their areas and ratios would leave the range of floating point.
    """
    boxes = detections.boxes_tlwh
    in_range = (np.abs(boxes) < LARGEST_PX).all(axis=1) & np.isfinite(detections.confidences)
    return in_range & (boxes[:, 2:] > 1 / LARGEST_PX).all(axis=1)


def surviving_rows(boxes_tlwh: Floats, confidences: Floats, max_overlap: float) -> Ints:
    """Return the rows that survive nwojke/deep_sort's non-maximum suppression.

    The boxes take turns, from the most to the least confident. Each surviving box suppresses the
    later boxes of which it covers more than max_overlap of *their* area. This is not IoU: a small
    box inside a large one is suppressed. Sides count whole pixels, both ends included. Of equally
    confident boxes the later row takes its turn first, as in upstream, which reads an ascending
    sort from its end.

    Args:
        boxes_tlwh: (N, 4) boxes, left, top, width, height.
        confidences: (N,) scores.
        max_overlap: Largest covered fraction that survives; at 1 nothing is suppressed.

    Returns:
        (K,) intp rows, by descending confidence.
    """
    order = np.argsort(confidences, kind="stable")[::-1]
    if max_overlap >= 1:
        return order
    boxes = boxes_tlwh[order]
    # Sides are differences of corners, as in upstream. A box inside another then has exactly the
    # area of their intersection, whatever the rounding.
    sides = boxes[:, :2] + boxes[:, 2:] - boxes[:, :2] + 1
    areas = sides[:, 0] * sides[:, 1]
    covered = intersection(boxes, boxes, margin=1.0) / areas[None]
    suppresses = np.triu(covered > max_overlap, k=1)
    survives = np.ones(len(boxes), dtype=bool)
    for row in np.flatnonzero(suppresses.any(axis=1)):
        if survives[row]:
            survives &= ~suppresses[row]
    return order[survives]
