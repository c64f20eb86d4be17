"""Doubtful links as moments with the edit that would mend each."""

from flatsort.analysis.doubtful_links import Doubt
from flatsort.reports.doubtful_moments import doubtful_moments

RATE = 10


def edits(*doubts):
    return [(each.kind, each.ids, each.frame) for each in doubtful_moments(doubts, RATE)]


def test_two_tracks_that_may_go_on_as_each_other_are_one_swap():
    doubts = (
        Doubt(1, 2, last=40, first=50, share=0.4, reason="close"),
        Doubt(2, 1, last=41, first=52, share=0.3, reason="close"),
        Doubt(1, 1, last=40, first=52, share=0.4, reason="close"),
        Doubt(2, 2, last=41, first=50, share=0.4, reason="close"),
    )
    [moment] = doubtful_moments(doubts, RATE)
    assert (moment.kind, moment.ids, moment.last, moment.frame) == ("swap", (1, 2), 40, 52)
    assert moment.share == 0.4
    assert moment.pictured() == [(1, 40), (2, 40), (1, 52), (2, 52)]


def test_links_in_both_directions_at_other_times_are_two_merges():
    doubts = (
        Doubt(1, 2, last=40, first=50, share=0.4, reason="gap"),
        Doubt(2, 1, last=70, first=80, share=0.3, reason="gap"),
    )
    assert edits(*doubts) == [("merge", (1, 2), 50), ("merge", (2, 1), 80)]


def test_the_most_doubtful_moment_comes_first():
    doubts = (
        Doubt(5, 5, last=10, first=12, share=0.2, reason="close"),
        Doubt(7, 9, last=30, first=50, share=0.9, reason="gap"),
    )
    merge, split = doubtful_moments(doubts, RATE)
    assert (merge.kind, merge.ids, merge.words) == (
        *("merge", (7, 9), "may be one person after 2.0 s of absence"),
    )
    assert merge.pictured() == [(7, 30), (9, 50)]
    assert (split.kind, split.words) == (
        *("split", "may go on as somebody else after a close encounter"),
    )
    assert split.pictured() == [(5, 10), (5, 12)]


def test_a_split_elsewhere_is_not_hidden_by_a_swap():
    doubts = (
        Doubt(1, 2, last=40, first=50, share=0.4, reason="close"),
        Doubt(2, 1, last=40, first=50, share=0.4, reason="close"),
        Doubt(1, 1, last=90, first=95, share=0.3, reason="gap"),
    )
    assert edits(*doubts) == [("swap", (1, 2), 50), ("split", (1,), 95)]


def test_no_doubts():
    assert doubtful_moments([], RATE) == []
