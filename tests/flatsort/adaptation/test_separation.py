"""Two descriptors on people held out."""

import numpy as np
import pytest

from flatsort.adaptation.material import Material
from flatsort.adaptation.separation import separate
from flatsort.tracker import AppearanceMetric
from flatsort.training.calibration import GAP, HELD_OUT
from flatsort.training.crop_set import CropRule

FRAMES = GAP + 2
PEOPLE = HELD_OUT
RULE = CropRule(min_confidence=0.3, min_height=40.0)


@pytest.fixture
def material(make_footage):
    """Five people side by side for twelve frames; the last of them is held out."""
    rows = [(n, 30 * p, p) for n in range(1, FRAMES + 1) for p in range(PEOPLE)]
    return Material(make_footage(*rows), RULE)


def test_one_in_five_is_held_out_whole(material):
    assert len(material.crops) == PEOPLE * FRAMES
    assert np.unique(material.linked).tolist() == list(range(PEOPLE))
    assert np.unique(material.crops.boxes_tlwh[material.held, 0]).tolist() == [120]


def test_boxes_too_low_to_learn_from_are_set_aside(make_footage):
    footage = make_footage((1, 0), (1, 50))
    footage.boxes_tlwh[1, 3] = 39
    found = Material(footage, RULE)
    assert found.learned.tolist() == [True, False]
    assert len(found.crops) == 1


def test_a_descriptor_that_knows_everybody_errs_nowhere(material):
    metric = AppearanceMetric("euclidean", gate=0.5)
    found = separate(material, material.footage.features, metric)
    assert found.equal_error_rate == 0
    # Two frames have a past of ten frames; each is asked of four others.
    assert (len(found.pairs.same), len(found.pairs.other)) == (2, 8)
    assert found.pairs.same.tolist() == [0, 0]
    assert sorted(found.pairs.other) == [1, 1, 2, 2, 3, 3, 4, 4]
    assert (found.errors.false_accept, found.errors.false_reject) == (0, 0)


def test_errors_are_at_the_own_gate_the_rate_at_the_best_one(material):
    """At 2.5, those at distance 1 and 2 are taken for the one who is held out: half of them."""
    metric = AppearanceMetric("euclidean", gate=2.5)
    found = separate(material, material.footage.features, metric)
    assert found.errors.false_accept == 0.5
    assert found.equal_error_rate == 0


def test_a_descriptor_that_knows_nobody_errs_on_all(material):
    """About the origin all cosines of points on a line are 1."""
    features = np.column_stack([material.footage.features[:, 0] + 1, np.zeros(len(material.crops))])
    metric = AppearanceMetric("cosine", gate=0.2)
    found = separate(material, features.astype(np.float32), metric)
    assert found.equal_error_rate == 1
    assert (found.errors.false_accept, found.errors.false_reject) == (1, 0)


def test_nobody_held_out_tells_nothing(make_footage):
    rows = [(n, 50 * p, p) for n in range(1, FRAMES + 1) for p in range(2)]
    material = Material(make_footage(*rows), RULE)
    metric = AppearanceMetric("euclidean", gate=0.5)
    assert separate(material, material.footage.features, metric) is None
