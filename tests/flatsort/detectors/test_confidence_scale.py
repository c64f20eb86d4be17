"""Confidences learned from boxes that go on: shares counted by hand, and any monotone scale."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flatsort.detectors.confidence_scale import Continuation, learn_continuation
from flatsort.errors import InputError
from flatsort.files.mot_files import Rows

PATH = Path("det.txt")


def detections(*rows):
    """Rows from (frame, left, confidence); all boxes are 40 x 100 px in one line."""
    table = np.array(rows, dtype=float).reshape(-1, 3)
    unknown = np.full(len(table), -1)
    boxes_tlwh = np.full((len(table), 4), [0.0, 0, 40, 100])
    boxes_tlwh[:, 0] = table[:, 1]
    return Rows(
        frames=table[:, 0].astype(int),
        ids=unknown,
        boxes_tlwh=boxes_tlwh,
        confidences=table[:, 2],
        classes=unknown,
        visibilities=unknown.astype(float),
        path=PATH,
    )


def crowd(seed, scale=lambda confidences: confidences):
    """People who stay for 20 frames with confidences of .5 to 1, among random weak boxes."""
    rng = np.random.default_rng(seed)
    rows = []
    for frame in range(1, 21):
        rows += [(frame, 100 * person, c) for person, c in enumerate(rng.uniform(0.5, 1, 8))]
        rows += [(frame, left, rng.uniform(0, 0.6)) for left in rng.uniform(1000, 9000, 6)]
    made = detections(*rows)
    return replace(made, confidences=scale(made.confidences))


def test_shares_are_counted_over_the_frames_beside_a_box():
    """A person of .9 stays for 4 frames. The two boxes of .3 go on in 1 of 2 and in 1 of 1 frames
    beside them, and the box of .2 in none of 2."""
    person = [(frame, 0, 0.9) for frame in (1, 2, 3, 4)]
    learned = learn_continuation(
        detections(*person, (3, 500, 0.3), (4, 500, 0.3), (2, 900, 0.2)), length=4
    )
    assert learned.confidences.tolist() == [0.2, 0.3, 0.9]
    assert learned.shares == pytest.approx([0, 2 / 3, 1])


def test_shares_never_fall_with_the_confidence():
    """The box of .5 goes nowhere, so it is pooled with those of .4: 2 of 4 frames."""
    person = [(frame, 0, 0.9) for frame in range(1, 31)]
    rows = [*person, (1, 500, 0.4), (2, 500, 0.4), (30, 500, 0.5)]
    assert learn_continuation(detections(*rows), 30).shares == pytest.approx([0.5, 0.5, 1])


def test_the_best_boxes_count_as_one():
    """The camera moves, so that a person's box goes on in every second frame only."""
    lefts = np.repeat(np.arange(0, 30) * 100, 2)
    rows = [(frame, left, 0.8) for frame, left in enumerate(lefts.tolist(), 1)]
    assert learn_continuation(detections(*rows), 60).shares.tolist() == [1.0]


def test_a_box_goes_on_only_if_both_overlap_each_other_most():
    """Two boxes want one: the nearer one goes on."""
    rows = [(1, 0, 0.9), (1, 8, 0.5), (2, 0, 0.9)]
    learned = learn_continuation(detections(*rows), 2)
    assert learned.shares.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("share", "confidence"),
    # .57 is half way from .3 to .84; .92 half way from .84 to 1.
    [(0, 0), (0.15, 0.05), (0.3, 0.1), (0.57, 0.35), (0.84, 0.7), (0.92, 0.825), (1, 0.95)],
)
def test_shares_become_confidences_of_the_presets(share, confidence):
    learned = Continuation(np.array([0.0, 1.0]), np.array([0.0, 1.0]))
    assert learned.translate(np.array([share]))[0] == pytest.approx(confidence)


def test_boxes_below_the_level_are_never_sure():
    learned = Continuation(np.array([0.0, 1.0]), np.array([0.0, 1.0]))
    assert learned.translate(np.array([np.nextafter(0.84, 0)]))[0] < 0.6
    assert learned.sure_from == 1.0


@given(seed=st.integers(0, 99), power=st.sampled_from([0.5, 3.0]), shift=st.floats(0, 0.5))
def test_any_scale_gives_the_same_confidences(seed, power, shift):
    rows = crowd(seed)
    other = crowd(seed, lambda confidences: shift + confidences**power / 2)
    np.testing.assert_allclose(
        learn_continuation(rows, 20).translate(rows.confidences),
        learn_continuation(other, 20).translate(other.confidences),
    )


def test_people_become_sure_and_false_alarms_do_not():
    rows = crowd(0)
    learned = learn_continuation(rows, 20).translate(rows.confidences)
    assert (learned[rows.confidences > 0.65] >= 0.7).all()
    assert (learned[rows.confidences < 0.45] < 0.1).all()


def test_invalid_boxes_count_for_nothing():
    rows = [(1, 0, 0.9), (2, 0, 0.9), (1, 300, 0.2), (2, 600, 0.2)]
    bad = detections(*rows, (1, 900, 0.5), (2, 900, 0.5), (2, 1200, np.nan))
    bad.boxes_tlwh[4:6, 2] = [np.nan, 0]
    learned = learn_continuation(bad, 2)
    assert learned.confidences.tolist() == [0.2, 0.9]
    assert learned.shares.tolist() == [0, 1]


@pytest.mark.parametrize("rows", [[], [(1, 0, 0.9), (3, 0, 0.9)], [(1, 0, 0.9), (2, 500, 0.9)]])
def test_nothing_can_be_learned_where_no_box_goes_on(rows):
    with pytest.raises(InputError, match=r"det.txt: no box goes on .* leave out --thresholds auto"):
        learn_continuation(detections(*rows), 3)
