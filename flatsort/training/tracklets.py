"""Who is who as far as detections alone tell: short runs of boxes that are one person.

Boxes linked by high overlap from frame to frame come first. A descriptor trained on those can then
tell which of the runs belong together, across the occlusions that parted them: the labels of a next
round of training, which nobody gave.
"""

import numpy as np
from numpy.typing import NDArray

from flatsort.tracker.boxes import iou
from flatsort.tracker.gallery import AppearanceMetric
from flatsort.training.crop_set import CropSet

# A box and its successor one frame later are one person above this overlap, if neither overlaps any
# other by half.
LINK_IOU = 0.7
RIVAL_IOU = 0.5
# The mean feature of fewer crops is not sure enough to merge by.
MIN_CROPS = 5


def link_tracklets(crops: CropSet) -> NDArray[np.int64]:
    """Number the tracklets: boxes of consecutive frames linked by high, unrivalled overlap.

    Returns:
        (M,) tracklet of each crop; a box that is linked to nothing is a tracklet of its own.
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
            for a, b in np.argwhere(overlap > LINK_IOU):
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
    """Join the tracklets of a sequence that look alike, the likest first.

    Those seen in one frame are two people and never joined. A joined tracklet is compared by the
    mean of all its features.

    Args:
        crops: sequences and frames of the features.
        tracklets: (M,) from :func:`link_tracklets`.
        features: (M, D).
        metric: the distance, and the gate up to which mean features are one person's.

    Returns:
        (M,) tracklet of each crop; a joined one keeps the lowest of its numbers.
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
    """Agglomerate; (T,) the group that each of the T tracklets ends in, its lowest member."""
    count = members.max() + 1
    # Of long footage few frames may have been looked at.
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
    """Fill in a group's row and column of the distances; infinite where it must not be joined."""
    allowed = (sizes > 0) & ~(seen & seen[group]).any(axis=1)
    allowed[group] = False
    row = np.full(len(sizes), np.inf)
    if allowed.any():
        means = (sums[allowed] / sizes[allowed, None]).astype(np.float32)
        own = (sums[group : group + 1] / sizes[group]).astype(np.float32)
        row[allowed] = metric.distances(own, means)[0]
    distances[group], distances[:, group] = row, row
