"""Search for the chains of tracklets that have the largest evidence together.

This is correlation clustering with must-not-links, which is NP-hard. The search joins the best pair
of chains first, as greedy additive edge contraction does, and then improves by single moves, as
Kernighan and Lin do, until no move helps.
"""

import heapq
from collections.abc import Iterable, Iterator

import numpy as np

from flatsort.linking.chain_evidence import Chain, ChainEvidence

_LEAST_GAIN = 1e-6
"""Least gain in nats of a move, above rounding errors."""
_MOST_SWEEPS = 30
"""Most sweeps over all moves; fewer than ten suffice."""

Edge = tuple[int, int]
"""Numbers of two tracklets; the second one starts after the first one ends."""


def best_chains(count: int, edges: Iterable[Edge], evidence: ChainEvidence) -> list[Chain]:
    """Return chains that together have large evidence, each tracklet in one of them.

    Args:
        count: Number of tracklets.
        edges: Pairs that may follow each other in a chain.
        evidence: Evidence of chains.
    """
    edges = sorted(edges)
    partition = _Partition(count)
    _join(partition, edges, evidence)
    for _ in range(_MOST_SWEEPS):
        if not _sweep(partition, edges, evidence):
            break
    return sorted(set(partition.chain_of))


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


def _join(partition: _Partition, edges: list[Edge], evidence: ChainEvidence) -> None:
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


def _sweep(partition: _Partition, edges: list[Edge], evidence: ChainEvidence) -> bool:
    """Make the best move at each edge and each junction that gains; return whether any did."""
    has_gained = False
    junctions = sorted(
        pair for chain in set(partition.chain_of) for pair in zip(chain, chain[1:], strict=False)
    )
    for before, after in [*edges, *junctions]:
        one, other = partition.chain_of[before], partition.chain_of[after]
        now = evidence(one) + (evidence(other) if one != other else 0.0)
        moves = list(_moves(one, other, before, after))
        gains = [sum(evidence(chain) for chain in move) - now for move in moves]
        best = int(np.argmax(gains)) if gains else 0
        if gains and gains[best] > _LEAST_GAIN:
            partition.put(*moves[best])
            has_gained = True
    return has_gained


def _moves(one: Chain, other: Chain, before: int, after: int) -> Iterator[list[Chain]]:
    """Yield other ways to arrange the tracklets of one or two chains at an edge."""
    if one == other:
        place = one.index(after)
        yield [one[:place], one[place:]]
        yield _kept([(after,), _without(one, after)])
        return
    cut, start = one.index(before) + 1, other.index(after)
    yield _kept([one[:cut] + other[start:], other[:start] + one[cut:]])
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
