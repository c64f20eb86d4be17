"""The first line and the tables."""

import pytest

from flatsort.evaluation.verdict.give_verdict import Verdict
from flatsort.evaluation.verdict.verdict_words import differences_table, headline, trials_table
from tests.flatsort.evaluation.verdict.invented_trials import invent_trials

BOTH = {"none": 0.4, "old": 0.4, "new": 0.1}


def say(mixed=BOTH, **more):
    return headline(Verdict(invent_trials(mixed, **more), "new", "old", "none"))


def test_better_says_why_in_numbers():
    # Of 20 people, seven have one mixed trial less, seven none more, six one more: -1 in 400.
    assert say() == (
        "new is better here than old: in 400 trials in which one of 20 people was hidden for a "
        "while, new mixed up two people in 9.8 %, old in 39.8 % (difference -30.0 (-30.0 to -30.0) "
        "points, 98% interval); it found the person again in 90.2 %, old in 60.2 %. Use new."
    )


@pytest.mark.parametrize(
    ("mixed", "opening", "advice"),
    [
        ({**BOTH, "new": 0.4, "old": 0.1}, "new is worse here than old: in ", " Keep old."),
        ({**BOTH, "new": 0.4}, "Cannot tell whether new is better than old: in ", " Keep old."),
        (
            {"none": 0.0, "old": 0.4, "new": 0.4},
            "Cannot tell whether new is better than old: in ",
            " Track without a descriptor.",
        ),
    ],
)
def test_other_verdicts(mixed, opening, advice):
    line = say(mixed)
    assert line.startswith(opening)
    assert line.endswith(advice)


def test_a_descriptor_that_mixes_more_than_motion_alone_is_used_with_a_warning():
    # 20 % at 3 cost less than everybody at 1, but motion alone mixes up nobody.
    line = say({"none": 0.0, "old": 0.5, "new": 0.2})
    assert line.startswith("new is better here than old: ")
    assert line.endswith(
        " Use new. Mind that motion alone mixes up fewer people, 0.0 %, but finds 0.0 % again."
    )


def test_few_people_get_no_percentages():
    assert say(people=6, pairs=15) == (
        "Cannot tell whether new is better than old: too few people to say. 6 people stayed in "
        "view long enough to be hidden in a trial, and 15 pairs of people were seen together; a "
        "verdict needs 10 and 30. Keep old."
    )


def test_the_tables_have_a_row_per_contestant():
    trials = invent_trials(BOTH)
    assert [row[0] for row in trials_table(trials).rows] == ["none", "old", "new"]
    assert trials_table(trials).rows[2][:2] == ["new", "400"]
    # Nobody changed places.
    assert trials_table(trials).rows[2][4] == "-"
    rows = differences_table(trials, "old").rows
    assert [row[:2] for row in rows] == [["none", "cannot tell"], ["new", "better"]]
