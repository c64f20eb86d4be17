"""DeepSORT's two stages of matching: :mod:`tracker.reference.cascade`, compiled.

Both stages write the detection of each track into detection_of (T,) int64. They return the free
detections in the order of :mod:`tracker.reference.assignment`, which numbers the new tracks.
"""

import numpy as np

from ..arrays import Floats, Ints, Singles
from ..constants import CHI2_95_4, CLAMP
from .build import kernel
from .gallery import nearest
from .kalman import POSITION, box_from_xyah, innovation_xyah, measured_xyah
from .overlap import doubled, overlapping_pairs, sort_into_bins, span
from .pairing import pair_off, pairs_within
from .selection import take
from .table import AGE, HITS


@kernel
def match_appearance(
    state: Floats, marks: Ints, count: int, boxes_tlwh: Floats, certain: Ints, ring: Singles,
    budget: int, prepared: Singles, is_cosine: bool, gate: float, n_init: int, max_age: int,
    detection_of: Ints,
) -> tuple[Ints, int, int]:  # fmt: skip
    """Match by appearance; the tracks that were seen most recently choose first.

    Args:
        state: (T, 4, 5) states of the tracks.
        marks: (T, 8) marks of the tracks.
        count: Number of living tracks.
        boxes_tlwh: (N, 4) boxes of the detections.
        certain: (T,) int64, the certain detection of each track, -1 if it has none. A certain pair
            is matched whatever its features; its track and its detection match nothing else.
        ring: The galleries, see :func:`tracker.compiled.gallery.nearest`.
        budget: Features kept per track.
        prepared: (N, D) float32, features of the detections.
        is_cosine: Whether the distance is cosine; otherwise it is Euclidean.
        gate: Largest distance of a match.
        n_init: Number of matches that confirm a track.
        max_age: Largest age that takes part.
        detection_of: (T,) int64, written.

    Returns:
        (F,) int64 free detections, the number of pairs within the gate on motion, and the number
        of features compared.
    """
    measured = boxes_xyah(boxes_tlwh)
    bins = sort_into_bins(measured[0])
    owner = np.full(len(boxes_tlwh), -1, np.int64)
    for track in range(count):
        if certain[track] >= 0:
            owner[certain[track]] = track
    free = np.arange(len(boxes_tlwh))
    level = np.empty(count, np.int64)
    gated = compared = 0
    age = next_age(marks, count, n_init, 0)
    while 0 < age <= max_age and len(free) > 0:
        size = 0
        for track in range(count):
            if marks[track, AGE] == age and marks[track, HITS] >= n_init:
                level[size] = track
                size += 1
        starts, columns = gated_pairs(state, level[:size], measured, bins, free, certain, owner)
        costs, n_compared = appearance_costs(
            marks, level, starts, columns, free, certain, ring, budget, prepared, is_cosine, gate
        )
        gated += len(columns)
        compared += n_compared
        columns, costs = pairs_within(gate, starts, columns, costs)
        free = pair_off(level, free, starts, columns, costs, gate + CLAMP, True, detection_of)
        age = next_age(marks, count, n_init, age)
    return free, gated, compared


@kernel
def match_overlap(
    state: Floats,
    marks: Ints,
    count: int,
    boxes_tlwh: Floats,
    free: Ints,
    n_init: int,
    max_iou_distance: float,
    detection_of: Ints,
) -> Ints:
    """Match tentative tracks, and confirmed tracks missed in this frame only, by 1 - IoU.

    Args:
        state: (T, 4, 5) states of the tracks.
        marks: (T, 8) marks of the tracks.
        count: Number of living tracks.
        boxes_tlwh: (N, 4) boxes of the detections.
        free: (F,) int64 free detections.
        n_init: Number of matches that confirm a track.
        max_iou_distance: Largest 1 - IoU of a match.
        detection_of: (T,) int64, written.

    Returns:
        (.,) int64, the detections that are still free.
    """
    tracks, size = np.empty(count, np.int64), 0
    for is_confirmed in (False, True):
        for track in range(count):
            if (marks[track, HITS] >= n_init) != is_confirmed:
                continue
            # Confirmed tracks missed for longer have drifted too far to be recognised by overlap.
            if is_confirmed and (detection_of[track] >= 0 or marks[track, AGE] != 1):
                continue
            tracks[size] = track
            size += 1
    predicted = np.empty((size, 4))
    for row in range(size):
        box_from_xyah(state, tracks[row], predicted, row)
    starts, columns, costs = overlapping_pairs(predicted, take(boxes_tlwh, free))
    for pair in range(len(costs)):
        costs[pair] = 1 - costs[pair]
    # At a limit of 1 no pair is refused: boxes that do not overlap are matched at a cost of 1.
    refuses = max_iou_distance < 1
    columns, costs = pairs_within(max_iou_distance, starts, columns, costs)
    background = max_iou_distance + CLAMP if refuses else 1.0
    return pair_off(tracks, free, starts, columns, costs, background, refuses, detection_of)


