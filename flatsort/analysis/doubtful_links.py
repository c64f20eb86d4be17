"""Find the links between pieces of tracks that are in doubt, and draw other ways to link them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from flatsort.analysis.encounters import Encounter
from flatsort.analysis.pieces import Pieces, cut_pieces
from flatsort.files.mot_files import Rows
from flatsort.linking.movement import Movement
from flatsort.linking.tracklet import Tracklet

DRAWS = 200
"""Number of ways to link that are drawn: enough for the 2.5 % at each end of a 95 % interval."""
_SEED = 18
"""Seed of the draws, so that the same results give the same interval."""
_REACH_S = 5.0
"""Most seconds between two pieces that the tracker did not link but may belong together."""
_TRACKERS_WORD = 1.0
"""Nats in favour of a link that the tracker made: it saw looks, and boxes in between."""
_PRESENCE = 6.0
"""Nats in favour of links through an encounter: both people were seen in it."""
_LEAST_EVIDENCE = -4.0
"""Nats below which a link is left out: one draw in fifty would have it."""
_FAR_BEHIND = 8.0
"""Nats behind the best link of a piece from which a link is left out: it would never be drawn."""
DOUBT = 0.1
"""Share of the draws from which a link is doubtful: that many of them lack a link that the tracker
made, or have a link that it did not make."""


@dataclass(frozen=True)
class Linkings:
    """The tracker's way to link the pieces of a run, and other ways.

    Attributes:
        pieces: the pieces.
        frames: number of frames of the footage.
        links: (L, 2) numbers of two pieces, the earlier one first, for each possible link.
        is_own: (L,) whether the tracker made the link.
        draws: (DRAWS, L) whether a link is part of each drawn way.
    """

    pieces: Pieces
    frames: int
    links: NDArray[np.intp]
    is_own: NDArray[np.bool_]
    draws: NDArray[np.bool_]

    @property
    def shares(self) -> NDArray[np.float64]:
        """Return (L,) the share of the draws that have each link."""
        return self.draws.mean(axis=0)


def draw_linkings(results: Rows, frames: int, frame_rate: float) -> Linkings:
    """Cut the tracks of a run, and draw ways to link the pieces again.

    The evidence of a link is the logarithm of its odds by places, velocities and heights, as
    :mod:`flatsort.linking.movement` gives it. Each draw adds Gumbel's noise to the evidence of
    every link, and chooses the links that have the largest evidence together. A piece has at most
    one link to a piece before it, and one to a piece after it.

    Args:
        results: the results; each identity once per frame.
        frames: number of frames of the footage.
        frame_rate: frames per second.
    """
    pieces = cut_pieces(results, frame_rate)
    own = pieces.own_links()
    links = _possible_links(pieces, own, frame_rate)
    made = set(own)
    is_own = np.array([tuple(link) in made for link in links.tolist()], bool)
    evidence = _evidence(pieces, links, is_own)
    kept = is_own | _is_near_best(links, evidence)
    links, is_own, evidence = links[kept], is_own[kept], evidence[kept]
    return Linkings(pieces, frames, links, is_own, _draw(links, evidence, len(pieces.tracklets)))


@dataclass(frozen=True)
class Doubt:
    """A doubtful link, as people can check it in the film.

    Attributes:
        identity: identity of the track before.
        other: identity of the track after; the same one if the tracker made the link.
        last: last frame of the piece before.
        first: first frame of the piece after.
        share: share of the draws that disagree with the tracker.
        reason: "close", after an encounter, or "gap".
    """

    identity: int
    other: int
    last: int
    first: int
    share: float
    reason: str


def find_doubts(linkings: Linkings) -> list[Doubt]:
    """Return the doubtful links, the most doubtful ones first."""
    pieces = linkings.pieces
    disagree = np.where(linkings.is_own, 1 - linkings.shares, linkings.shares)
    found = []
    for number in np.flatnonzero(disagree >= DOUBT).tolist():
        one, other = (pieces.tracklets[piece] for piece in linkings.links[number])
        met = [each for each in pieces.encounters if one.track in each.ids]
        found.append(
            Doubt(
                identity=one.track,
                other=other.track,
                last=one.last,
                first=other.first,
                share=float(disagree[number]),
                reason="close"
                if any(one.last <= each.first and each.last <= other.first for each in met)
                else "gap",
            )
        )
    return sorted(found, key=lambda doubt: (-doubt.share, doubt.first, doubt.identity))


def _possible_links(
    pieces: Pieces, own: list[tuple[int, int]], frame_rate: float
) -> NDArray[np.intp]:
    """Return the tracker's links, and all pairs of pieces with a short time between them."""
    firsts = np.array([piece.first for piece in pieces.tracklets], np.int64)
    found = set(own)
    for number, piece in enumerate(pieces.tracklets):
        start, end = np.searchsorted(firsts, [piece.last + 1, piece.last + _REACH_S * frame_rate])
        found |= {(number, other) for other in range(start, end)}
    return np.array(sorted(found), np.intp).reshape(-1, 2)


