"""Groups of trainings that differ in their seed, and their spread."""

import pytest

from flatsort.evaluation.reid.pair_scores import Scores
from flatsort.evaluation.reid.reid_findings import DescriptorReport
from flatsort.evaluation.reid.seeds import Spread, group_seeds, seed_spreads, spread


@pytest.mark.parametrize(
    ("names", "groups"),
    [
        (
            ["fmvae", "fmvae-seed1", "fmvae-seed2"],
            {"fmvae": ["fmvae", "fmvae-seed1", "fmvae-seed2"]},
        ),
        (["a-seed1", "b-seed0", "a-seed12"], {"a": ["a-seed1", "a-seed12"]}),
        (["fmvae", "fmvae-300", "vhpvae", "a-seed1"], {}),
        (["fmvae-track-seed1", "fmvae-seed1", "fmvae-seedling", "fmvae-seed"], {}),
    ],
)
def test_groups(names, groups):
    assert group_seeds(names) == groups


def test_spread_by_hand():
    # The deviations from the mean 4 are -2, 0 and 2: variance 8 / 2.
    assert spread([4.0, 2.0, 6.0]) == Spread(mean=4, deviation=2, lowest=2, highest=6)


def with_aucs(**aucs):
    """Make a report with these AUCs by distance; its other figures do not matter."""
    return DescriptorReport(
        name="a",
        dimensions=1,
        crops_per_second=1.0,
        busy_cores=1.0,
        scores={distance: Scores(auc, 0.5, 0.5, 0.5) for distance, auc in aucs.items()},
        recommended={},
        gates={},
        own=None,
        flatness=None,
        pairs={},
    )


def test_a_distance_that_one_seed_lacks_is_left_out():
    reports = [with_aucs(cosine=0.7, mine=0.9), with_aucs(cosine=0.8)]
    for order in (reports, reports[::-1]):
        spreads = seed_spreads(order)
        assert list(spreads) == ["cosine"]
        auc = spreads["cosine"]["auc"]
        assert (auc.mean, auc.lowest, auc.highest) == (pytest.approx(0.75), 0.7, 0.8)
