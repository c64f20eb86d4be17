"""Write the measurements of an experiment's models as JSON and as a Markdown page."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from flatsort.files.atomic import atomic_writer
from flatsort.paper.latent.experiment_tables import (
    fit_table,
    matching_note,
    metric_table,
    ratio_note,
    ratio_table,
    speed_table,
    trainings_table,
    untrained_note,
)
from flatsort.paper.latent.experiments import PLAIN, Experiment
from flatsort.paper.latent.measure import PAIRS, RESIDUAL_POINTS
from flatsort.paper.latent.measure_speed import Speed
from flatsort.paper.latent.model_findings import Measured, Metric


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
    trained = [each for each in models if each.prior_trained]
    text = [
        f"# {experiment.title}",
        f"Written by `python tools/flatness.py {experiment.words}`; do not edit by hand. "
        f"Number of trainings of each compared method: {seeds}. Steps per training: "
        f"{settings.steps:,}. Batch: {settings.batch_size}. kappa {constants.kappa:g}, for {PLAIN} "
        f"{experiment.plain_kappa:g}; beta {constants.beta:g}, K {constants.importance_samples}, "
        f"learning rate {settings.learning_rate:g}.",
        experiment.note,
        "## Trainings",
        f"The error is the {experiment.error_unit}: over the training data, and over data held "
        "out. The constraint bounds the error by kappa; the prior trains only after the constraint "
        "is first met. lambda, F (nats), R and c^2 are means over the last 100 steps. The "
        f"condition number is the median at {experiment.samples:,} encodings of data, and at as "
        "many latents drawn from the prior.",
        trainings_table(models),
        untrained_note(models),
        *(_compared(trained) if trained else []),
        "## Times",
        "Times for the same pairs, measured in one run:",
        *(f"{method}\n\n{speed_table(speed)}" for method, speed in speeds.items()),
        "## Pictures",
        *(f"![{Path(name).stem.replace('-', ' ')}]({name})" for name in pictures),
    ]
    with atomic_writer(path) as file:
        file.write("\n\n".join(part for part in text if part) + "\n")


def _compared(trained: list[Measured]) -> list[str]:
    """Return the part of the page that compares the methods, by trainings with a trained prior."""
    return [
        "## Fit",
        "Means ± standard deviations over the trainings whose prior is trained. Affine residual: "
        "the share of variance that the best affine map leaves unexplained, of the decoder at "
        "encodings of data and of the encoder as a map of data; 0 is a plane. At most "
        f"{RESIDUAL_POINTS:,} data points: half fit the map, half judge it. The second derivative "
        f"is taken along {PAIRS} decoded straight lines between data points: root mean square over "
        "the outputs, median over the lines.",
        fit_table(trained),
        matching_note(trained),
        "## Metric",
        "Medians and quantiles over the latents. MF is the magnification factor, at latents drawn "
        "from the prior. Without normalisation, beta weighs a norm in the units of the data, so "
        "the same beta then gives the term another strength.",
        metric_table(trained),
        "## Straight lines and geodesics",
        ratio_note(),
        ratio_table(trained),
    ]


def _figures(each: Measured) -> dict[str, Any]:
    quantiles = (0.05, 0.25, 0.5, 0.75, 0.95)

    def condition(metric: Metric) -> list[float]:
        return np.quantile(metric.condition, quantiles).tolist()

    return {
        "method": each.method,
        "seed": each.seed,
        "kappa": each.kappa,
        "prior_trained": each.prior_trained,
        "outcome": asdict(each.outcome),
        **asdict(each.fit),
        "condition_quantiles": condition(each.metric),
        "data_condition_quantiles": condition(each.data_metric),
        "magnification_quantiles": np.quantile(each.metric.magnification, quantiles).tolist(),
        "ratios": {
            name: {"mean": float(values.mean()), "deviation": float(values.std())}
            for name, values in vars(each.ratios).items()
        },
        "smoothness": each.smoothness.mean(0).tolist(),
    }
