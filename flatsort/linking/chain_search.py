"""Search for the chains of tracklets that have the largest evidence together.

This is correlation clustering with must-not-links, which is NP-hard. Groups of few tracklets, which
no edge connects with the others, are solved exactly. In a large group the search joins the best
pair of chains first, as greedy additive edge contraction does, and then improves by single moves,
as Kernighan and Lin do, until no move helps.
"""

import heapq
import itertools
from collections.abc import Callable, Collection, Iterator

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from flatsort.linking.chain_evidence import Chain
from flatsort.progress import ProgressBar

_LEAST_GAIN = 1e-6
"""Least gain in nats of a move, above rounding errors."""
_MOST_SWEEPS = 30
"""Most sweeps over all moves: a bound on the time, since each sweep gains less."""
_MOST_EXACT = 7
"""Most tracklets of a group that is solved exactly: there are 877 ways to arrange seven."""
_SILENT_S = 2.0
"""Seconds before a progress bar appears."""

Edge = tuple[int, int]
"""Numbers of two tracklets; the second one starts after the first one ends."""
Evidence = Callable[[Chain], float]
"""Evidence of a chain, as :class:`flatsort.linking.chain_evidence.ChainEvidence` gives it."""


def best_chains(count: int, edges: Collection[Edge], evidence: Evidence) -> list[Chain]:
    """Return chains that together have large evidence, each tracklet in one of them.

    Args:
        count: Number of tracklets.
        edges: Pairs that may follow each other in a chain.
        evidence: Evidence of chains.
    """
    group_of = _groups(count, edges)
    sizes = np.bincount(group_of, minlength=1)
    large = [edge for edge in sorted(edges) if sizes[group_of[edge[0]]] > _MOST_EXACT]
    partition = _Partition(count)
    for group in np.flatnonzero((sizes > 1) & (sizes <= _MOST_EXACT)).tolist():
        numbers = np.flatnonzero(group_of == group).tolist()
        ways = _arrangements(numbers)
        partition.put(*max(ways, key=lambda way: sum(evidence(chain) for chain in way)))
    _join(partition, large, evidence)
    settled: dict[Edge, tuple[Chain, Chain]] = {}
    for _ in range(_MOST_SWEEPS):
        if not _sweep(partition, large, evidence, settled):
            break
    return sorted(set(partition.chain_of))


def _groups(count: int, edges: Collection[Edge]) -> np.ndarray:
    """Return the group (count,) of each tracklet; edges connect tracklets of one group only."""
    ends = np.array(sorted(edges), np.intp).reshape(-1, 2)
    graph = coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(count, count))
    return connected_components(graph, directed=False)[1] if count else np.empty(0, np.intp)


def _arrangements(numbers: list[int]) -> Iterator[list[Chain]]:
    """Yield all ways to arrange tracklets in chains."""
    if not numbers:
        yield []
        return
    first, *rest = numbers
    for chains in _arrangements(rest):
        yield [(first,), *chains]
        for place, chain in enumerate(chains):
            yield [*chains[:place], (first, *chain), *chains[place + 1 :]]


class _Partition:
    """Chains that hold each tracklet once.

    Attributes:
        chain_of: The chain of each tracklet.
    """

    def __init__(self, count: int) -> None:
        self.chain_of: list[Chain] = [(number,) for number in range(count)]

    def put(self, *chains: Chain) -> None:
        """Put chains in the place of the chains that held their tracklets."""
        for chain in chains:
            for number in chain:
                self.chain_of[number] = chain


def _join(partition: _Partition, edges: list[Edge], evidence: Evidence) -> None:
    """Join the two chains that gain most, again and again, until no joining gains."""
    heap: list[tuple[float, Chain, Chain]] = []
    neighbours: dict[Chain, set[Chain]] = {chain: set() for chain in partition.chain_of}

    def offer(one: Chain, other: Chain) -> None:
        gain = evidence(_merged(one, other)) - evidence(one) - evidence(other)
        if gain > _LEAST_GAIN:
            heapq.heappush(heap, (-gain, *sorted((one, other))))

    for before, after in edges:
        one, other = partition.chain_of[before], partition.chain_of[after]
        neighbours[one].add(other)
        neighbours[other].add(one)
        offer(one, other)
    while heap:
        _, one, other = heapq.heappop(heap)
        if one not in neighbours or other not in neighbours:
            continue
        joined = _merged(one, other)
        partition.put(joined)
        around = (neighbours.pop(one) | neighbours.pop(other)) - {one, other}
        neighbours[joined] = around
        for each in around:
            neighbours[each] = (neighbours[each] - {one, other}) | {joined}
        for each in sorted(around):
            offer(joined, each)


def _sweep(
    partition: _Partition,
    edges: list[Edge],
    evidence: Evidence,
    settled: dict[Edge, tuple[Chain, Chain]],
) -> bool:
    """Make the best move at each edge and each junction that gains; return whether any did.

    ``settled`` has the chains for which no move at an edge gains; the sweep leaves them out.
    """
    has_gained = False
    junctions = sorted(
        pair for chain in set(partition.chain_of) for pair in itertools.pairwise(chain)
    )
    progress = ProgressBar([*edges, *junctions], desc="linking", delay=_SILENT_S, leave=False)
    for before, after in progress:
        one, other = chains = partition.chain_of[before], partition.chain_of[after]
        if settled.get((before, after)) == chains:
            continue
        now = evidence(one) + (evidence(other) if one != other else 0.0)
        moves = list(_moves(one, other, before, after))
        gains = [sum(evidence(chain) for chain in move) - now for move in moves]
        best = int(np.argmax(gains)) if gains else 0
        if gains and gains[best] > _LEAST_GAIN:
            partition.put(*moves[best])
            has_gained = True
        else:
            settled[before, after] = chains
    return has_gained


def _moves(one: Chain, other: Chain, before: int, after: int) -> Iterator[list[Chain]]:
    """Yield other ways to arrange the tracklets of one or two chains at an edge."""
    if one == other:
        place = one.index(after)
        yield [one[:place], one[place:]]
        yield _kept([(after,), _without(one, after)])
        return
    cut, start = one.index(before) + 1, other.index(after)
    yield _kept([one[:cut] + other[start:], _merged(other[:start], one[cut:])])
    yield _kept([_merged(one, (after,)), _without(other, after)])
    yield _kept([_merged(other, (before,)), _without(one, before)])
    yield [_merged(one, other)]


def _merged(one: Chain, other: Chain) -> Chain:
    """Return the chain of all tracklets of two chains; numbers ascend with the first frame."""
    return tuple(sorted(one + other))


def _without(chain: Chain, number: int) -> Chain:
    return tuple(each for each in chain if each != number)


def _kept(chains: list[Chain]) -> list[Chain]:
    """Return the chains that are not empty."""
    return [chain for chain in chains if chain]
