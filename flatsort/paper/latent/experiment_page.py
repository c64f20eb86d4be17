"""Write the measurements of an experiment's models as JSON and as a Markdown page."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from tabulate import tabulate

from flatsort.files.atomic import atomic_writer
from flatsort.paper.latent.experiments import Experiment
from flatsort.paper.latent.measure import PAIRS, REFINED, Measured
from flatsort.paper.latent.measure_speed import CROWD, NEIGHBOURS, RECALLED, Speed


def write_json(
    path: Path, experiment: Experiment, models: list[Measured], speeds: Mapping[str, Speed]
) -> None:
    """Write the figures of every training, and the settings of the trainings."""
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
    """Write the page of one experiment: its tables and its pictures.

    Args:
        path: file of the page.
        experiment: the experiment.
        models: all measured models of the experiment.
        speeds: name of the method -> speed of its first training, for some methods.
        pictures: names of picture files beside the page.
    """
    settings, seeds = experiment.settings, len({each.seed for each in models})
    constants = settings.constants
    text = [
        f"# {experiment.title}",
        f"Written by `python tools/flatness.py {experiment.name}`; do not edit by hand. "
        f"Number of trainings per method: {seeds}. Steps per training: {settings.steps:,}. Batch: "
        f"{settings.batch_size}. kappa {constants.kappa:g}, beta {constants.beta:g}, "
        f"K {constants.importance_samples}.",
        f"The metric is measured at {experiment.samples:,} latents drawn from each model's prior. "
        "The table has medians and quantiles over the latents, as mean ± standard deviation over "
        f"the trainings. The error ({experiment.error_unit}) is over all data. The second "
        f"derivative is taken along {PAIRS} decoded straight lines between data points: root mean "
        "square over the outputs, median over the lines. Without normalisation, beta weighs a norm "
        "in the units of the data, so the same beta then gives the term another strength.",
        metric_table(models),
        ratio_note(),
        ratio_table(models),
        "Times for the same pairs, measured in one run:",
        *(f"{method}\n\n{speed_table(speed)}" for method, speed in speeds.items()),
        *(f"![{Path(name).stem.replace('-', ' ')}]({name})" for name in pictures),
    ]
    with atomic_writer(path) as file:
        file.write("\n\n".join(text) + "\n")


def metric_table(models: list[Measured]) -> str:
    """Make a table of error, condition number, magnification and smoothness per method."""
    rows = []
    for method, seeds in _by_method(models).items():
        conditions = [np.quantile(each.metric.condition, [0.5, 0.95]) for each in seeds]
        spread = [np.quantile(each.metric.magnification, [0.05, 0.95]) for each in seeds]
        rows.append(
            {
                "method": method,
                "error": _over_seeds([each.error for each in seeds], 4),
                "condition number": _over_seeds([c[0] for c in conditions], 2),
                "condition number, 95 %": _over_seeds([c[1] for c in conditions], 2),
                "normalised MF, 5 %": _over_seeds([s[0] for s in spread], 3),
                "normalised MF, 95 %": _over_seeds([s[1] for s in spread], 3),
                "second derivative": _over_seeds([_typical(each) for each in seeds], 2),
            }
        )
    return tabulate(rows, headers="keys", tablefmt="github", disable_numparse=True)


def ratio_note() -> str:
    """Explain the ratios of Table 1."""
    return (
        "The ratios are the lengths of straight latent lines over the lengths of geodesics, "
        f"between {PAIRS} pairs of data points, mean ± standard deviation over the pairs of all "
        "trainings. "
        "A path in the graph zigzags between its nodes, so it is longer than a geodesic, and the "
        f"ratio in a perfectly flat space is a few per cent below 1. For {REFINED} pairs per "
        "training, the path is refined to a smooth curve; the ratio in a flat space is then 1."
    )


def ratio_table(models: list[Measured]) -> str:
    """Make Table 1: straight lines over geodesics, mean ± deviation over the pairs of all seeds."""
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
    """Make a table of the times of Euclidean distances and of the search in the graph."""
    rows = [
        ["geodesic by search in the graph", speed.search],
        ["Euclidean latent distance", speed.distance],
        ["Euclidean latent distance, all pairs in one call", speed.batched],
        [f"{NEIGHBOURS} nearest of {CROWD:,} latents by k-d tree", speed.nearest],
    ]
    table = tabulate(
        [[name, f"{1e6 * took:,.2f}", f"{speed.search / took:,.0f}"] for name, took in rows],
        headers=["for one pair or query", "microseconds", "times faster"],
        tablefmt="github",
        disable_numparse=True,
    )
    return (
        f"{table}\n\ntorch's threads: {speed.threads}. Of the {RECALLED} nodes nearest to a data "
        f"point by length in the graph, {100 * speed.recall:.0f} % are also among the {RECALLED} "
        "nearest by Euclidean distance. The graph joins Euclidean neighbours, which makes this "
        "share larger."
    )


def _typical(each: Measured) -> float:
    """Average second derivatives: root mean square over the outputs, median over the lines."""
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
