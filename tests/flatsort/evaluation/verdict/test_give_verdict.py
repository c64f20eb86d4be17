"""Verdicts on trackers that are perfect, forget or steal, and on invented trials."""

import numpy as np
import pytest

from flatsort.evaluation.verdict.contestant import Contestant
from flatsort.evaluation.verdict.give_verdict import Answer, Verdict, run_trials
from flatsort.tracker import Sort, SortConfig
from tests.flatsort.evaluation.verdict.conftest import (
    by_looks,
    forgetful,
    perfect,
    thievish,
)
from tests.flatsort.evaluation.verdict.invented_trials import invent_trials


def test_a_perfect_tracker_returns_everybody_and_notices_every_exchange(sure):
    found = run_trials(sure, [by_looks("perfect", perfect)]).performances["perfect"]
    assert len(found.outcomes.people) > 20
    assert (found.returned.mean, found.mixed.mean) == (1.0, 0.0)
    assert (found.noticed.mean, found.unnoticed.mean) == (1.0, 0.0)


def test_a_forgetful_tracker_returns_nobody_and_mixes_nobody(sure):
    found = run_trials(sure, [by_looks("forgetful", forgetful)]).performances["forgetful"]
    assert (found.returned.mean, found.mixed.mean) == (0.0, 0.0)
    assert (found.noticed.mean, found.unnoticed.mean) == (0.0, 0.0)


def test_a_thief_is_caught_though_everybody_gets_the_own_identity_back(sure):
    found = run_trials(sure, [by_looks("thief", thievish)]).performances["thief"]
    # Only a person who steals in the last frame of the decision ends with another identity.
    assert found.returned.mean > 0.95
    # Of several people who are missing at once, each loses the identity in one frame.
    assert found.outcomes.stolen.mean() > 0.9
    assert found.outcomes.taken.mean() < 0.05


def test_a_tracker_of_places_misses_exchanges_and_takes_no_looks(sure):
    """SORT that waits long keeps the identity of each place, because people walk steadily."""
    slow = Contestant("slow", lambda: Sort(SortConfig(max_age=100, min_iou=0.1)))
    found = run_trials(sure, [slow]).performances["slow"]
    assert found.returned.mean == 1.0
    assert (found.unnoticed.mean, found.noticed.mean) == (1.0, 0.0)


def test_all_contestants_get_the_same_trials(sure):
    names = run_trials(sure, [by_looks("a", perfect), by_looks("b", thievish)]).performances
    assert np.array_equal(names["a"].outcomes.people, names["b"].outcomes.people)
    assert np.array_equal(names["a"].outcomes.seconds, names["b"].outcomes.seconds)


def test_four_people_are_too_few_for_any_verdict(sure):
    trials = run_trials(sure, [by_looks("good", perfect), by_looks("thief", thievish)])
    assert (trials.people, trials.pairs) == (4, 6)
    found = trials.compare("good", "thief")
    assert found.cost.mean < -2.5
    assert found.answer is Answer.UNKNOWN


@pytest.mark.parametrize(
    ("new", "old", "answer"),
    [
        (0.1, 0.4, Answer.BETTER),
        (0.4, 0.1, Answer.WORSE),
        (0.25, 0.25, Answer.UNKNOWN),
    ],
)
def test_answers_on_twenty_people(new, old, answer):
    assert invent_trials({"new": new, "old": old}).compare("new", "old").answer is answer


def test_returns_alone_are_no_improvement():
    """Motion alone mixes nobody and returns nobody: returns cannot outweigh mixed identities."""
    found = invent_trials({"none": 0.0, "new": 0.2}).compare("new", "none")
    # 20 % at 3 against 100 % at 1: cheaper, but it mixes.
    assert found.cost.mean == pytest.approx(-0.4, abs=0.01)
    assert found.answer is Answer.UNKNOWN


@pytest.mark.parametrize(
    ("people", "pairs", "answer"),
    [
        (10, 30, Answer.BETTER),
        (9, 30, Answer.UNKNOWN),
        (10, 29, Answer.UNKNOWN),
    ],
)
def test_the_fewest_people_and_pairs(people, pairs, answer):
    trials = invent_trials({"new": 0.0, "old": 1.0}, people, pairs)
    assert trials.compare("new", "old").answer is answer


@pytest.mark.parametrize(
    ("mixed", "recommended"),
    [
        ({"none": 0.4, "old": 0.4, "new": 0.1}, "new"),
        ({"none": 0.4, "old": 0.25, "new": 0.25}, "old"),
        ({"none": 0.4, "old": 0.1, "new": 0.4}, "old"),
        ({"none": 0.0, "old": 0.4, "new": 0.4}, "none"),
        # The new one is better than the old one, and motion is better than the new one.
        ({"none": 0.0, "old": 0.8, "new": 0.4}, "none"),
    ],
)
def test_the_best_is_recommended_and_the_old_one_in_doubt(mixed, recommended):
    verdict = Verdict(invent_trials(mixed), after="new", before="old", motion="none")
    assert verdict.recommended == recommended
