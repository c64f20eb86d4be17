"""Box formats and overlap. Every array holds one box per row, in pixels.

tlwh: left, top, width, height.
xyah, DeepSORT's measurement: centre x, centre y, aspect ratio (width / height), height.
xywh, FlatSORT's measurement: centre x, centre y, width, height.
xysr, SORT's measurement: centre x, centre y, area, aspect ratio (width / height).
"""

import numpy as np

from .arrays import Floats


def tlwh_to_xyah(boxes_tlwh: Floats) -> Floats:
    """Convert boxes (..., 4) from tlwh to xyah, DeepSORT's measurement space."""
    centres, sizes = _centres_and_sizes(boxes_tlwh)
    aspects = sizes[..., :1] / sizes[..., 1:]
    return np.concatenate([centres, aspects, sizes[..., 1:]], axis=-1)


def xyah_to_tlwh(boxes_xyah: Floats) -> Floats:
    """Convert boxes (..., 4) from xyah to tlwh."""
    heights = boxes_xyah[..., 3:]
    sizes = np.concatenate([boxes_xyah[..., 2:3] * heights, heights], axis=-1)
    return _from_centres(boxes_xyah[..., :2], sizes)


def tlwh_to_xywh(boxes_tlwh: Floats) -> Floats:
    """Convert boxes (..., 4) from tlwh to xywh, FlatSORT's measurement space."""
    return np.concatenate(_centres_and_sizes(boxes_tlwh), axis=-1)


def xywh_to_tlwh(boxes_xywh: Floats) -> Floats:
    """Convert boxes (..., 4) from xywh to tlwh."""
    return _from_centres(boxes_xywh[..., :2], boxes_xywh[..., 2:])


def tlwh_to_xysr(boxes_tlwh: Floats) -> Floats:
    """Convert boxes (..., 4) from tlwh to xysr, SORT's measurement space."""
    centres, sizes = _centres_and_sizes(boxes_tlwh)
    widths, heights = sizes[..., :1], sizes[..., 1:]
    return np.concatenate([centres, widths * heights, widths / heights], axis=-1)


def xysr_to_tlwh(boxes_xysr: Floats) -> Floats:
    """Convert boxes (..., 4) from xysr to tlwh. Area and ratio must be positive."""
    areas, aspects = boxes_xysr[..., 2:3], boxes_xysr[..., 3:]
    widths = np.sqrt(areas * aspects)
    sizes = np.concatenate([widths, areas / widths], axis=-1)
    return _from_centres(boxes_xysr[..., :2], sizes)


def iou(boxes_tlwh_a: Floats, boxes_tlwh_b: Floats) -> Floats:
    """Return the intersection over union of each box in a with each box in b.

    Args:
        boxes_tlwh_a: (A, 4) boxes, left, top, width, height.
        boxes_tlwh_b: (B, 4) boxes, left, top, width, height.

    Returns:
        (A, B) overlaps in [0, 1]. A box without area overlaps nothing; a prediction can shrink to
        such a box.
    """
    intersections = intersection(boxes_tlwh_a, boxes_tlwh_b)
    areas_a = boxes_tlwh_a[:, 2] * boxes_tlwh_a[:, 3]
    areas_b = boxes_tlwh_b[:, 2] * boxes_tlwh_b[:, 3]
    unions = areas_a[:, None] + areas_b[None] - intersections
    return np.divide(
        intersections, unions, out=np.zeros_like(intersections), where=intersections > 0
    )


def intersection(boxes_tlwh_a: Floats, boxes_tlwh_b: Floats, margin: float = 0.0) -> Floats:
    """Return the intersection areas (A, B) of boxes (A, 4) and (B, 4), in square pixels.

    Args:
        boxes_tlwh_a: (A, 4) boxes, left, top, width, height.
        boxes_tlwh_b: (B, 4) boxes, left, top, width, height.
        margin: Pixels added to the width and the height of every intersection; 1 where coordinates
            count whole pixels.
    """
    ends_a = boxes_tlwh_a[:, :2] + boxes_tlwh_a[:, 2:]
    ends_b = boxes_tlwh_b[:, :2] + boxes_tlwh_b[:, 2:]
    starts = np.maximum(boxes_tlwh_a[:, None, :2], boxes_tlwh_b[None, :, :2])
    sides = np.minimum(ends_a[:, None], ends_b[None]) - starts + margin
    return np.maximum(sides[..., 0], 0.0) * np.maximum(sides[..., 1], 0.0)


def _centres_and_sizes(boxes_tlwh: Floats) -> tuple[Floats, Floats]:
    sizes = boxes_tlwh[..., 2:]
    return boxes_tlwh[..., :2] + sizes / 2, sizes


def _from_centres(centres: Floats, sizes: Floats) -> Floats:
    return np.concatenate([centres - sizes / 2, sizes], axis=-1)
