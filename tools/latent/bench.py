"""One experiment from data to page."""

from pathlib import Path

import torch
from torch import Tensor

from tools.atomic import atomic_path
from tools.errors import InputError
from tools.latent.experiments import FLAT, METHODS, PLAIN, UNMIXED, UNNORMALISED, Experiment
from tools.latent.figures import (
    LatentMap,
    map_scale,
    plot_boxes,
    plot_lines,
    plot_maps,
    plot_smoothness,
)
from tools.latent.measure import (
    PAIRS,
    build_graph,
    measure_error,
    measure_metric,
    measure_ratios,
    measure_smoothness,
    measure_speed,
    random_pairs,
)
from tools.latent.movements import plot_movements
from tools.latent.points import Points
from tools.latent.results import Findings, write_json, write_markdown
from tools.latent.trained import encode_all, trained_model

# Of the samples and pairs, the same for all models.
SEED = 0


def run_experiment(
    experiment: Experiment, points: Points, seeds: int, models: Path, out: Path
) -> None:
    """Train or load all models, measure them, draw them and write the page.

    Args:
        experiment: which.
        points: its data.
        seeds: trainings of each method.
        models: folder of trained models.
        out: folder of this experiment's page, made if missing.

    Raises:
        InputError: training fails, or the folder cannot be written to.
    """
    data = torch.from_numpy(points.values)
    findings, maps = [], {}
    for method in METHODS:
        for seed in range(seeds):
            model = trained_model(experiment, method, seed, data, models)
            latents = encode_all(model, data)
            starts, ends = random_pairs(latents, PAIRS, SEED)
            try:
                graph = build_graph(model, latents)
                ratios, paths = measure_ratios(model, graph, starts, ends)
            except ValueError as error:
                raise InputError(f"{experiment.name}, {method}, seed {seed}: {error}") from error
            timed = method in (FLAT, PLAIN) and seed == 0
            findings.append(
                Findings(
                    method=method,
                    seed=seed,
                    error=measure_error(model, data, experiment.settings.constants.kappa),
                    metric=measure_metric(model, experiment.samples, SEED),
                    ratios=ratios,
                    smoothness=measure_smoothness(model, starts, ends),
                    speed=measure_speed(model, graph, starts, ends) if timed else None,
                )
            )
            if seed == 0:
                maps[method] = LatentMap(model, latents, points.classes, paths)
    pictures = _draw(out, experiment.title, points, maps, findings)
    write_json(out / "results.json", experiment, findings)
    write_markdown(out / "README.md", experiment, findings, pictures)


def _draw(
    out: Path,
    title: str,
    points: Points,
    maps: dict[str, LatentMap],
    findings: list[Findings],
) -> list[str]:
    """The names of the pictures, in the order of the page."""
    compared = {name: maps[name] for name in (FLAT, PLAIN)}
    first = {each.method: each for each in findings if each.seed == 0}
    # All maps with the same rings and shades, so that they can be compared.
    scale = map_scale(maps, FLAT)
    plot = {
        "equal-distances.png": lambda path: plot_maps(path, title, compared, points, scale),
        "ablations.png": lambda path: plot_maps(
            path, title, {name: maps[name] for name in (UNMIXED, UNNORMALISED)}, points, scale
        ),
        "boxes.png": lambda path: plot_boxes(
            path, title, {name: each.metric for name, each in first.items()}
        ),
    }
    if points.dimension_names:
        norms = {name: first[name].smoothness for name in compared}
        plot["smoothness.png"] = lambda path: plot_smoothness(
            path, title, norms, points.dimension_names
        )
    pairs = {name: _pairs(each.latents) for name, each in compared.items()}
    models = {name: each.model for name, each in compared.items()}
    if points.image_shape:
        plot["lines.png"] = lambda path: plot_lines(path, title, models, pairs, points.image_shape)
    if points.skeleton:
        plot["movements.png"] = lambda path: plot_movements(path, title, models, pairs, points)
    for name, draw in plot.items():
        with atomic_path(out / name) as temporary:
            draw(temporary)
    return list(plot)


def _pairs(latents: Tensor) -> tuple[Tensor, Tensor]:
    return random_pairs(latents, PAIRS, SEED)
