"""Run experiments: from the data to one page per experiment."""

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from flatsort.files.atomic import atomic_path
from flatsort.paper.latent.experiment_page import write_json, write_markdown
from flatsort.paper.latent.experiments import ABLATIONS, COMPARED, FLAT, Experiment
from flatsort.paper.latent.figures import first_lines, plot_boxes, plot_lines, plot_smoothness
from flatsort.paper.latent.jobs import Job, measure_models
from flatsort.paper.latent.latent_maps import LatentMap, map_scale, plot_fields, plot_maps
from flatsort.paper.latent.measure import PAIRS, SEED, build_graph, random_pairs
from flatsort.paper.latent.measure_speed import measure_speed
from flatsort.paper.latent.model_findings import Measured
from flatsort.paper.latent.movements import plot_movements
from flatsort.paper.latent.points import Points
from flatsort.paper.latent.trained_model import encode_all, trained_model
from flatsort.reid_vae.model.dense_vae import DenseVAE


def run_experiments(
    experiments: Mapping[str, Experiment],
    data: Mapping[str, Points],
    seeds: int,
    models: Path,
    pages: Path,
    *,
    workers: int,
    threads: int,
) -> None:
    """Train or load all models, measure and draw them, and write one page per experiment.

    Args:
        experiments: name -> experiment.
        data: name of the experiment -> its data.
        seeds: trainings of each compared method.
        models: folder for trained models.
        pages: folder that gets one folder per experiment.
        workers: processes that train, each one model at a time.
        threads: torch's threads in each process.

    Raises:
        InputError: a training fails, or a file cannot be written.
    """
    # EXPERIMENTS is in the order of the size of the data. The largest experiment takes longest and
    # starts first, so that no process works alone at the end.
    jobs = [
        Job(experiment, method, seed)
        for experiment in reversed(experiments.values())
        for method in experiment.methods
        for seed in experiment.seeds_of(method, seeds)
    ]
    measured = measure_models(jobs, data, models, workers=workers, threads=threads)
    for name, experiment in experiments.items():
        own = [
            each for job, each in zip(jobs, measured, strict=True) if job.experiment.name == name
        ]
        for each in own:
            if not each.prior_trained:
                print(
                    f"note: {name}, {each.method}, seed {each.seed}: the error never came below "
                    f"kappa ({each.kappa:g}), so the prior, from which latents are drawn, is not "
                    "trained: train for more steps"
                )
        # Speed is measured here, after all trainings, when the machine is idle.
        _write_page(experiment, data[name], own, models, pages / name)


def _write_page(
    experiment: Experiment, points: Points, measured: list[Measured], models: Path, out: Path
) -> None:
    maps, speeds = {}, {}
    values = torch.from_numpy(points.values)
    shown = _shown(measured)
    for method, each in shown.items():
        model = trained_model(experiment, method, each.seed, values, models, _ignore).model
        latents = encode_all(model, values)
        paths = [torch.from_numpy(path) for path in each.paths]
        maps[method] = LatentMap(model, latents, points.classes, paths)
        if method in COMPARED:
            graph = build_graph(model, latents)
            speeds[method] = measure_speed(model, graph, *_pairs(latents))
    pictures = _draw(out, f"{experiment.title} (one training)", points, maps, shown)
    write_json(out / "results.json", experiment, measured, speeds)
    write_markdown(out / "README.md", experiment, measured, speeds, pictures)
    print(f"wrote {out / 'README.md'}")


def _shown(measured: list[Measured]) -> dict[str, Measured]:
    """Choose one training per method to draw: the first one whose prior is trained, if any."""
    in_order = sorted(measured, key=lambda each: not each.prior_trained)
    return {
        method: next(each for each in in_order if each.method == method)
        for method in dict.fromkeys(each.method for each in measured)
    }


def _ignore(done: float, words: str) -> None:
    """Ignore a progress report, because a trained model loads at once."""


def _draw(
    out: Path,
    title: str,
    points: Points,
    maps: dict[str, LatentMap],
    shown: dict[str, Measured],
) -> list[str]:
    """Draw all pictures; return the names of their files in the order of the page."""
    compared = {name: maps[name] for name in COMPARED}
    # All maps share contours and shades, so that they can be compared.
    scale = map_scale(maps, FLAT)
    plot = {
        "equal-distances.png": lambda path: plot_maps(path, title, compared, points, scale),
        "vector-field.png": lambda path: plot_fields(path, title, compared, points),
        "boxes.png": lambda path: plot_boxes(
            path, title, {name: each.metric for name, each in shown.items()}
        ),
    }
    ablations = {name: maps[name] for name in ABLATIONS if name in maps}
    if ablations:
        plot["ablations.png"] = lambda path: plot_maps(path, title, ablations, points, scale)
    if points.dimension_names:
        norms = {name: shown[name].smoothness for name in compared}
        plot["smoothness.png"] = lambda path: plot_smoothness(
            path, title, norms, points.dimension_names
        )
    pairs = {name: _pairs(each.latents) for name, each in compared.items()}
    models = {name: each.model for name, each in compared.items()}
    if points.image_shape:
        lines = {
            name: _decode(each.model, first_lines(*pairs[name]), points.image_shape)
            for name, each in compared.items()
        }
        plot["lines.png"] = lambda path: plot_lines(path, title, lines)
    if points.skeleton:
        plot["movements.png"] = lambda path: plot_movements(path, title, models, pairs, points)
    for name, draw in plot.items():
        with atomic_path(out / name) as temporary:
            draw(temporary)
    return list(plot)


@torch.no_grad()
def _decode(model: DenseVAE, lines: Tensor, shape: tuple[int, int]) -> Tensor:
    """Decode lines of latents (L, T, Nz) to images (L, T, H, W)."""
    return model.decoder(lines.flatten(0, 1)).unflatten(1, shape).unflatten(0, lines.shape[:2])


def _pairs(latents: Tensor) -> tuple[Tensor, Tensor]:
    return random_pairs(latents, PAIRS, SEED)