def _evidence(
    pieces: Pieces, links: NDArray[np.intp], is_own: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return the evidence (L,) of links in nats; -inf for impossible ones."""
    movement = Movement(pieces.tracklets, least=1, most=np.inf)
    evidence = movement.evidence(links[:, 0], links[:, 1])
    # The tracker's own links are possible, however far they reach.
    evidence[is_own] = np.maximum(evidence[is_own], _LEAST_EVIDENCE) + _TRACKERS_WORD
    met: dict[int, list[Encounter]] = {}
    for encounter in pieces.encounters:
        for identity in encounter.ids:
            met.setdefault(identity, []).append(encounter)
    for number, (before, after) in enumerate(links.tolist()):
        one, other = pieces.tracklets[before], pieces.tracklets[after]
        encounters = (met.get(piece.track, []) for piece in (one, other))
        if np.isfinite(evidence[number]) and _meet(one, other, *encounters):
            evidence[number] += _PRESENCE
    return evidence


def _meet(one: Tracklet, other: Tracklet, before: list[Encounter], after: list[Encounter]) -> bool:
    """Return whether both pieces met each other, or the same third person, between them.

    Args:
        one: the earlier piece.
        other: the later piece.
        before: encounters of the earlier piece's track.
        after: encounters of the later piece's track.
    """
    between = [
        [each for each in some if one.last <= each.first and each.last <= other.first]
        for some in (before, after)
    ]
    return any(set(first.ids) & set(second.ids) for first in between[0] for second in between[1])


def _is_near_best(links: NDArray[np.intp], evidence: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return (L,) whether a link is likely enough to be drawn at all."""
    is_near = evidence >= _LEAST_EVIDENCE
    for column in links.T:
        best = np.full(links.max(initial=0) + 1, -np.inf)
        np.maximum.at(best, column, evidence)
        is_near &= evidence >= best[column] - _FAR_BEHIND
    return is_near


def _draw(links: NDArray[np.intp], evidence: NDArray[np.float64], count: int) -> NDArray[np.bool_]:
    """Return (DRAWS, L) whether each link is part of each drawn way."""
    random = np.random.default_rng(_SEED)
    draws = np.zeros((DRAWS, len(links)), bool)
    # The noise of a link, and that of the piece before it if it has no link. Scale 1 draws a link
    # as often as its evidence says.
    noise = random.gumbel(size=(DRAWS, len(links)))
    alone = random.gumbel(size=(DRAWS, count))
    noisy = evidence + noise - alone[:, links[:, 0]]
    groups = _groups(links, count)
    order = np.argsort(groups, kind="stable")
    edges = np.flatnonzero(np.diff(groups[order])) + 1
    for some in np.split(order, edges):
        if len(some) < 2:
            draws[:, some] = noisy[:, some] > 0
            continue
        for draw in range(DRAWS):
            draws[draw, some] = _best_links(links[some], noisy[draw, some])
    return draws


def _groups(links: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    """Return (L,) the group of each link; no end or start has links of two groups."""
    if len(links) == 0:
        return np.empty(0, np.intp)
    ends, starts = links[:, 0], count + links[:, 1]
    graph = coo_array((np.ones(len(links)), (ends, starts)), shape=(2 * count, 2 * count))
    return connected_components(graph, directed=False)[1][ends]


def _best_links(links: NDArray[np.intp], evidence: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which links have the largest evidence together; a piece may stay without a link."""
    befores, rows = np.unique(links[:, 0], return_inverse=True)
    afters, columns = np.unique(links[:, 1], return_inverse=True)
    # A piece without a link is worth 0, which its own extra column stands for.
    table = np.zeros((len(befores), len(afters) + len(befores)))
    table[rows, columns] = np.minimum(-evidence, 0.0)
    chosen = np.zeros_like(table, bool)
    chosen[linear_sum_assignment(table)] = True
    return chosen[rows, columns] & (evidence > 0)
