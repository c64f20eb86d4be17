"""The command flatness: pages from short trainings, and wrong arguments."""

import json

import pytest

from flatsort.commands.flatness import main
from flatsort.paper.latent import shipped_weights
from flatsort.paper.latent.experiments import ABLATIONS, COMPARED
from tests.flatsort.latent_settings import use_few_points


@pytest.fixture
def few_points(monkeypatch):
    use_few_points(monkeypatch)


def test_the_page_of_one_experiment(tool, few_points, tmp_path):
    out, runs = tmp_path / "pages", tmp_path / "runs"
    words = ("pendulum", "--ablations", "--steps", 12, "--seeds", 1, "--jobs", 1)
    outcome = tool(main, *words, "--out", out, "--runs", runs)
    assert outcome.status == 0, outcome.err
    page = (out / "pendulum" / "README.md").read_text()
    for method in COMPARED + ABLATIONS:
        assert f"| {method} " in page
    pictures = {path.name for path in (out / "pendulum").glob("*.png")}
    assert pictures == {
        "equal-distances.png",
        "ablations.png",
        "vector-field.png",
        "boxes.png",
        "lines.png",
    }
    assert all(f"({name})" in page for name in pictures)
    assert "Steps per training: 12. Batch: 128." in page
    results = json.loads((out / "pendulum" / "results.json").read_text())
    assert [model["method"] for model in results["models"]] == [*COMPARED, *ABLATIONS]
    overview = (tmp_path / "pages.md").read_text()
    assert "Pendulum" in overview
    assert "times faster" in overview

    # Twelve steps do not train the prior, and the command says so.
    assert outcome.out.count("so the prior, from which latents are drawn, is not trained") == 4


def test_short_trainings_do_not_overwrite_the_pages(tool, few_points, tmp_path):
    words = ("pendulum", "--steps", 2, "--seeds", 1, "--jobs", 1, "--runs", tmp_path)
    outcome = tool(main, *words)
    assert outcome.status == 0, outcome.err
    assert (tmp_path / "flatness" / "pages" / "pendulum" / "README.md").exists()
    assert (tmp_path / "flatness" / "pages.md").exists()


def test_as_paper(tool, few_points, tmp_path):
    words = ("pendulum", "--as-paper", "--steps", 12, "--seeds", 1, "--jobs", 1)
    outcome = tool(main, *words, "--out", tmp_path / "pages", "--runs", tmp_path)
    assert outcome.status == 0, outcome.err
    page = (tmp_path / "pages" / "pendulum" / "README.md").read_text()
    assert page.startswith("# Pendulum, as the paper prints it")
    assert "`python tools/flatness.py pendulum --as-paper`" in page
    assert "the norm of equation 12 as printed" in page
    results = json.loads((tmp_path / "pages" / "pendulum" / "results.json").read_text())
    assert [model["method"] for model in results["models"]] == list(COMPARED)
    assert results["settings"]["constants"]["printed_norm"]
    assert not (tmp_path / "pages" / "pendulum" / "ablations.png").exists()


def test_match_makes_the_errors_equal(tool, few_points, monkeypatch, tmp_path):
    # After a few steps all errors are equal, so the first kappa fits.
    words = ("pendulum", "--match", "--steps", 3, "--seeds", 1, "--jobs", 1)
    outcome = tool(main, *words, "--out", tmp_path / "pages", "--runs", tmp_path)
    assert outcome.status == 0, outcome.err
    assert "pendulum: VHP-VAE's kappa is 0.0" in outcome.out


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("crops", "--as-paper"), "the shipped weights are trained already"),
        (("human", "--as-paper", "--match"), "give --as-paper or --match"),
        (("pendulum", "--seeds", 0), "--seeds, --steps, --jobs and --threads must be above 0"),
        (("pendulum", "--steps", 0), "must be above 0"),
        (("pendulum", "--jobs", 0), "must be above 0"),
        (("mnist", "--mnist", "/absent.npz"), "/absent.npz: no such file"),
        (("human", "--motion", "/absent"), "/absent"),
    ],
)
def test_wrong_arguments(tool, tmp_path, words, complaint):
    outcome = tool(main, *words, "--out", tmp_path / "o", "--runs", tmp_path / "r")
    assert complaint in outcome.error
    assert not (tmp_path / "o").exists()


def test_the_page_of_the_shipped_weights(tool, monkeypatch, tmp_path):
    for name, few in (("SHIPPED", ("fmvae-track", "vhpvae")), ("SAMPLES", 3), ("PAIRS", 2)):
        monkeypatch.setattr(shipped_weights, name, few)
    outcome = tool(main, "crops", "--out", tmp_path / "pages", "--runs", tmp_path)
    assert outcome.status == 0, outcome.err
    results = json.loads((tmp_path / "pages" / "crops" / "results.json").read_text())
    flat, plain = results["models"]
    assert flat["condition_quantiles"][1] < 1.2 < 1000 < plain["condition_quantiles"][1]
    assert flat["riemannian"][0] == pytest.approx(1, abs=2e-3)
    assert plain["riemannian"][0] > 1.02
    # The flat decoder started at a plane and stayed there.
    assert flat["affine_residual"] < 1e-3 < 0.1 < plain["affine_residual"]
    assert {path.name for path in (tmp_path / "pages" / "crops").glob("*.png")} == {
        "boxes.png",
        "lines.png",
    }
    assert "| fmvae-track " in (tmp_path / "pages.md").read_text()
