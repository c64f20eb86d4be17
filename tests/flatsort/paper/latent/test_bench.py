"""What is measured of models whose geometry is known, and the command line in small."""

import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from flatsort.commands import flatness
from flatsort.errors import InputError
from flatsort.paper.latent import measure, overview, trained
from flatsort.paper.latent import shipped_weights as crops
from flatsort.paper.latent.acclaim_skeleton import Bone, Skeleton, column_names
from flatsort.paper.latent.bench import run_experiments
from flatsort.paper.latent.experiments import (
    EXPERIMENTS,
    FLAT,
    METHODS,
    PLAIN,
    UNMIXED,
    UNNORMALISED,
)
from flatsort.paper.latent.jobs import Job, measure_models
from flatsort.paper.latent.measure import (
    build_graph,
    draw,
    measure_error,
    measure_metric,
    measure_ratios,
    measure_smoothness,
    measure_speed,
    random_pairs,
)
from flatsort.paper.latent.points import Points
from flatsort.paper.latent.trained import trained_model
from flatsort.reid_vae.model.dense import DenseArchitecture, DenseVAE


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
    monkeypatch.setattr("flatsort.paper.latent.bench.PAIRS", 4)
    monkeypatch.setattr("flatsort.paper.latent.figures._GRID", 20)
    monkeypatch.setattr(measure, "REFINED", 2)
    monkeypatch.setattr(measure, "CROWD", 1000)
    monkeypatch.setattr(measure, "NODES", 1500)


def test_a_page_from_one_command(tool, small, tmp_path):
    out, runs = tmp_path / "pages", tmp_path / "runs"
    words = ("pendulum", "--steps", 12, "--seeds", 1, "--jobs", 1, "--out", out, "--runs", runs)
    outcome = tool(flatness.main, *words)
    assert outcome.status == 0, outcome.err
    page = (out / "pendulum" / "README.md").read_text()
    for method in METHODS:
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
    run_experiments(
        {"human": experiment},
        {"human": points},
        1,
        tmp_path / "runs",
        tmp_path,
        workers=1,
        threads=1,
    )
    page = (tmp_path / "human" / "README.md").read_text()
    for name in ("smoothness.png", "movements.png"):
        assert (tmp_path / "human" / name).exists()
        assert f"({name})" in page


def test_short_trainings_do_not_overwrite_the_pages(tool, small, tmp_path):
    words = ("pendulum", "--steps", 2, "--seeds", 1, "--jobs", 1, "--runs", tmp_path)
    outcome = tool(flatness.main, *words)
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

    def trained(self, method, seed, data, folder, experiment=SHORT):
        return trained_model(experiment, method, seed, data, folder, lambda done, words: None).model

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
        one, same = (self.trained(FLAT, 0, data, tmp_path) for _ in range(2))
        assert trainings == [FLAT]
        assert torch.equal(one.encode(data), same.encode(data))
        assert not same.training

    def test_of_other_settings_or_data_are_others(self, data, trainings, tmp_path):
        longer = replace(self.SHORT, settings=replace(self.SHORT.settings, steps=4))
        self.trained(FLAT, 0, data, tmp_path)
        self.trained(PLAIN, 0, data, tmp_path)
        self.trained(FLAT, 1, data, tmp_path)
        self.trained(FLAT, 0, data, tmp_path, longer)
        self.trained(FLAT, 0, data.flip(0), tmp_path)
        assert len(trainings) == len(list(tmp_path.iterdir())) == 5

    def test_whether_the_prior_was_trained_is_kept(self, data, tmp_path):
        def reached(kappa):
            constants = replace(self.SHORT.settings.constants, kappa=kappa)
            experiment = replace(
                self.SHORT, settings=replace(self.SHORT.settings, constants=constants)
            )
            words = (experiment, FLAT, 0, data, tmp_path, lambda done, words: None)
            return [trained_model(*words).prior_trained for _ in range(2)]

        # The data are in [0, 1]: an error of 10 is met at once, one of 1e-6 never.
        assert reached(10.0) == [True, True]
        assert reached(1e-6) == [False, False]

    def test_a_damaged_file_is_made_anew(self, data, trainings, tmp_path):
        one = self.trained(FLAT, 0, data, tmp_path)
        (path,) = tmp_path.iterdir()
        path.write_bytes(path.read_bytes()[:100])
        again = self.trained(FLAT, 0, data, tmp_path)
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
        (("pendulum", "--seeds", 0), "--seeds, --steps, --jobs and --threads must be above 0"),
        (("pendulum", "--steps", 0), "must be above 0"),
        (("pendulum", "--jobs", 0), "must be above 0"),
        (("mnist", "--mnist", "/absent.npz"), "/absent.npz: no such file"),
        (("human", "--motion", "/absent"), "/absent"),
    ],
)
def test_wrong_words(tool, tmp_path, words, complaint):
    outcome = tool(flatness.main, *words, "--out", tmp_path / "o", "--runs", tmp_path / "r")
    assert complaint in outcome.error
    assert not (tmp_path / "o").exists()