@kernel
def boxes_xyah(boxes_tlwh: Floats) -> Floats:
    """Convert boxes (N, 4) to xyah, as coordinates (4, N)."""
    measured = np.empty((4, len(boxes_tlwh)))
    for k in range(len(boxes_tlwh)):
        measured[0, k], measured[1, k], measured[2, k], measured[3, k] = measured_xyah(
            boxes_tlwh, k
        )
    return measured


@kernel
def next_age(marks: Ints, count: int, n_init: int, age: int) -> int:
    """Return the smallest age of a confirmed track above this age, 0 if there is none."""
    following = 0
    for track in range(count):
        is_older = marks[track, HITS] >= n_init and marks[track, AGE] > age
        if is_older and (following == 0 or marks[track, AGE] < following):
            following = marks[track, AGE]
    return following


@kernel
def gated_pairs(
    state: Floats,
    level: Ints,
    measured: Floats,
    bins: tuple[Ints, Ints, float, float],
    free: Ints,
    certain: Ints,
    owner: Ints,
) -> tuple[Ints, Ints]:
    """Return the pairs of a track and a free detection within the gate on motion.

    Args:
        state: (T, 4, 5) states of the tracks.
        level: (L,) int64, the tracks that take part.
        measured: (4, N) boxes of the detections, xyah.
        bins: The detections by their horizontal centres, from :func:`sort_into_bins`.
        free: (F,) int64 free detections.
        certain: (T,) int64, the certain detection of each track, -1 if it has none.
        owner: (N,) int64, the track of the certain pair of each detection, -1 if it has none.

    Returns:
        starts (L + 1,) int64 and columns (K,) int64, places in `free`. The pairs of level[row] are
        those from starts[row] to starts[row + 1].
    """
    members, bin_starts, low, bins_per_px = bins
    place = np.full(measured.shape[1], -1, np.int64)
    for column in range(len(free)):
        place[free[column]] = column
    starts = np.zeros(len(level) + 1, np.int64)
    columns, count = np.empty(2 * len(level) + 1, np.int64), 0
    weights = np.empty(4)
    for row in range(len(level)):
        track = level[row]
        for c in range(4):
            weights[c] = 1 / innovation_xyah(state, track, c)
        # The distance in one coordinate alone cannot exceed the gate on all four.
        x, reach = state[track, 0, POSITION], np.sqrt(CHI2_95_4 / weights[0])
        first, end = span(x - reach, x + reach, bin_starts, low, bins_per_px)
        while count + end - first > len(columns):
            columns = doubled(columns)
        for k in range(first, end):
            detection = members[k]
            is_certain = certain[track] == detection
            is_excluded = not is_certain and (certain[track] >= 0 or owner[detection] >= 0)
            if place[detection] < 0 or is_excluded:
                continue
            distance = 0.0
            for c in range(4):
                distance += (measured[c, detection] - state[track, c, POSITION]) ** 2 * weights[c]
            if distance <= CHI2_95_4:
                columns[count] = place[detection]
                count += 1
        starts[row + 1] = count
    return starts, columns[:count]


@kernel
def appearance_costs(
    marks: Ints, level: Ints, starts: Ints, columns: Ints, free: Ints, certain: Ints,
    ring: Singles, budget: int, prepared: Singles, is_cosine: bool, gate: float,
) -> tuple[Floats, int]:  # fmt: skip
    """Return the distance of each pair (K,), and the number of features compared.

    The distance is exact for a pair with a rival. A certain pair, which may have no features, has
    distance 0. For a pair without a rival any distance within the gate serves, because every best
    assignment contains such a pair. Proof: all other pairs of its row and of its column cost the
    background. An assignment that uses two of them becomes cheaper if the row gets the column and
    their two partners get each other. An assignment that leaves the row or the column over becomes
    cheaper if the row gets the column.
    """
    rivals = np.zeros(len(free), np.int64)
    for pair in range(len(columns)):
        rivals[columns[pair]] += 1
    costs, compared = np.empty(len(columns)), 0
    for row in range(len(starts) - 1):
        for pair in range(starts[row], starts[row + 1]):
            if certain[level[row]] == free[columns[pair]]:
                costs[pair] = 0.0
                continue
            alone = starts[row + 1] - starts[row] == 1 and rivals[columns[pair]] == 1
            costs[pair], n_compared = nearest(
                ring, budget, marks, level[row], prepared, free[columns[pair]], is_cosine,
                gate if alone else -np.inf,
            )  # fmt: skip
            compared += n_compared
    return costs, compared
