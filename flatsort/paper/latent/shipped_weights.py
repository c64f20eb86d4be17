"""Measure the shipped weights, whose latent spaces have 128 dimensions (section 4.4).

All latents are drawn from each model's prior, so the measurement needs no footage and shows no
real person. In two dimensions, straight lines are compared with geodesics in a graph whose nodes
are uniform in a box. In 128 dimensions almost no node lies near a line, so here they are compared
with curves: a descent starts at the straight line and shortens it.
"""

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tabulate import tabulate
from torch import Tensor

from flatsort.errors import InputError
from flatsort.files.atomic import atomic_path, atomic_writer
from flatsort.files.paths import SHIPPED_WEIGHTS
from flatsort.paper.latent.figures import first_lines, plot_boxes, plot_lines
from flatsort.paper.latent.measure import KNOTS, POINTS, draw, measure_metric
from flatsort.paper.latent.measure_speed import time_distances
from flatsort.paper.latent.model_findings import Metric
from flatsort.progress import ProgressBar
from flatsort.reid_vae.geometry.affine import affine_residual_of_map
from flatsort.reid_vae.geometry.curves import latent_lengths, riemannian_lengths, straight_lines
from flatsort.reid_vae.geometry.geodesics import refine
from flatsort.reid_vae.model.vhpvae import VHPVAE
from flatsort.reid_vae.weights.weights import load_weights
from flatsort.reid_vae.weights.weights_file import WeightsError

NAME, TITLE = "crops", "Crops of people"
SHIPPED = ("fmvae", "fmvae-300", "fmvae-track", "vhpvae")
"""Names of the measured weights; the first is the flattest, the last is not flat."""
SAMPLES, PAIRS = 100, 25
"""Number of latents for the metric, and number of pairs for the lines."""
RESIDUAL_SAMPLES = 4096
"""Number of latents for the affine residual: half fit the affine map, half judge it."""
SEED = 0
"""Seed of the latents, the same for all models."""


@dataclass(frozen=True)
class CropFindings:
    """The measurements of one model.

    Attributes:
        name: name of the weights.
        metric: the metric at latents drawn from the prior.
        affine_residual: share of the decoder's variance that the best affine map leaves
            unexplained, at latents drawn from the prior.
        encoder_residual: that share of the encoder's variance, from the card of the weights; None
            if the card does not have it.
        riemannian: mean and standard deviation over the pairs of the ratio of Riemannian lengths,
            straight line over refined curve.
        latent: mean and standard deviation over the pairs of the ratio of latent lengths, straight
            line over refined curve.
        search: median time of one descent in seconds.
        distance: median time of one Euclidean latent distance in seconds.
    """

    name: str
    metric: Metric
    affine_residual: float
    encoder_residual: float | None
    riemannian: tuple[float, float]
    latent: tuple[float, float]
    search: float
    distance: float


def load_shipped() -> dict[str, tuple[VHPVAE, dict[str, Any]]]:
    """Load the models in :data:`SHIPPED` and their cards, by name.

    Raises:
        InputError: weights are missing or damaged.
    """
    try:
        return {name: load_weights(SHIPPED_WEIGHTS / f"{name}.safetensors") for name in SHIPPED}
    except WeightsError as error:
        raise InputError(str(error)) from error


def measure_crops(models: dict[str, tuple[VHPVAE, dict[str, Any]]], pages: Path) -> None:
    """Measure and draw models of crops and write pages/crops/README.md.

    Args:
        models: name -> model and card; the first is the flattest, the last is not flat.
        pages: folder that gets the folder crops/.

    Raises:
        InputError: a file cannot be written.
    """
    out = pages / NAME
    findings = [
        _measure(name, *model)
        for name, model in ProgressBar(models.items(), desc=f"measuring {NAME}", unit="model")
    ]
    lines = {name: _decode(models[name][0]) for name in (*list(models)[:1], *list(models)[-1:])}
    metrics = {each.name: each.metric for each in findings}
    plots = {
        "boxes.png": lambda path: plot_boxes(path, TITLE, metrics),
        "lines.png": lambda path: plot_lines(path, TITLE, lines),
    }
    for picture, plot in plots.items():
        with atomic_path(out / picture) as temporary:
            plot(temporary)
    rows = [_figures(each) for each in findings]
    with atomic_writer(out / "results.json") as file:
        json.dump({"experiment": NAME, "models": rows}, file, indent=1)
        file.write("\n")
    text = [
        f"# {TITLE}",
        f"Written by `python tools/flatness.py {NAME}`; do not edit by hand. These are the shipped "
        "weights; the [model card](../../../weights/MODEL_CARD.md) describes their training.",
        crops_table(rows),
        *(f"![{Path(picture).stem}]({picture})" for picture in plots),
        "The pictures show no real person: both ends of each line are drawn from the prior.",
    ]
    with atomic_writer(out / "README.md") as file:
        file.write("\n\n".join(text) + "\n")
    print(f"wrote {out / 'README.md'}")


