"""What was measured of all models of an experiment, as JSON and Markdown."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from tabulate import tabulate

from flatsort.files.atomic import atomic_writer
from flatsort.paper.latent.experiments import Experiment
from flatsort.paper.latent.measure import (
    CROWD,
    NEIGHBOURS,
    PAIRS,
    RECALLED,
    REFINED,
    Measured,
    Speed,
)


def write_json(
    path: Path, experiment: Experiment, models: list[Measured], speeds: Mapping[str, Speed]
) -> None:
    """All figures of the tables, seed by seed, and how the models were trained."""
    facts = {
        "experiment": experiment.name,
        "error_unit": experiment.error_unit,
        "settings": asdict(experiment.settings),
        "models": [_figures(each) for each in models],
        "speeds": {method: vars(speed) for method, speed in speeds.items()},
    }
    with atomic_writer(path) as file:
        json.dump(facts, file, indent=1)
        file.write("\n")


def write_markdown(
    path: Path,
    experiment: Experiment,
    models: list[Measured],
    speeds: Mapping[str, Speed],
    pictures: list[str],
) -> None:
    """The tables of one experiment and its pictures.

    Args:
        path: of the page.
        experiment: which.
        models: all of its.
        speeds: of some methods' first training.
        pictures: names of files beside the page.
    """
    settings, seeds = experiment.settings, len({each.seed for each in models})
    constants = settings.constants
    text = [
        f"# {experiment.title}",
        f"Written by `python tools/flatness.py {experiment.name}`; do not edit by hand. "
        f"Trainings of each method: {seeds}, of {settings.steps:,} steps of {settings.batch_size}; "
        f"kappa {constants.kappa:g}, beta {constants.beta:g}, K {constants.importance_samples}.",
        f"The metric at {experiment.samples:,} latents drawn from each model's prior: medians and "
        "quantiles over the latents, mean ± standard deviation of those over the trainings. The "
        f"error is the {experiment.error_unit}, over all data. The second derivative is along "
        f"{PAIRS} decoded straight lines between data points: root mean square over its outputs, "
        "median over the lines. Without normalisation the same beta weighs a norm in the data's "
        "units, which is another strength of the term, not only another form.",
        metric_table(models),
        f"Straight latent lines over geodesics between {PAIRS} pairs of data points, mean ± "
        "standard deviation over the pairs of all trainings. A path in the graph zigzags between "
        "its nodes, so that straight lines of a perfectly flat space come out some per cent below "
        f"1; refined to a smooth curve, done for {REFINED} pairs a training, they have 1.",
        ratio_table(models),
        "The same pairs in one run:",
        *(f"{method}\n\n{speed_table(speed)}" for method, speed in speeds.items()),
        *(f"![{Path(name).stem.replace('-', ' ')}]({name})" for name in pictures),
    ]
    with atomic_writer(path) as file:
        file.write("\n\n".join(text) + "\n")


def metric_table(models: list[Measured]) -> str:
    """Error, condition number, normalised magnification and smoothness of each method."""
    rows = []
    for method, seeds in _by_method(models).items():
        conditions = [np.quantile(each.metric.condition, [0.5, 0.95]) for each in seeds]
        spread = [np.quantile(each.metric.magnification, [0.05, 0.95]) for each in seeds]
        rows.append(
            {
                "method": method,
                "error": _over_seeds([each.error for each in seeds], 4),
                "condition number": _over_seeds([c[0] for c in conditions], 2),
                "its 95 %": _over_seeds([c[1] for c in conditions], 2),
                "normalised MF, 5 %": _over_seeds([s[0] for s in spread], 3),
                "95 %": _over_seeds([s[1] for s in spread], 3),
                "second derivative": _over_seeds([_typical(each) for each in seeds], 2),
            }
        )
    return tabulate(rows, headers="keys", tablefmt="github", disable_numparse=True)


def ratio_table(models: list[Measured]) -> str:
    """Table 1: straight lines over geodesics, mean ± deviation over the pairs of all seeds."""
    rows = []
    for method, seeds in _by_method(models).items():
        row = {"method": method}
        for title, name in (
            ("Riemannian", "riemannian"),
            ("latent", "latent"),
            ("Riemannian, refined", "refined"),
            ("latent, refined", "refined_latent"),
        ):
            values = np.concatenate([getattr(each.ratios, name) for each in seeds])
            row[title] = f"{values.mean():.2f} ± {values.std():.2f}"
        rows.append(row)
    return tabulate(rows, headers="keys", tablefmt="github", disable_numparse=True)


def speed_table(speed: Speed) -> str:
    """Euclidean distance beside the search, in one run."""
    rows = [
        ["geodesic by search in the graph", speed.search],
        ["Euclidean latent distance", speed.distance],
        ["Euclidean latent distance, all pairs in one call", speed.batched],
        [f"{NEIGHBOURS} nearest of {CROWD:,} latents by k-d tree", speed.nearest],
    ]
    table = tabulate(
        [[name, f"{1e6 * took:,.2f}", f"{speed.search / took:,.0f}"] for name, took in rows],
        headers=["of one pair or query", "microseconds", "times faster"],
        tablefmt="github",
        disable_numparse=True,
    )
    return (
        f"{table}\n\nThreads torch had: {speed.threads}. Of the {RECALLED} nodes nearest to a data "
        f"point by the graph's lengths, {100 * speed.recall:.0f} % are among the {RECALLED} "
        "nearest by Euclidean distance; the graph joins Euclidean neighbours, which favours them."
    )


def _typical(each: Measured) -> float:
    """Of the second derivatives: over the outputs of a line, then over the lines."""
    return float(np.median(np.sqrt(np.square(each.smoothness).mean(1))))


def _by_method(models: list[Measured]) -> Mapping[str, list[Measured]]:
    methods: dict[str, list[Measured]] = {}
    for each in models:
        methods.setdefault(each.method, []).append(each)
    return methods


def _over_seeds(values: list[float], digits: int) -> str:
    mean = f"{np.mean(values):.{digits}f}"
    return mean if len(values) == 1 else f"{mean} ± {np.std(values):.{digits}f}"


def _figures(each: Measured) -> dict[str, Any]:
    quantiles = (0.05, 0.25, 0.5, 0.75, 0.95)
    return {
        "method": each.method,
        "seed": each.seed,
        "error": each.error,
        "condition_quantiles": np.quantile(each.metric.condition, quantiles).tolist(),
        "magnification_quantiles": np.quantile(each.metric.magnification, quantiles).tolist(),
        "ratios": {
            name: {"mean": float(values.mean()), "deviation": float(values.std())}
            for name, values in vars(each.ratios).items()
        },
        "smoothness": each.smoothness.mean(0).tolist(),
    }
