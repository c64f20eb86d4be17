"""The page on latent sizes, from hand-made rows."""

import pytest

from flatsort.paper.sizes.judge import Recognition
from flatsort.paper.sizes.run_sizes import Row, SizesRequest
from flatsort.paper.sizes.sizes_page import write_page
from flatsort.paper.sizes.trainings import METHODS, PCA
from flatsort.reid_vae.weights.held_out import HeldOut

SEEN = Recognition(0.8, 0.6, 0.5, 0.7, 0.1, 0.2)


def plane(size: int, error: float) -> Row:
    return Row(PCA, size, None, None, error, 0.0, None, None, True, SEEN)


def model(size: int, error: float, number: int = 0, **changes: object) -> Row:
    held = HeldOut(error, 0.5, changes.pop("condition", 1.2), 0.01, changes.pop("residual", 0.06))
    facts = {
        "method": METHODS[number].label,
        "size": size,
        "seed": 0,
        "held": held,
        "principal_error": 0.5,
        "encoded_residual": 0.055,
        "kappa": 0.4,
        "multiplier": 1.0,
        "met": True,
        "recognition": SEEN,
    }
    return Row(**{**facts, **changes})


@pytest.fixture
def write(make_sequence, tmp_path):
    """Return a function that writes a page with rows and returns its text."""
    footage = make_sequence(images=False)
    request = SizesRequest(footage, (footage,), "det.txt", (8,), (8,), 2, 100, tmp_path)

    def call(sizes: list[Row], pair: list[Row]) -> str:
        page = write_page(tmp_path / "docs", request, sizes, pair)
        assert (page.parent / "latent-sizes.png").stat().st_size > 1000
        return page.read_text()

    return call


PAIR = [model(8, 0.6, seed=0), model(8, 0.7, seed=1)]


def test_a_flat_and_curved_model_is_named(write):
    text = write([plane(8, 0.5), model(8, 0.49)], PAIR)
    assert f"flat, curved and below PCA's error: {METHODS[0].label}" in text


@pytest.mark.parametrize(
    "changes",
    [{"residual": 0.04}, {"encoded_residual": 0.04}, {"condition": 1.31}, {"met": False}],
)
def test_each_goal_counts(write, changes):
    text = write([plane(8, 0.5), model(8, 0.49, **changes)], PAIR)
    assert "below PCA's error: none" in text


def test_an_error_above_the_plane_s_does_not_count(write):
    assert "below PCA's error: none" in write([plane(8, 0.5), model(8, 0.51)], PAIR)


def test_errors_that_differ_by_more_than_three_per_cent(write):
    text = write([plane(8, 0.5), model(8, 0.50), model(8, 0.52, number=1)], PAIR)
    assert "held-out errors differ by 4.0%, not equal within 3%" in text
    text = write([plane(8, 0.5), model(8, 0.50), model(8, 0.51, number=1)], PAIR)
    assert "held-out errors differ by 2.0%, equal within 3%" in text


def test_an_untrained_prior_is_said(write):
    assert "never met" in write([plane(8, 0.5), model(8, 0.5, met=False)], PAIR)


def test_the_spread_over_the_seeds(write):
    # The deviation of .6 and .7 is .1 / sqrt(2).
    assert "0.650 ± 0.071" in write([plane(8, 0.5), model(8, 0.5)], PAIR)