def crops_table(rows: list[dict]) -> str:
    """Make a table of the models in results.json, with a note that explains its columns."""
    table = [
        {
            "weights": row["name"],
            "condition number": f"{row['condition_quantiles'][1]:,.4g}",
            "normalised MF, 5 to 95 %": " to ".join(
                f"{row['magnification_quantiles'][i]:.3g}" for i in (0, 2)
            ),
            "affine residual, decoder": _share(row.get("affine_residual")),
            "encoder": _share(row.get("encoder_residual")),
            "Riemannian": "{:.3f} ± {:.3f}".format(*row["riemannian"]),
            "latent": "{:.3f} ± {:.3f}".format(*row["latent"]),
            "descent": f"{1e3 * row['search']:,.0f} ms",
            "Euclidean distance": f"{1e6 * row['distance']:.1f} us",
            "times faster": f"{row['search'] / row['distance']:,.0f}",
        }
        for row in rows
    ]
    return (
        tabulate(table, headers="keys", tablefmt="github", disable_numparse=True)
        + f"\n\nThe latent spaces have 128 dimensions. The condition number (median) and the "
        f"normalised magnification are measured at {SAMPLES} latents drawn from the prior; 65,536 "
        "is the largest condition number that float32 can tell from a singular metric. "
        "The affine residual is the share of the decoder's variance that no affine map explains, "
        "judged on latents that did not fit the map; a decoder with 0 is a plane. The encoder's is "
        "from the model card: as a map of pictures, judged on crops held out of training. "
        f"Riemannian and latent are the lengths of straight lines between {PAIRS} pairs of latents "
        "over the lengths of shorter curves, mean ± standard deviation. A descent from the "
        f"straight line finds each curve, a spline with {KNOTS} free knots. The last columns "
        "compare the time of one descent with the time of one Euclidean latent distance."
    )


def _share(value: float | None) -> str:
    # Results and cards that were written before a measurement was made lack it.
    return "-" if value is None else f"{value:.2g}"


def _measure(name: str, model: VHPVAE, card: dict[str, Any]) -> CropFindings:
    starts, ends = draw(model, 2 * PAIRS, SEED).chunk(2)
    lines = straight_lines(starts, ends, POINTS)
    with torch.no_grad():
        riemannian = riemannian_lengths(model.decoder, lines).double()
    refined, searches = [], []
    for line in lines:
        before = time.perf_counter()
        refined.append(refine(model.decoder, line, KNOTS))
        searches.append(time.perf_counter() - before)
    curves = torch.stack([latent_lengths(each.path[None])[0] for each in refined])
    return CropFindings(
        name=name,
        metric=measure_metric(model, draw(model, SAMPLES, SEED)),
        affine_residual=affine_residual_of_map(model.decoder, draw(model, RESIDUAL_SAMPLES, SEED)),
        encoder_residual=card.get("affine_residual", {}).get("encoder"),
        riemannian=_spread(riemannian / torch.tensor([each.length for each in refined])),
        latent=_spread(latent_lengths(lines) / curves),
        search=float(np.median(searches)),
        distance=time_distances(starts, ends),
    )


def _spread(values: Tensor) -> tuple[float, float]:
    return values.mean().item(), values.std().item()


@torch.no_grad()
def _decode(model: VHPVAE) -> Tensor:
    """Decode straight lines between latents drawn from the prior to pictures (L, T, H, W, 3)."""
    lines = first_lines(*draw(model, 2 * PAIRS, SEED).chunk(2))
    pictures = model.observation.to_rgb(model.pictures(lines.flatten(0, 1)))
    return pictures.permute(0, 2, 3, 1).unflatten(0, lines.shape[:2])


def _figures(each: CropFindings) -> dict:
    quantiles = (0.05, 0.5, 0.95)
    return {
        **{key: value for key, value in asdict(each).items() if key != "metric"},
        "condition_quantiles": np.quantile(each.metric.condition, quantiles).tolist(),
        "magnification_quantiles": np.quantile(each.metric.magnification, quantiles).tolist(),
    }
