"""Scores computed by hand, and compared with scikit-learn on all pairs at once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from flatsort.evaluation.reid.describe import describe
from flatsort.evaluation.reid.judged_boxes import Boxes, labelled_boxes
from flatsort.evaluation.reid.pair_scores import average_precision, score_pairs
from flatsort.evaluation.reid.pairs import count_pairs, make_metrics
from flatsort.evaluation.reid.raw_pixels import RawPixels
from flatsort.files.sequence import open_sequence
from flatsort.tracker import AppearanceMetric

EUCLIDEAN = AppearanceMetric("euclidean", gate=1.0)


def test_two_people_twice(make_boxes):
    boxes = make_boxes((1, 1), (1, 2), (31, 1), (31, 2))
    features = np.array([[0], [5], [3], [4]], np.float32)
    scores, pairs = score_pairs(boxes, features, EUCLIDEAN)
    # Distances over the 30 frames: 1 to 1 is 3, 1 to 2 is 4, 2 to 1 is 2, 2 to 2 is 1.
    assert sorted(pairs.same) == [1, 3]
    assert sorted(pairs.other) == [2, 4]
    # Of the same-person distances, 1 is below both 2 and 4, and 3 is below 4 only.
    assert scores.auc == 3 / 4
    # At the threshold 2, half of the same-person distances are above it, and half of the others
    # are not.
    assert scores.equal_error_rate == 1 / 2
    # Person 1 in frame 31 is nearer to person 2 in frame 1 (2) than to itself (3).
    assert scores.rank_1 == 3 / 4
    assert scores.mean_average_precision == (1 + 1 + 1 / 2 + 1) / 4


def test_perfect(make_boxes):
    boxes = make_boxes(*[(frame, who) for frame in (1, 25, 49) for who in (1, 2, 3)])
    scores, _ = score_pairs(boxes, np.eye(3, dtype=np.float32)[boxes.ids - 1], EUCLIDEAN)
    assert (scores.auc, scores.equal_error_rate) == (1, 0)
    assert (scores.rank_1, scores.mean_average_precision) == (1, 1)


def test_a_person_without_another_box_is_no_query(make_boxes):
    # Person 2 has one box only, so there are three queries, and all find person 1.
    boxes = make_boxes((1, 1), (31, 1), (31, 2), (61, 1))
    scores, _ = score_pairs(boxes, np.array([[0], [0], [9], [0]], np.float32), EUCLIDEAN)
    assert (scores.rank_1, scores.mean_average_precision) == (1, 1)


def test_against_all_pairs_at_once(random_boxes):
    boxes, features = random_boxes
    scores, pairs = score_pairs(boxes, features, EUCLIDEAN)
    distance = np.linalg.norm(features[:, None] - features[None], axis=2)
    gap = np.abs(boxes.frames[:, None] - boxes.frames[None])
    near = (gap >= 20) & (gap <= 150)
    same = boxes.ids[:, None] == boxes.ids[None]
    once = near & (boxes.frames[:, None] < boxes.frames[None])
    assert (len(pairs.same), len(pairs.other)) == count_pairs(boxes)
    assert count_pairs(boxes) == ((once & same).sum(), (once & ~same).sum())
    assert scores.auc == pytest.approx(roc_auc_score(same[once], -distance[once]))
    asked = [row for row in range(len(boxes)) if (near & same)[row].any()]
    assert len(asked) > 50
    precision = [average_precision_score(same[r][near[r]], -distance[r][near[r]]) for r in asked]
    assert scores.mean_average_precision == pytest.approx(np.mean(precision))
    nearest = np.where(near, distance, np.inf).argmin(1)
    assert scores.rank_1 == pytest.approx(np.mean([same[row, nearest[row]] for row in asked]))


# Whole numbers, so that many distances are equal.
@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=1, max_size=20))
def test_average_precision_is_scikit_learns(gallery):
    distances = np.array([distance for distance, _ in gallery], float)
    same = np.array([alike for _, alike in gallery])
    same[0] = True
    assert average_precision(distances, same) == pytest.approx(
        average_precision_score(same, -distances)
    )


def test_average_precision_by_hand():
    # The same person has ranks 1, 3 and 4: precisions 1, 2/3 and 3/4.
    distances = np.array([4.0, 1.0, 2.0, 3.0, 5.0])
    same = np.array([True, True, False, True, False])
    assert average_precision(distances, same) == pytest.approx((1 + 2 / 3 + 3 / 4) / 3)


def test_raw_pixels_of_mot16_09(mot_data):
    """Compare with the figures of a separate program for 16 x 16 RGB pixels.

    That program averages all pixels of a box. Ours first resizes the box to 64 x 64, so it
    averages 4 x 4 pixels.
    """
    sequence = open_sequence(mot_data / "MOT16" / "train" / "MOT16-09")
    boxes = labelled_boxes(sequence)
    assert (len(boxes), len(np.unique(boxes.ids))) == (1785, 25)
    assert count_pairs(boxes) == (53321, 634691)
    none = Boxes(np.empty(0, np.int64), np.empty((0, 4)), np.empty(0, np.int64))
    features = describe(sequence, {"pixels": RawPixels()}, boxes, none)["pixels"].labelled
    metrics = make_metrics(features.mean(0))
    euclidean, _ = score_pairs(boxes, features, metrics["euclidean"])
    assert euclidean.auc == pytest.approx(0.8299, abs=0.002)
    assert euclidean.rank_1 == pytest.approx(0.7705, abs=0.002)
    cosine, _ = score_pairs(boxes, features, metrics["centred cosine"])
    assert cosine.auc == pytest.approx(0.8452, abs=0.002)
    assert cosine.rank_1 == pytest.approx(0.7400, abs=0.002)
