"""Link the tracks of a whole recording: who is who over all of it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flatsort.files.mot_files import Rows
from flatsort.linking.chain_evidence import Chain, ChainEvidence
from flatsort.linking.chain_search import Edge, best_chains
from flatsort.linking.cutting import cut_tracks, survey, whole_tracks
from flatsort.linking.looks import Looks
from flatsort.linking.movement import Movement
from flatsort.linking.tracklet import Tracklet
from flatsort.linking.tracklet_crops import choose_crops
from flatsort.tracker import AppearanceMetric

DescribeRows = Callable[[NDArray[np.intp]], dict[int, NDArray[np.float32]]]
"""Describes rows of the results: rows (C,) -> row: raw feature (D,). It may leave rows out."""

JOIN_NATS = 1.0
"""Evidence that joining two tracks must exceed, with looks: mixing two people is worse than
splitting one. Set by hand on MOT16-09 and on rendered scenes; see docs/linking.md."""
MEMORY_S = 60.0
"""Longest absence in seconds after which looks can bring a person back."""
_MOVEMENT_S = 0.7
"""The same without looks: after that time places say little."""
_MOVEMENT_JOIN_NATS = 2.5
"""The same evidence without looks."""
_MOST_FOLLOWERS = 30
"""Most likely followers of each tracklet among which the search chooses."""
_LEAST_FOLLOWER_NATS = -3.0
"""Least evidence of a follower. Below 0, because a chain can be likelier than each of its pairs."""


@dataclass(frozen=True)
class Linked:
    """The identities of a whole recording.

    Attributes:
        ids: (N,) int64, the identity of each box, from 1 in order of first appearance.
        tracks: Number of tracks before.
        tracklets: Number of tracklets into which they were cut.
        identities: Number of identities.
        looks_count: Whether looks had a part. If not, there were none, or they do not tell these
            people apart.
    """

    ids: NDArray[np.int64]
    tracks: int
    tracklets: int
    identities: int
    looks_count: bool


def link(
    results: Rows,
    frame_rate: float,
    describe: DescribeRows | None = None,
    metric: AppearanceMetric | None = None,
    memory_s: float = MEMORY_S,
    join_nats: float = JOIN_NATS,
) -> Linked:
    """Link the tracks of a whole recording.

    With looks that tell these people apart, tracks are cut where they are in doubt, and the parts
    are joined by movement and looks. Without them tracks stay whole, and are joined by movement
    over gaps that are short, but longer than each gap in the tracks: the tracker has judged those.

    Args:
        results: N boxes with the identities of their tracks, of any tracker; no identity twice in a
            frame.
        frame_rate: Frames per second.
        describe: Describes boxes; None to link by movement alone.
        metric: Compares features; needed with ``describe``.
        memory_s: Longest absence in seconds.
        join_nats: Evidence that joining two tracks must exceed, if looks count.
    """
    looks = None
    if describe is not None:
        looks = _looks_of(results, frame_rate, describe, metric)
    if looks is not None and looks.is_informative:
        tracklets = looks.tracklets
        least, most = 0, memory_s * frame_rate
    else:
        looks, tracklets = None, whole_tracks(results, frame_rate)
        join_nats = _MOVEMENT_JOIN_NATS
        least, most = _longest_gap(tracklets), min(memory_s, _MOVEMENT_S) * frame_rate
    movement = Movement(tracklets, least, most)
    evidence = ChainEvidence(tracklets, movement, looks, join_nats)
    chains = best_chains(len(tracklets), _edges(tracklets, evidence, most), evidence)
    return Linked(
        ids=_named(results, tracklets, chains),
        tracks=len(np.unique(results.ids)),
        tracklets=len(tracklets),
        identities=len(chains),
        looks_count=looks is not None,
    )


def _looks_of(
    results: Rows, frame_rate: float, describe: DescribeRows, metric: AppearanceMetric
) -> Looks:
    """Cut the tracks, describe the crops of the parts, and return their looks."""
    around = survey(results)
    tracklets = cut_tracks(results, around, frame_rate)
    crops = [choose_crops(each, around) for each in tracklets]
    features = describe(np.concatenate([np.empty(0, np.intp), *crops]))
    return Looks(tracklets, crops, features, metric, around)


def _longest_gap(tracks: list[Tracklet]) -> int:
    """Return the largest number of frames between two boxes of one track, less than 2 without."""
    return max((int(np.diff(each.frames).max(initial=1)) for each in tracks), default=1)


def _edges(tracklets: list[Tracklet], evidence: ChainEvidence, memory: float) -> list[Edge]:
    """Return the pairs of tracklets that may follow each other, the likeliest ones of each."""
    firsts = np.array([each.first for each in tracklets])
    edges = []
    for number, tracklet in enumerate(tracklets):
        low = np.searchsorted(firsts, tracklet.last, side="right")
        high = np.searchsorted(firsts, tracklet.last + memory, side="right")
        later = np.arange(low, high)
        odds = evidence.candidates(number, later)
        likely = later[np.argsort(-odds, kind="stable")[:_MOST_FOLLOWERS]]
        least = np.sort(odds)[::-1][: len(likely)] > _LEAST_FOLLOWER_NATS
        edges += [(number, follower) for follower in likely[least].tolist()]
    return edges


def _named(results: Rows, tracklets: list[Tracklet], chains: list[Chain]) -> NDArray[np.int64]:
    """Return the identity (N,) of each box, from 1 in order of first appearance."""
    ids = np.zeros(len(results), np.int64)
    for identity, chain in enumerate(chains, start=1):
        for number in chain:
            ids[tracklets[number].rows] = identity
    return ids
