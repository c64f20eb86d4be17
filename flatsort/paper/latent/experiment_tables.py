"""The tables of an experiment's page."""

from collections.abc import Mapping

import numpy as np
from tabulate import tabulate

from flatsort.paper.latent.experiments import FLAT, PLAIN
from flatsort.paper.latent.measure import PAIRS, REFINED
from flatsort.paper.latent.measure_speed import CROWD, NEIGHBOURS, RECALLED, Speed
from flatsort.paper.latent.model_findings import Measured


def trainings_table(models: list[Measured]) -> str:
    """Make a table of all trainings, one per row: the constraint, the errors, the metric."""
    rows = []
    for each in models:
        outcome = each.outcome
        rows.append(
            {
                "method": each.method,
                "seed": each.seed,
                "kappa": f"{each.kappa:g}",
                "error": f"{each.fit.error:.4f}",
                "held out": f"{each.fit.held_out_error:.4f}",
                "first met at step": "never" if outcome.met_at is None else f"{outcome.met_at:,}",
                "met at the end": "yes" if outcome.met else "no",
                "prior trained": "yes" if each.prior_trained else "no",
                "lambda": f"{outcome.multiplier:.3g}",
                "F": f"{outcome.bound:.2f}",
                "R": f"{outcome.flatness:.2g}",
                "c^2": f"{outcome.c_squared:.2g}",
                "condition number, data": f"{np.median(each.data_metric.condition):.2f}",
                "condition number, prior": f"{np.median(each.metric.condition):.2f}",
            }
        )
    return _table(rows)


def fit_table(models: list[Measured]) -> str:
    """Make a table of errors, affine residuals and smoothness, means over the seeds."""
    rows = []
    for method, seeds in _by_method(models).items():
        rows.append(
            {
                "method": method,
                "trainings": len(seeds),
                "error": _over_seeds([each.fit.error for each in seeds], 4),
                "held out": _over_seeds([each.fit.held_out_error for each in seeds], 4),
                "affine residual, decoder": _over_seeds(
                    [each.fit.decoder_residual for each in seeds], 3
                ),
                "encoder": _over_seeds([each.fit.encoder_residual for each in seeds], 3),
                "second derivative": _over_seeds([_typical(each) for each in seeds], 2),
            }
        )
    return _table(rows)


def metric_table(models: list[Measured]) -> str:
    """Make a table of condition numbers and magnification, means over the seeds."""
    rows = []
    for method, seeds in _by_method(models).items():
        row = {"method": method}
        for place, metrics in (
            ("data", [each.data_metric for each in seeds]),
            ("prior", [each.metric for each in seeds]),
        ):
            medians, high = zip(
                *(np.quantile(each.condition, [0.5, 0.95]) for each in metrics), strict=True
            )
            row[f"condition number, {place}"] = _over_seeds(medians, 2)
            row[f"95 %, {place}"] = _over_seeds(high, 2)
        spread = [np.quantile(each.metric.magnification, [0.05, 0.95]) for each in seeds]
        row["normalised MF, 5 %"] = _over_seeds([s[0] for s in spread], 3)
        row["95 %"] = _over_seeds([s[1] for s in spread], 3)
        rows.append(row)
    return _table(rows)


def matching_note(models: list[Measured]) -> str:
    """Say how far the held-out errors of VHP-VAE and VHP-FMVAE are apart; "" if one is missing."""
    errors = {
        method: np.mean([each.fit.held_out_error for each in seeds])
        for method, seeds in _by_method(models).items()
    }
    if not {FLAT, PLAIN} <= errors.keys():
        return ""
    percent = 100 * (errors[PLAIN] / errors[FLAT] - 1)
    side = "above" if percent >= 0 else "below"
    return f"The mean held-out error of {PLAIN} is {abs(percent):.1f} % {side} that of {FLAT}. " + (
        "Both methods are compared at equal fits."
        if abs(percent) <= 3
        else "More than 3 %: the methods are compared at different fits."
    )


def untrained_note(models: list[Measured]) -> str:
    """Name the trainings that the other tables leave out; "" if there are none."""
    names = [f"{each.method}, seed {each.seed}" for each in models if not each.prior_trained]
    if not names:
        return ""
    return (
        f"Never met the constraint, so the prior is not trained: {'; '.join(names)}. The other "
        "tables and the ratios leave these trainings out."
    )


def ratio_note() -> str:
    """Explain the ratios of Table 1."""
    return (
        "The ratios are the lengths of straight latent lines over the lengths of geodesics, "
        f"between {PAIRS} pairs of data points, mean ± standard deviation over the pairs of all "
        "trainings whose prior is trained. "
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
    return _table(rows)


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


def _table(rows: list[dict]) -> str:
    return tabulate(rows, headers="keys", tablefmt="github", disable_numparse=True)


def _typical(each: Measured) -> float:
    """Average second derivatives: root mean square over the outputs, median over the lines."""
    return float(np.median(np.sqrt(np.square(each.smoothness).mean(1))))


def _by_method(models: list[Measured]) -> Mapping[str, list[Measured]]:
    methods: dict[str, list[Measured]] = {}
    for each in models:
        methods.setdefault(each.method, []).append(each)
    return methods


def _over_seeds(values: list[float] | tuple[float, ...], digits: int) -> str:
    mean = f"{np.mean(values):.{digits}f}"
    return mean if len(values) == 1 else f"{mean} ± {np.std(values):.{digits}f}"
