"""Link boxes into tracklets: short runs of boxes that show one person, found without labels.

First, high overlap from frame to frame links the boxes. A descriptor trained on these tracklets
then finds the tracklets that show one person before and after an occlusion. The merged tracklets
replace labels in the next round of training.
"""

import numpy as np
from numpy.typing import NDArray

from flatsort.tracker import AppearanceMetric
from flatsort.tracker.boxes import iou
from flatsort.training.crop_set import CropSet

# Two boxes in consecutive frames show one person if their IoU is above LINK_IOU and neither has an
# IoU of RIVAL_IOU or more with another box. LOOSE_IOU is for learned features, which need many
# pictures of each person and bear some wrong links: boxes of a poor detector, or of few frames per
# second, overlap less. The gate is always calibrated on the surer links.
LINK_IOU, LOOSE_IOU = 0.7, 0.5
RIVAL_IOU = 0.5
# Fewest crops of a tracklet that may be merged: the mean feature of fewer is too uncertain.
MIN_CROPS = 5


def link_tracklets(crops: CropSet, least_iou: float = LINK_IOU) -> NDArray[np.int64]:
    """Link the boxes of consecutive frames by high overlap where there is no rival box.

    Args:
        crops: M crops; their sequences, frames and boxes are read.
        least_iou: IoU above which two boxes are linked, at least RIVAL_IOU.

    Returns:
        (M,), the tracklet of each crop; a box without a link is its own tracklet.
    """
    tracklets = np.arange(len(crops))
    for sequence in np.unique(crops.sequences):
        rows = np.flatnonzero(crops.sequences == sequence)
        frames = crops.frames[rows]
        for frame in np.unique(frames):
            now, later = rows[frames == frame], rows[frames == frame + 1]
            if len(later) == 0:
                continue
            overlap = iou(crops.boxes_tlwh[now], crops.boxes_tlwh[later])
            for a, b in np.argwhere(overlap > least_iou):
                rivals = np.concatenate([np.delete(overlap[a], b), np.delete(overlap[:, b], a)])
                if rivals.max(initial=0) < RIVAL_IOU:
                    tracklets[later[b]] = tracklets[now[a]]
    return tracklets


def merge_tracklets(
    crops: CropSet,
    tracklets: NDArray[np.int64],
    features: NDArray[np.float32],
    metric: AppearanceMetric,
) -> NDArray[np.int64]:
    """Merge tracklets of one sequence if they look alike, the most similar pair first.

    Two tracklets that appear in one frame show two people and are never merged. A merged tracklet
    is compared by the mean of all its features.

    Args:
        crops: M crops; their sequences and frames are read.
        tracklets: (M,), from :func:`link_tracklets`.
        features: (M, D), one per crop.
        metric: compares mean features; two show one person if their distance is within its gate.

    Returns:
        (M,), the tracklet of each crop; a merged tracklet has the lowest number of its parts.
    """
    merged = tracklets.copy()
    for sequence in np.unique(crops.sequences):
        names, sizes = np.unique(tracklets[crops.sequences == sequence], return_counts=True)
        names = names[sizes >= MIN_CROPS]
        if len(names) > 1:
            chosen = np.flatnonzero(np.isin(tracklets, names))
            members = np.searchsorted(names, tracklets[chosen])
            groups = _merge(members, crops.frames[chosen], features[chosen], metric)
            merged[chosen] = names[groups[members]]
    return merged


def _merge(
    members: NDArray[np.int64],
    frames: NDArray[np.int64],
    features: NDArray[np.float32],
    metric: AppearanceMetric,
) -> NDArray[np.int64]:
    """Merge T tracklets greedily; return (T,), the lowest tracklet in the group of each."""
    count = members.max() + 1
    # Frame numbers may have large gaps, and `seen` has one column per frame.
    _, frames = np.unique(frames, return_inverse=True)
    groups = np.arange(count)
    sizes = np.bincount(members).astype(np.float64)
    sums = np.zeros((count, features.shape[1]))
    np.add.at(sums, members, features)
    seen = np.zeros((count, frames.max() + 1), bool)
    seen[members, frames] = True
    distances = np.full((count, count), np.inf)
    for group in range(count):
        _compare(group, distances, sums, sizes, seen, metric)
    while True:
        kept, gone = sorted(np.unravel_index(distances.argmin(), distances.shape))
        if distances[kept, gone] > metric.gate:
            return groups
        groups[groups == gone] = kept
        sums[kept] += sums[gone]
        sizes[kept] += sizes[gone]
        sizes[gone] = 0
        seen[kept] |= seen[gone]
        distances[gone], distances[:, gone] = np.inf, np.inf
        _compare(kept, distances, sums, sizes, seen, metric)


def _compare(
    group: int,
    distances: NDArray[np.float64],
    sums: NDArray[np.float64],
    sizes: NDArray[np.float64],
    seen: NDArray[np.bool_],
    metric: AppearanceMetric,
) -> None:
    """Set a group's row and column of the distances; infinite where merging is not allowed."""
    allowed = (sizes > 0) & ~(seen & seen[group]).any(axis=1)
    allowed[group] = False
    row = np.full(len(sizes), np.inf)
    if allowed.any():
        means = (sums[allowed] / sizes[allowed, None]).astype(np.float32)
        own = (sums[group : group + 1] / sizes[group]).astype(np.float32)
        row[allowed] = metric.distances(own, means)[0]
    distances[group], distances[:, group] = row, row
