"""What is measured of models whose geometry is known, and the command line in small."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from reid_vae.dense import DenseArchitecture, DenseVAE
from tools import flatness
from tools.errors import InputError
from tools.latent import measure, overview, trained
from tools.latent.bench import run_experiment
from tools.latent.experiments import EXPERIMENTS, FLAT, METHODS, PLAIN, UNMIXED, UNNORMALISED
from tools.latent.measure import (
    build_graph,
    draw,
    measure_error,
    measure_metric,
    measure_ratios,
    measure_smoothness,
    measure_speed,
    random_pairs,
)
from tools.latent.points import Points
from tools.latent.skeleton import Bone, Skeleton, column_names
from tools.latent.trained import trained_model


@pytest.fixture
def isometry():
    """A model whose decoder is three times an isometry from the plane into five dimensions."""
    torch.manual_seed(0)
    model = DenseVAE(DenseArchitecture(data_size=5, hidden=(8,), prior_hidden=(8,)))
    model.decoder = nn.Linear(2, 5)
    directions, _ = torch.linalg.qr(torch.randn(5, 2))
    with torch.no_grad():
        model.decoder.weight.copy_(3 * directions)
    return model.eval()


@pytest.fixture
def stretched(isometry):
    """The same with its second axis ten times as long."""
    with torch.no_grad():
        isometry.decoder.weight[:, 1] *= 10
    return isometry


def test_an_isometry_is_flat(isometry):
    metric = measure_metric(isometry, 500, seed=0)
    assert metric.condition.shape == (500,)
    np.testing.assert_allclose(metric.condition, 1, rtol=1e-4)
    np.testing.assert_allclose(metric.magnification, 1, rtol=1e-4)


def test_a_stretched_plane_has_its_condition_number(stretched):
    metric = measure_metric(stretched, 50, seed=0)
    np.testing.assert_allclose(metric.condition, 100, rtol=1e-3)
    np.testing.assert_allclose(metric.magnification, 1, rtol=1e-3)


def test_straight_lines_of_an_isometry_are_geodesics(isometry):
    latents = torch.rand(300, 2)
    graph = build_graph(isometry, latents)
    starts, ends = random_pairs(latents, 12, seed=0)
    ratios, paths = measure_ratios(isometry, graph, starts, ends)
    assert len(paths) == len(ratios.riemannian) == len(ratios.latent) == 12
    # The graph zigzags by a few per cent; Riemannian length is three times the latent one.
    np.testing.assert_allclose(ratios.riemannian, ratios.latent, rtol=1e-3)
    assert 0.93 < ratios.riemannian.mean() < 1
    np.testing.assert_allclose(ratios.refined, 1, rtol=2e-3)
    np.testing.assert_allclose(ratios.refined_latent, 1, rtol=2e-3)
    for path, start, end in zip(paths, starts, ends, strict=True):
        assert torch.equal(path[0], start)
        assert torch.equal(path[-1], end)


def test_decoded_lines_of_a_linear_map_are_smooth(isometry):
    starts, ends = random_pairs(torch.rand(50, 2), 10, seed=0)
    norms = measure_smoothness(isometry, starts, ends)
    assert norms.shape == (10, 5)
    # Rounding, times the square of a hundred points.
    assert norms.max() < 0.1


def test_error_in_the_units_of_kappa(isometry):
    data = isometry.decoder(torch.randn(100, 2)).detach()
    isometry.encode = lambda part: torch.zeros(len(part), 2)
    expected = (data - isometry.decoder.bias).square().mean().sqrt().item()
    assert measure_error(isometry, data, kappa=0.3) == pytest.approx(expected, rel=1e-4)


def test_pairs_are_of_two_data_points():
    latents = torch.arange(50.0)[:, None].expand(50, 2)
    starts, ends = random_pairs(latents, 2000, seed=0)
    assert (starts != ends).all()
    assert len(starts[:, 0].unique()) == len(ends[:, 0].unique()) == 50


def test_draws_are_from_the_prior(isometry):
    z = draw(isometry, 4000, seed=0)
    assert torch.equal(z, draw(isometry, 4000, seed=0))
    mean, log_variance = isometry.prior.generator(torch.randn(20_000, 2))
    variance = log_variance.exp().mean(0) + mean.var(0)
    torch.testing.assert_close(z.mean(0), mean.mean(0), atol=0.1, rtol=0)
    torch.testing.assert_close(z.var(0), variance, atol=0, rtol=0.15)


def measured_speed(model):
    latents = torch.rand(300, 2)
    graph = build_graph(model, latents)
    return measure_speed(model, graph, *random_pairs(latents, 5, seed=0))


def test_a_distance_is_cheaper_than_a_search(isometry, small):
    speed = measured_speed(isometry)
    assert 0 < speed.batched < speed.distance < speed.search
    assert speed.nearest > 0
    assert speed.threads == torch.get_num_threads()


def test_latent_neighbours_are_the_graph_s_only_where_it_is_flat(isometry, small):
    assert measured_speed(isometry).recall > 0.85
    with torch.no_grad():
        isometry.decoder.weight[:, 1] *= 10
    assert measured_speed(isometry).recall < 0.7


def test_methods_differ_in_the_flatness_term_alone():
    experiment = EXPERIMENTS["pendulum"]
    settings = {method: experiment.settings_of(method, 3) for method in METHODS}
    assert {each.seed for each in settings.values()} == {3}
    assert len({each.steps for each in settings.values()}) == 1
    constants = {method: each.constants for method, each in settings.items()}
    assert constants[PLAIN].beta == 0 < constants[FLAT].beta
    assert not constants[UNMIXED].mixed and constants[UNMIXED].normalised
    assert not constants[UNNORMALISED].normalised and constants[UNNORMALISED].mixed
    assert len({(c.kappa, c.importance_samples) for c in constants.values()}) == 1


@pytest.fixture
def small(monkeypatch):
    """Few pairs and a coarse graph, so that a page takes seconds."""
    monkeypatch.setattr("tools.latent.bench.PAIRS", 4)
    monkeypatch.setattr("tools.latent.figures._GRID", 20)
    monkeypatch.setattr(measure, "REFINED", 2)
    monkeypatch.setattr(measure, "CROWD", 1000)
    monkeypatch.setattr(measure, "NODES", 1500)


def test_a_page_from_one_command(tool, small, tmp_path):
    out, runs = tmp_path / "pages", tmp_path / "runs"
    words = ("pendulum", "--steps", 12, "--seeds", 1, "--out", out, "--runs", runs)
    outcome = tool(flatness.main, *words)
    assert outcome.status == 0, outcome.err
    page = (out / "pendulum" / "README.md").read_text()
    for method in METHODS:
        assert f"| {method} " in page
    pictures = {path.name for path in (out / "pendulum").glob("*.png")}
    assert pictures == {"equal-distances.png", "ablations.png", "boxes.png", "lines.png"}
    assert all(f"({name})" in page for name in pictures)
    assert "12 steps of 128" in page
    results = json.loads((out / "pendulum" / "results.json").read_text())
    assert [model["method"] for model in results["models"]] == list(METHODS)
    overview = (tmp_path / "pages.md").read_text()
    assert "Pendulum" in overview
    assert "times faster" in overview

    # Twelve steps do not train a prior, which is said.
    assert outcome.out.count("so the prior, from which latents are drawn, is not trained") == 4


def test_joints_have_a_page_with_their_movements(small, tmp_path):
    freedoms = ("rx", "ry", "rz")
    names = ("lfemur", "rfemur")
    bones = [
        Bone(name, "root", np.array([0, -1.0, 0]), 1.0, np.zeros(3), freedoms) for name in names
    ]
    skeleton = Skeleton(tuple(bones), dict.fromkeys(names, freedoms))
    points = Points(
        values=np.random.default_rng(0).normal(size=(300, 6)).astype(np.float32),
        classes=np.zeros(300, np.int64),
        class_names=("walking",),
        dimension_names=column_names(skeleton.freedoms),
        skeleton=skeleton,
    )
    experiment = replace(
        EXPERIMENTS["human"],
        architecture=DenseArchitecture(data_size=0, hidden=(8,), prior_hidden=(8,)),
        settings=replace(EXPERIMENTS["human"].settings, steps=2),
        samples=100,
    )
    run_experiment(experiment, points, 1, tmp_path / "runs", tmp_path)
    page = (tmp_path / "README.md").read_text()
    for name in ("smoothness.png", "movements.png"):
        assert (tmp_path / name).exists()
        assert f"({name})" in page


def test_short_trainings_do_not_overwrite_the_pages(tool, small, tmp_path):
    outcome = tool(flatness.main, "pendulum", "--steps", 2, "--seeds", 1, "--runs", tmp_path)
    assert outcome.status == 0, outcome.err
    assert (tmp_path / "flatness" / "pages" / "pendulum" / "README.md").exists()
    assert (tmp_path / "flatness" / "pages.md").exists()


class TestTrainedModels:
    SHORT = replace(
        EXPERIMENTS["pendulum"],
        architecture=DenseArchitecture(data_size=0, hidden=(8,), prior_hidden=(8,)),
        settings=replace(EXPERIMENTS["pendulum"].settings, steps=3),
    )

    @pytest.fixture
    def data(self):
        torch.manual_seed(0)
        return torch.rand(200, 6)

    @pytest.fixture
    def trainings(self, monkeypatch):
        """Methods that were trained, in order."""
        seen = []
        train = trained._train
        monkeypatch.setattr(
            trained, "_train", lambda *words: seen.append(words[1]) or train(*words)
        )
        return seen

    def test_are_loaded_the_second_time(self, data, trainings, tmp_path):
        one, same = (trained_model(self.SHORT, FLAT, 0, data, tmp_path) for _ in range(2))
        assert trainings == [FLAT]
        assert torch.equal(one.encode(data), same.encode(data))
        assert not same.training

    def test_of_other_settings_or_data_are_others(self, data, trainings, tmp_path):
        longer = replace(self.SHORT, settings=replace(self.SHORT.settings, steps=4))
        trained_model(self.SHORT, FLAT, 0, data, tmp_path)
        trained_model(self.SHORT, PLAIN, 0, data, tmp_path)
        trained_model(self.SHORT, FLAT, 1, data, tmp_path)
        trained_model(longer, FLAT, 0, data, tmp_path)
        trained_model(self.SHORT, FLAT, 0, data.flip(0), tmp_path)
        assert len(trainings) == len(list(tmp_path.iterdir())) == 5

    def test_a_damaged_file_is_made_anew(self, data, trainings, tmp_path):
        one = trained_model(self.SHORT, FLAT, 0, data, tmp_path)
        (path,) = tmp_path.iterdir()
        path.write_bytes(path.read_bytes()[:100])
        again = trained_model(self.SHORT, FLAT, 0, data, tmp_path)
        assert len(trainings) == 2
        assert torch.equal(one.encode(data), again.encode(data))


def test_ratios_of_all_seeds_are_pooled():
    # Pairs 1, 3 and 2, 6: mean 3, squares 1 + 9 + 4 + 36 = 50, so the variance is 12.5 - 9 = 3.5.
    seeds = [{"mean": 2.0, "deviation": 1.0}, {"mean": 4.0, "deviation": 2.0}]
    assert overview._pooled(seeds) == "3.00 ± 1.87"


@pytest.mark.parametrize("text", ["{", "{}", '{"models": [{"method": 1}]}', "[]"])
def test_results_of_another_version(tmp_path, text):
    (tmp_path / "pages" / "human").mkdir(parents=True)
    (tmp_path / "pages" / "human" / "results.json").write_text(text)
    with pytest.raises(InputError, match=r"human/results\.json: not results of this version"):
        overview.write_overview(tmp_path / "pages.md", tmp_path / "pages")
    assert not (tmp_path / "pages.md").exists()


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("pendulum", "--seeds", 0), "--seeds, --steps and --threads must be above 0"),
        (("pendulum", "--steps", 0), "must be above 0"),
        (("mnist", "--mnist", "/absent.npz"), "/absent.npz: no such file"),
        (("human", "--motion", "/absent"), "/absent"),
    ],
)
def test_wrong_words(tool, tmp_path, words, complaint):
    outcome = tool(flatness.main, *words, "--out", tmp_path / "o", "--runs", tmp_path / "r")
    assert complaint in outcome.error
    assert not (tmp_path / "o").exists()
