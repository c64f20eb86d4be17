"""Scores on people held out of training."""

import numpy as np
import pytest

from flatsort.adaptation.held_out_scores import score_held_out
from flatsort.adaptation.linked_footage import LinkedFootage
from flatsort.tracker import AppearanceMetric
from flatsort.training.calibration import GAP, HELD_OUT
from flatsort.training.crop_set import CropRule

FRAMES = GAP + 2
PEOPLE = HELD_OUT
RULE = CropRule(min_confidence=0.3, min_height=40.0)


@pytest.fixture
def linked(make_footage):
    """Five people stand side by side for twelve frames; the last of them is held out."""
    rows = [(n, 30 * p, p) for n in range(1, FRAMES + 1) for p in range(PEOPLE)]
    return LinkedFootage(make_footage(*rows), RULE)


def test_one_in_five_is_held_out_whole(linked):
    assert len(linked.crops) == PEOPLE * FRAMES
    assert np.unique(linked.tracklets).tolist() == list(range(PEOPLE))
    assert np.unique(linked.crops.boxes_tlwh[linked.held_out, 0]).tolist() == [120]


def test_small_boxes_are_not_learned_from(make_footage):
    footage = make_footage((1, 0), (1, 50))
    footage.boxes_tlwh[1, 3] = 39
    found = LinkedFootage(footage, RULE)
    assert found.learned.tolist() == [True, False]
    assert len(found.crops) == 1


def test_a_perfect_descriptor_makes_no_errors(linked):
    metric = AppearanceMetric("euclidean", gate=0.5)
    found = score_held_out(linked, linked.footage.features, metric)
    assert found.equal_error_rate == 0
    # Two frames have a frame ten before; each box is compared with four other people.
    assert (len(found.pairs.same), len(found.pairs.other)) == (2, 8)
    assert found.pairs.same.tolist() == [0, 0]
    assert sorted(found.pairs.other) == [1, 1, 2, 2, 3, 3, 4, 4]
    assert (found.errors.false_accept, found.errors.false_reject) == (0, 0)


def test_errors_use_the_own_gate_and_the_rate_uses_the_best_gate(linked):
    """A gate of 2.5 accepts the people at distances 1 and 2: half of the others."""
    metric = AppearanceMetric("euclidean", gate=2.5)
    found = score_held_out(linked, linked.footage.features, metric)
    assert found.errors.false_accept == 0.5
    assert found.equal_error_rate == 0


def test_a_useless_descriptor_always_errs(linked):
    """All features lie on one line through the origin, so every cosine is 1."""
    features = np.column_stack([linked.footage.features[:, 0] + 1, np.zeros(len(linked.crops))])
    metric = AppearanceMetric("cosine", gate=0.2)
    found = score_held_out(linked, features.astype(np.float32), metric)
    assert found.equal_error_rate == 1
    assert (found.errors.false_accept, found.errors.false_reject) == (1, 0)


def test_without_people_held_out_there_are_no_scores(make_footage):
    rows = [(n, 50 * p, p) for n in range(1, FRAMES + 1) for p in range(2)]
    linked = LinkedFootage(make_footage(*rows), RULE)
    metric = AppearanceMetric("euclidean", gate=0.5)
    assert score_held_out(linked, linked.footage.features, metric) is None
