"""DeepSORT's two stages of matching: :meth:`tracker.DeepSort.update`, compiled.

Both record in detection_of (T,) int64 the detection of each track, and return the free detections
in the order that :mod:`tracker.assignment` leaves them in, which numbers the new tracks.
"""

import numpy as np

from ..kalman import CHI2_95_4
from .appearance import nearest
from .build import kernel
from .kalman import POSITION, box_from_xyah, innovation_xyah
from .overlap import doubled, overlapping_pairs, sort_into_bins, span
from .pairing import pair_off, within
from .selection import take
from .tracks import AGE, HITS

CLAMP = 1e-5  # above the gate, as in tracker.assignment.min_cost_matching


@kernel
def match_appearance(
    state, marks, count, boxes_tlwh, certain, ring, budget, prepared, is_cosine, gate, n_init,
    max_age, detection_of,
):  # fmt: skip
    """The cascade: tracks seen in the last frame choose first, then those of the one before, ...

    Args:
        state: (T, 4, 5) of the tracks.
        marks: (T, 8) of the tracks.
        count: Living tracks.
        boxes_tlwh: (N, 4) boxes of the detections.
        certain: (T,) int64, the detection that each track certainly has become, -1 if none; the
            two are matched, whatever their features, and with nothing else.
        ring: The galleries, see :func:`tracker.compiled.appearance.nearest`.
        budget: Features kept a track.
        prepared: (N, D) float32, features of the detections.
        is_cosine: Whether the distance is cosine, or else Euclidean.
        gate: Largest distance of a match.
        n_init: Matches that confirm a track.
        max_age: Age of the last tracks that take part.
        detection_of: (T,) int64, written.

    Returns:
        (F,) int64 free detections, the number of pairs within the gate of motion, and the number
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
        columns, costs = within(starts, columns, costs, gate)
        free = pair_off(level, free, starts, columns, costs, gate + CLAMP, True, detection_of)
        age = next_age(marks, count, n_init, age)
    return free, gated, compared


@kernel
def match_overlap(state, marks, count, boxes_tlwh, free, n_init, max_iou_distance, detection_of):
    """Match tentative tracks, and those missed in this frame only, by 1 - IoU.

    Args:
        state: (T, 4, 5) of the tracks.
        marks: (T, 8) of the tracks.
        count: Living tracks.
        boxes_tlwh: (N, 4) boxes of the detections.
        free: (F,) int64 free detections.
        n_init: Matches that confirm a track.
        max_iou_distance: Largest distance of a match.
        detection_of: (T,) int64, written.

    Returns:
        (., ) int64 free detections.
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
    # At a limit of 1 no pair is too far: those that do not overlap are matched at their cost of 1.
    refuses = max_iou_distance < 1
    columns, costs = within(starts, columns, costs, max_iou_distance)
    background = max_iou_distance + CLAMP if refuses else 1.0
    return pair_off(tracks, free, starts, columns, costs, background, refuses, detection_of)


@kernel
def boxes_xyah(boxes_tlwh):
    """Boxes (N, 4) as DeepSORT measures them: coordinates (4, N)."""
    measured = np.empty((4, len(boxes_tlwh)))
    for k in range(len(boxes_tlwh)):
        measured[0, k] = boxes_tlwh[k, 0] + boxes_tlwh[k, 2] / 2
        measured[1, k] = boxes_tlwh[k, 1] + boxes_tlwh[k, 3] / 2
        measured[2, k] = boxes_tlwh[k, 2] / boxes_tlwh[k, 3]
        measured[3, k] = boxes_tlwh[k, 3]
    return measured


@kernel
def next_age(marks, count, n_init, age):
    """The least age of a confirmed track above an age, 0 if there is none."""
    following = 0
    for track in range(count):
        is_older = marks[track, HITS] >= n_init and marks[track, AGE] > age
        if is_older and (following == 0 or marks[track, AGE] < following):
            following = marks[track, AGE]
    return following


@kernel
def gated_pairs(state, level, measured, bins, free, certain, owner):
    """The tracks of a level and the free detections that may be the same by their motion.

    Args:
        state: (T, 4, 5) of the tracks.
        level: (L,) int64 tracks.
        measured: (4, N) boxes of the detections.
        bins: The detections by their centres, of :func:`sort_into_bins`.
        free: (F,) int64 free detections.
        certain: (T,) int64, the only detection that may be a track's, -1 if any may.
        owner: (N,) int64, the only track that may be a detection's, -1 if any may.

    Returns:
        starts (L + 1,) int64 and columns (K,) int64, places in `free`: the pairs of the row-th
        track are those from starts[row] to starts[row + 1].
    """
    members, bin_starts, low, bins_a_px = bins
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
        # One coordinate alone must not be farther than all are allowed to be together.
        x, reach = state[track, 0, POSITION], np.sqrt(CHI2_95_4 / weights[0])
        first, end = span(x - reach, x + reach, bin_starts, low, bins_a_px)
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
    marks, level, starts, columns, free, certain, ring, budget, prepared, is_cosine, gate
):  # fmt: skip
    """The distance of each pair (K,), exact if it has a rival; the number of features compared.

    It is 0 for a certain pair, which may have no features.

    A pair without a rival is in every best assignment if its cost is within the gate, whatever it
    is. For if its row and column were paired otherwise, or one of them left over, those pairs would
    cost the background each; the two with each other, and their partners likewise, cost less.
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
