"""Which descriptors are seeds of one model, and their spread."""

import pytest

from tools.reid.seeds import Spread, group_seeds, spread


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
    # About the mean 4 they are -2, 0 and 2: variance 8 / 2.
    assert spread([4.0, 2.0, 6.0]) == Spread(mean=4, deviation=2, lowest=2, highest=6)
