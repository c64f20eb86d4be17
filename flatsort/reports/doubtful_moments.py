"""The moments of a run in which identities are in doubt, with the edit that would mend each."""

from collections.abc import Sequence
from dataclasses import dataclass

from flatsort.analysis.doubtful_links import Doubt

_LEAST_GAP_S = 0.5
"""Seconds of absence below which the words do not mention it."""


@dataclass(frozen=True)
class DoubtfulMoment:
    """A moment to look at.

    Attributes:
        kind: the edit that mends it if the tracker is wrong: "swap", "merge" or "split".
        ids: the tracks of the edit.
        last: last sure frame before the moment.
        frame: first sure frame after it; the edit's frame.
        share: share of the drawn ways to link the tracks that disagree with the tracker.
        words: what may be wrong with the tracks; their names come before the words.
    """

    kind: str
    ids: tuple[int, ...]
    last: int
    frame: int
    share: float
    words: str

    def pictured(self) -> list[tuple[int, int]]:
        """Return identity and frame of the pictures before the moment, then of those after it."""
        before = self.ids[:1] if self.kind == "merge" else self.ids
        after = self.ids[-1:] if self.kind == "merge" else self.ids
        return [*((each, self.last) for each in before), *((each, self.frame) for each in after)]


def doubtful_moments(doubts: Sequence[Doubt], frame_rate: float) -> list[DoubtfulMoment]:
    """Return the moments, the most doubtful ones first.

    Two tracks that may each go on as the other one are one moment, a swap. A track that may end
    where another one begins is a merge. A track that may go on with somebody else is a split,
    unless a swap says so already.

    Args:
        doubts: the doubtful links.
        frame_rate: frames per second.
    """
    found, swapped = [], set()
    crossed = {(each.identity, each.other): each for each in doubts if each.identity != each.other}
    for (one, other), doubt in crossed.items():
        back = crossed.get((other, one))
        if back is not None and one < other and _overlap(doubt, back):
            frame = max(doubt.first, back.first)
            words = "meet closely and may have exchanged identities"
            share = max(doubt.share, back.share)
            last = min(doubt.last, back.last)
            found.append(DoubtfulMoment("swap", (one, other), last, frame, share, words))
            swapped |= {id(doubt), id(back)}
    exchanged = [(moment.ids, moment.last, moment.frame) for moment in found]
    for doubt in doubts:
        one, other = doubt.identity, doubt.other
        if id(doubt) in swapped:
            continue
        if one == other:
            if any(
                one in ids and doubt.last <= frame and last <= doubt.first
                for ids, last, frame in exchanged
            ):
                continue
            kind, ids = "split", (one,)
            words = f"may go on as somebody else {_reason(doubt, frame_rate)}"
        else:
            kind, ids = "merge", (one, other)
            words = f"may be one person {_reason(doubt, frame_rate)}"
        found.append(DoubtfulMoment(kind, ids, doubt.last, doubt.first, doubt.share, words))
    return sorted(found, key=lambda each: (-each.share, each.frame, each.ids))


def _overlap(one: Doubt, other: Doubt) -> bool:
    return one.last < other.first and other.last < one.first


def _reason(doubt: Doubt, frame_rate: float) -> str:
    seconds = (doubt.first - doubt.last) / frame_rate
    if doubt.reason == "close":
        return "after a close encounter"
    return f"after {seconds:.1f} s of absence" if seconds >= _LEAST_GAP_S else "after a gap"
