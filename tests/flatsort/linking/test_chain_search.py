"""The search finds the best chains, or nearly so: compared with all partitions."""

import itertools

import numpy as np
import pytest

from flatsort.linking.chain_search import best_chains


class PairSums:
    """Evidence that is a sum over all pairs of a chain; -inf for pairs that exclude each other."""

    def __init__(self, pairs):
        self.pairs = pairs

    def __call__(self, chain):
        return sum(self.pairs[pair] for pair in itertools.combinations(chain, 2))


def partitions(numbers):
    """Yield all partitions of a list of numbers."""
    if not numbers:
        yield []
        return
    first, *rest = numbers
    for partition in partitions(rest):
        yield [(first,), *partition]
        for place, chain in enumerate(partition):
            yield [*partition[:place], (first, *chain), *partition[place + 1 :]]


def random_pairs(seed, count):
    draw = np.random.default_rng(seed)
    return {
        pair: -np.inf if draw.random() < 0.2 else draw.normal(scale=3)
        for pair in itertools.combinations(range(count), 2)
    }


def total(evidence, chains):
    return sum(evidence(chain) for chain in chains)


@pytest.mark.parametrize("seed", range(10))
def test_small_groups_are_solved_exactly(seed):
    evidence = PairSums(random_pairs(seed, 7))
    found = best_chains(7, evidence.pairs, evidence)
    best = max(total(evidence, each) for each in partitions(list(range(7))))
    assert total(evidence, found) == pytest.approx(best)


def test_the_search_in_a_large_group_comes_near_the_best_of_all_partitions():
    """Random pairs are harder than people; there are 4140 ways to arrange eight."""
    shares = []
    for seed in range(12):
        evidence = PairSums(random_pairs(seed, 8))
        found = best_chains(8, evidence.pairs, evidence)
        assert sorted(itertools.chain(*found)) == list(range(8))
        best = max(total(evidence, each) for each in partitions(list(range(8))))
        shares.append(total(evidence, found) / best)
    assert np.mean(shares) > 0.95
    assert np.mean(np.array(shares) > 1 - 1e-9) > 0.6


def test_two_groups_that_no_edge_connects():
    evidence = PairSums(
        {(0, 2): 3.0, (1, 3): 2.0, (0, 1): 9.0, (0, 3): 9.0, (1, 2): 9.0, (2, 3): 9.0}
    )
    assert best_chains(4, [(0, 2), (1, 3)], evidence) == [(0, 2), (1, 3)]


def test_pairs_that_exclude_each_other_never_share_a_chain():
    for seed in range(20):
        evidence = PairSums(random_pairs(seed, 12))
        chains = best_chains(12, evidence.pairs, evidence)
        assert all(evidence(chain) > -np.inf for chain in chains)


def test_an_exchange_of_tails():
    """Joining the best pair first gives 0-3 and 1-2; only an exchange of tails finds 0-2 and 1-3.

    The pairs 0-3 and 1-2 have 5 and 0, the pairs 0-2 and 1-3 have 4 each; 0 and 1 exclude each
    other, and so do 2 and 3.
    """
    evidence = PairSums(
        {(0, 1): -np.inf, (0, 2): 4.0, (0, 3): 5.0, (1, 2): 0.5, (1, 3): 4.0, (2, 3): -np.inf}
    )
    assert best_chains(4, evidence.pairs, evidence) == [(0, 2), (1, 3)]


def test_without_edges_each_tracklet_is_alone():
    assert best_chains(3, [], PairSums({})) == [(0,), (1,), (2,)]
    assert best_chains(0, [], PairSums({})) == []
