"""The overview: pooled ratios, and results that cannot be used."""

import json

import pytest

from flatsort.errors import InputError
from flatsort.paper.latent import overview_page


def test_ratios_of_all_seeds_are_pooled():
    # Pairs 1, 3 and 2, 6 have mean 3; their squares sum to 50, so the variance is 12.5 - 9 = 3.5.
    seeds = [{"mean": 2.0, "deviation": 1.0}, {"mean": 4.0, "deviation": 2.0}]
    assert overview_page._pooled(seeds) == "3.00 ± 1.87"


@pytest.mark.parametrize("text", ["{", "{}", '{"models": [{"method": 1}]}', "[]"])
def test_results_of_another_version_are_refused(tmp_path, text):
    (tmp_path / "pages" / "human").mkdir(parents=True)
    (tmp_path / "pages" / "human" / "results.json").write_text(text)
    with pytest.raises(InputError, match=r"human/results\.json: not written by this version"):
        overview_page.write_overview(tmp_path / "pages.md", tmp_path / "pages", "Title")
    assert not (tmp_path / "pages.md").exists()


def model(seed, *, trained, error):
    """Return the figures of one training in which every measurement is the error."""
    figures = {"mean": error, "deviation": 0.0}
    return {
        "method": "VHP-FMVAE",
        "seed": seed,
        "prior_trained": trained,
        **dict.fromkeys(("kappa", "error", "held_out_error", "decoder_residual"), error),
        **dict.fromkeys(
            ("condition_quantiles", "data_condition_quantiles", "magnification_quantiles"),
            [error] * 5,
        ),
        "ratios": dict.fromkeys(("riemannian", "latent", "refined", "refined_latent"), figures),
    }


def test_untrained_priors_are_not_in_the_means(tmp_path):
    folder = tmp_path / "pages" / "human"
    folder.mkdir(parents=True)
    models = [model(0, trained=True, error=2.0), model(1, trained=True, error=4.0)]
    models.append(model(2, trained=False, error=90.0))
    (folder / "results.json").write_text(json.dumps({"models": models, "speeds": {}}))
    overview_page.write_overview(tmp_path / "pages.md", tmp_path / "pages", "Title")
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in (tmp_path / "pages.md").read_text().splitlines()
        if "VHP-FMVAE" in line and line.startswith("|")
    ]
    assert "Left out, because" in (tmp_path / "pages.md").read_text()
    assert "is not trained: Human motion, VHP-FMVAE, seed 2." in (tmp_path / "pages.md").read_text()
    ratios, metrics = rows
    assert ratios[2] == "3.00 ± 1.00"
    assert metrics[2:] == [
        *("3", "3.0000", "3.0000", "3.00", "3.00", "3.000 to 3.000", "3.000", "2 of 3"),
    ]
