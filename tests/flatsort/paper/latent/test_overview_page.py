"""The overview: pooled ratios, and results that cannot be used."""

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
        overview_page.write_overview(tmp_path / "pages.md", tmp_path / "pages")
    assert not (tmp_path / "pages.md").exists()