# Two trainings that never end; each leaves a file named by its process.
ENDLESS = """
import os
from dataclasses import replace
from pathlib import Path

import numpy as np

from flatsort.paper.latent import jobs
from flatsort.paper.latent.experiments import EXPERIMENTS, FLAT, PLAIN


def train_for_ever(experiment, method, seed, data, folder, report):
    Path(str(os.getpid())).touch()
    while True:
        report(0.0, "training")


jobs.trained_model = train_for_ever
if __name__ == "__main__":
    experiment = EXPERIMENTS["pendulum"]
    work = [jobs.Job(experiment, method, 0) for method in (FLAT, PLAIN)]
    data = {"pendulum": np.load("data.npy")}
    jobs.measure_models(work, data, Path("kept"), workers=2, threads=1)
"""


def wait_for(find, count):
    """What is found, once there are so many."""
    for _ in range(600):
        found = find()
        if len(found) == count:
            return found
        time.sleep(0.1)
    raise AssertionError(f"{found} instead of {count}")


def is_alive(pid):
    """Whether a process runs; one that has ended and that nobody waited for does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


class TestJobs:
    """Models that are trained and measured in processes of their own."""

    @staticmethod
    def jobs(steps=3):
        return [
            Job(replace(TestTrainedModels.SHORT, samples=50, settings=settings), method, 0)
            for settings in [replace(TestTrainedModels.SHORT.settings, steps=steps)]
            for method in (FLAT, PLAIN)
        ]

    @pytest.fixture
    def data(self):
        return {"pendulum": np.random.default_rng(0).random((200, 6), np.float32)}

    def test_two_at_a_time_are_as_one_after_the_other(self, data, tmp_path):
        both = [
            measure_models(self.jobs(), data, tmp_path / str(workers), workers=workers, threads=1)
            for workers in (1, 2)
        ]
        assert [each.method for each in both[0]] == [FLAT, PLAIN]
        for alone, beside in zip(*both, strict=True):
            assert alone.method == beside.method
            np.testing.assert_allclose(alone.metric.condition, beside.metric.condition, rtol=1e-3)
            np.testing.assert_allclose(alone.smoothness, beside.smoothness, rtol=1e-2, atol=1e-3)
        assert len(list((tmp_path / "2").iterdir())) == 2

    def test_processes_end_with_the_one_that_started_them(self, data, tmp_path):
        np.save(tmp_path / "data.npy", data["pendulum"])
        script = tmp_path / "script.py"
        script.write_text(ENDLESS)
        started = subprocess.Popen([sys.executable, script], cwd=tmp_path)
        try:
            workers = wait_for(lambda: [int(each.name) for each in tmp_path.glob("[0-9]*")], 2)
        finally:
            started.kill()
            started.wait()
        wait_for(lambda: [pid for pid in workers if not is_alive(pid)], 2)

    def test_a_training_that_fails_says_which(self, tmp_path):
        few = {"pendulum": np.zeros((3, 6), np.float32)}
        complaint = "pendulum, VHP-FMVAE, seed 0: 3 data points are too few for a batch of 128"
        with pytest.raises(InputError, match=complaint):
            measure_models(self.jobs(), few, tmp_path, workers=2, threads=1)


def test_shipped_weights_have_a_page(tool, monkeypatch, tmp_path):
    for name, few in (("SHIPPED", ("fmvae-track", "vhpvae")), ("SAMPLES", 3), ("PAIRS", 2)):
        monkeypatch.setattr(crops, name, few)
    outcome = tool(flatness.main, "crops", "--out", tmp_path / "pages", "--runs", tmp_path)
    assert outcome.status == 0, outcome.err
    results = json.loads((tmp_path / "pages" / "crops" / "results.json").read_text())
    flat, plain = results["models"]
    assert flat["condition_quantiles"][1] < 1.2 < 1000 < plain["condition_quantiles"][1]
    assert flat["riemannian"][0] == pytest.approx(1, abs=2e-3)
    assert plain["riemannian"][0] > 1.02
    assert {path.name for path in (tmp_path / "pages" / "crops").glob("*.png")} == {
        "boxes.png",
        "lines.png",
    }
    assert "| fmvae-track " in (tmp_path / "pages.md").read_text()
