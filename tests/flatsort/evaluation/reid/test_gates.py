"""Gates from tracklets, and their errors by labels."""

import numpy as np
import pytest

from flatsort.evaluation.reid.gates import errors_at, gallery_pairs, recommend_gate, tracklets_of
from flatsort.evaluation.reid.judged_boxes import Boxes
from flatsort.evaluation.reid.pair_scores import PairDistances
from flatsort.evaluation.reid.pairs import make_metrics
from flatsort.tracker import AppearanceMetric
from flatsort.training.calibration import calibrate

EUCLIDEAN = AppearanceMetric("euclidean", gate=1.0)


def standing(people, frames):
    """Make boxes of people 100 px apart who stand still in frames 1 to `frames`."""
    rows = [(frame, who) for frame in range(1, frames + 1) for who in range(people)]
    numbers, who = np.array(rows, np.int64).reshape(-1, 2).T
    boxes_tlwh = np.column_stack([100.0 * who, np.tile([0.0, 20.0, 50.0], (len(rows), 1))])
    return Boxes(numbers, boxes_tlwh, who)


def test_the_gate_lies_between_distances_of_one_and_of_two_people():
    detected = standing(people=2, frames=12)
    features = np.float32([[0.0], [6.0]])[detected.ids]
    tracklets = tracklets_of(detected)
    assert len(np.unique(tracklets)) == 2
    found = recommend_gate(detected, tracklets, features, EUCLIDEAN)
    # Distances of one person are 0, of two people 6. Only frames 11 and 12 have a gallery ten
    # frames old, so each person has 2 distances.
    assert (found.gate, found.equal_error_rate) == (3, 0)
    assert (found.positives, found.negatives) == (4, 4)


def test_the_gate_is_the_one_that_training_chooses():
    detected = standing(people=6, frames=40)
    rng = np.random.default_rng(1)
    features = (rng.normal(size=(6, 4))[detected.ids] + rng.normal(size=(240, 4)) / 2).astype("f4")
    everyone = np.ones(len(detected), bool)
    chosen = calibrate(
        detected.as_crop_set(), features, features.mean(0), tracklets_of(detected), everyone
    )
    name = "centred cosine" if chosen.kind == "cosine" else chosen.kind
    metric = make_metrics(features.mean(0))[name]
    found = recommend_gate(detected, tracklets_of(detected), features, metric)
    assert 0 < found.equal_error_rate < 0.5
    assert (found.gate, found.equal_error_rate) == (chosen.gate, chosen.equal_error_rate)


@pytest.mark.parametrize(("people", "frames"), [(2, 10), (1, 12), (0, 0)])
def test_too_few_detections_recommend_no_gate(people, frames):
    detected = standing(people, frames)
    features = np.zeros((len(detected), 3), np.float32)
    assert recommend_gate(detected, tracklets_of(detected), features, EUCLIDEAN) is None


def test_a_gallery_gives_its_nearest_distance():
    # Two people in frames 1, 3, ... 23; the first alternates between features 0 and 5.
    boxes = standing(people=2, frames=12)
    boxes = Boxes(2 * boxes.frames - 1, boxes.boxes_tlwh, boxes.ids)
    features = np.where(boxes.ids == 1, 9.0, 5.0 * (boxes.frames % 4 == 3))
    pairs = gallery_pairs(boxes, boxes.ids, features[:, None].astype("f4"), EUCLIDEAN)
    # From frame 13 on, the gallery ten frames ago has both features; at frame 11 it has only 0.
    assert sorted(pairs.same) == [0] * 13 + [5]
    # The second person, 9, is 4 away from 5; the first person is 9 or 4 away from the second.
    assert set(pairs.other) == {4, 9}


def test_errors_by_hand():
    pairs = PairDistances(same=np.array([1, 2, 3, 4.0]), other=np.array([2, 3, 5, 6, 7.0]))
    # A distance equal to the gate is within it.
    errors = errors_at(3.0, pairs)
    assert (errors.false_accept, errors.false_reject) == (2 / 5, 1 / 4)
    assert errors_at(3.0, PairDistances(np.empty(0), pairs.other)) is None
