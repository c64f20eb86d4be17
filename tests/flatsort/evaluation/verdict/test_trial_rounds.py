"""The plans of trials."""

import numpy as np

from flatsort.evaluation.verdict.sure_people import find_sure_people
from flatsort.evaluation.verdict.trial_rounds import plan_rounds
from tests.flatsort.evaluation.verdict.conftest import FRAME_RATE, make_boxes

BEFORE, AFTER = 10, 8


def test_absences_and_exchanges_keep_their_bounds(sure):
    rounds = plan_rounds(sure, 50, seed=0)
    absences = [each for found in rounds for each in found.absences]
    exchanges = [each for found in rounds for each in found.exchanges]
    # 50 rounds of four people, two in five of whom take part: 80 on average, half in exchanges.
    assert 25 < len(absences) < 80
    assert 15 < len(exchanges) < 60
    for each in absences:
        assert each.first >= BEFORE
        # The shortest absence has 0.3 s at 10 frames per second.
        assert each.back - each.first >= 3
        assert each.back <= 60 - AFTER
    for each in exchanges:
        assert each.before.shape[1] >= BEFORE
        assert each.after.shape[1] >= AFTER
        assert 2 <= 60 - each.before.shape[1] - each.after.shape[1] <= 20


def test_a_round_hides_its_absent_people_and_swaps_looks(sure):
    for found in plan_rounds(sure, 30, seed=1):
        hidden, looks = np.zeros(240, bool), np.arange(240)
        for each in found.absences:
            hidden[sure.rows[each.tracklet][each.first : each.back]] = True
        for each in found.exchanges:
            for tracklet, before, after in zip(
                each.tracklets, each.before, each.after, strict=True
            ):
                rows = sure.rows[tracklet]
                hidden[rows[len(before) : 60 - len(after)]] = True
            looks[each.after] = each.after[::-1]
        assert (found.hidden == hidden).all()
        assert (found.looks == looks).all()


def test_boxes_that_one_of_a_pair_has_alone_stay_hidden_after_an_exchange():
    """The second person leaves after 40 frames, so nobody can lend the first one looks then."""
    rows = [(n, n, 50) for n in range(1, 61)] + [(n, 100 + n, 50) for n in range(1, 41)]
    sure = find_sure_people(make_boxes(*rows), FRAME_RATE)
    found = [each for each in plan_rounds(sure, 30, seed=0) if each.exchanges]
    assert found
    for each in found:
        late = sure.boxes.frames > 40
        assert each.hidden[late].all()


def test_the_seed_decides(sure):
    first, again, other = (plan_rounds(sure, 3, seed) for seed in (5, 5, 6))
    assert [each.absences for each in first] == [each.absences for each in again]
    assert [each.absences for each in first] != [each.absences for each in other]


def test_absences_begin_where_somebody_covers_the_person():
    """Somebody near stands still; somebody far walks by behind, the lower half covered."""
    rows = [(n, 2 * n, 60) for n in range(1, 91)] + [(n, 77, 80, 88) for n in range(1, 91)]
    sure = find_sure_people(make_boxes(*rows), FRAME_RATE)
    far = 0
    assert sure.covered[sure.rows[far]].max() == 0.5
    before = [
        sure.covered[sure.rows[far][each.first - 1]]
        for found in plan_rounds(sure, 100, seed=0)
        for each in found.absences
        if each.tracklet == far
    ]
    assert np.mean(before) > 2 * sure.covered[sure.rows[far]].mean()


def test_short_tracklets_have_no_trials():
    """Ten boxes before, three hidden and eight after are 21."""
    for length, is_enough in ((20, False), (21, True)):
        sure = find_sure_people(make_boxes(*((n, n, 50) for n in range(1, length + 1))), FRAME_RATE)
        assert any(found.absences for found in plan_rounds(sure, 20, seed=0)) == is_enough
