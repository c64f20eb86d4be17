"""Cover, crowding and place: evidence that boxes give, worked out on paper."""

import numpy as np
import pytest

from flatsort.tracker.identity.frame_crops import judge_crops
from flatsort.tracker.identity.place import entry_evidence, place_evidence
from flatsort.tracker.identity.scene import Scene
from flatsort.tracker.identity.visibility import covered_shares, crowding

PERSON = [0.0, 0.0, 40.0, 100.0]


def covered(*boxes_tlwh, confidences=None):
    return covered_shares(np.array(boxes_tlwh), np.array(confidences or [1.0] * len(boxes_tlwh)))


def test_the_one_with_the_lower_feet_covers_the_other():
    """The nearer box covers 30 of 40 columns and rows 20 to 100: .75 * .8 = .6."""
    assert covered(PERSON, [10.0, 20.0, 40.0, 100.0]).tolist() == pytest.approx([0.6, 0.0])


def test_the_largest_cover_counts():
    """The near boxes cover 10 and 20 of 40 columns, from row 50: .125 and .25."""
    shares = covered(PERSON, [30.0, 50.0, 40.0, 60.0], [-20.0, 50.0, 40.0, 60.0])
    assert shares[0] == pytest.approx(0.25)


def test_a_doubtful_box_covers_nobody():
    assert covered(PERSON, [10.0, 20.0, 40.0, 100.0], confidences=[1.0, 0.2]).tolist() == [0.0, 0.0]


def test_two_boxes_of_one_person_do_not_cover_each_other():
    """Moved by 4 of 100 rows the IoU is 96 / 104 = .92."""
    assert covered(PERSON, [0.0, 4.0, 40.0, 100.0]).tolist() == [0.0, 0.0]


def test_nothing_covers_nothing():
    assert covered_shares(np.empty((0, 4)), np.empty(0)).shape == (0,)
    assert crowding(np.empty((0, 4)), np.empty(0)).shape == (0,)


def test_crowding_is_the_largest_overlap():
    """Moved by 10 of 40 columns the IoU is 30 / 50."""
    boxes = np.array([PERSON, [10.0, 0.0, 40.0, 100.0], [500.0, 0.0, 40.0, 100.0]])
    np.testing.assert_allclose(crowding(boxes, np.ones(3)), [0.6, 0.6, 0.0])


def test_crops_are_clean_hidden_or_alone():
    boxes = np.array(
        [
            PERSON,
            [5.0, 10.0, 40.0, 100.0],  # covers 35 / 40 * .9 = .79 of the first
            [300.0, 0.0, 40.0, 100.0],
            [600.0, 0.0, 40.0, 100.0],
        ]
    )
    crops = judge_crops(boxes, np.array([0.9, 0.9, 0.9, 0.4]), np.zeros((4, 2), np.float32))
    assert crops.is_hidden.tolist() == [True, False, False, False]
    assert crops.is_clean.tolist() == [False, True, True, False]
    assert crops.is_alone.tolist() == [False, False, True, False]
    assert crops.weights.tolist() == [0.0, 1.0, 1.0, 0.5]
    crops.note_missed(np.array([[305.0, 0.0, 40.0, 100.0]]))
    assert not crops.is_alone.any()


def evidence(step=0.0, seconds=1.0, height=100.0, area=3e6):
    return place_evidence(
        np.array([step, 100.0 - height, 40.0, height]), np.array(PERSON), seconds, area
    )


def test_the_same_place_speaks_for_the_same_person():
    """Deviation 100 (.3 + .5) = 80 px, a third of the area 1e6: log(1e6 / (2 pi 6400)) - .3 log 2
    = 3.214 - .208 = 3.006, bounded by 3."""
    assert evidence() == 3.0


def test_a_place_farther_away_is_worth_less():
    """One deviation away half a nat is lost: 3.006 - .5; three away, 4.5 nats."""
    assert evidence(step=80.0) == pytest.approx(2.506, abs=1e-3)
    assert evidence(step=240.0) == pytest.approx(3.006 - 4.5, abs=1e-3)


def test_nobody_walks_so_far():
    """After 1 s at most 2.5 heights, 250 px."""
    assert np.isfinite(evidence(step=249.0))
    assert evidence(step=251.0) == -np.inf


def test_the_longer_away_the_less_the_place_says():
    values = [evidence(seconds=seconds) for seconds in (1, 3, 10, 60)]
    assert values == sorted(values, reverse=True)
    assert values[-1] < 0


def test_another_height_speaks_against_the_same_person():
    """The feet stay. log 1.419 = .35 = one deviation, .15 + .2: half a nat."""
    assert evidence(height=141.9) == pytest.approx(3.0 - 0.5, abs=1e-3)


@pytest.mark.parametrize(("widths", "nats"), [(-0.5, -1), (0, -1), (0.5, -0.5), (1, 0), (9, 1)])
def test_new_people_come_in_at_the_sides(widths, nats):
    assert entry_evidence(widths) == pytest.approx(nats)


def test_the_nearer_side_counts_in_box_widths():
    """All boxes span the columns 0 to 540, so 100 px are left of the box and 400 right of it."""
    scene = Scene(frame_rate=30)
    scene.start_frame(np.array([PERSON, [500.0, 0.0, 40.0, 100.0]]))
    assert scene.widths_from_side(np.array([100.0, 0, 40, 100])) == 2.5
    assert scene.widths_from_side(np.array([440.0, 0, 40, 100])) == 1.5
