"""The same measures of the shipped weights, whose latent spaces have 128 dimensions (section 4.4).

Everything is measured at latents drawn from each model's prior, so no footage is needed, and
nobody filmed is shown. A graph of nodes uniform in a box, the geodesic baseline in two dimensions,
has next to no node anywhere near a line in 128: here straight lines are held to curves that a
descent from them finds.
"""

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from tabulate import tabulate
from torch import Tensor
from tqdm import tqdm

from flatsort.errors import InputError
from flatsort.files.atomic import atomic_path, atomic_writer
from flatsort.files.paths import SHIPPED_WEIGHTS
from flatsort.paper.latent.figures import first_lines, plot_boxes, plot_lines
from flatsort.paper.latent.measure import (
    KNOTS,
    POINTS,
    Metric,
    draw,
    measure_metric,
    time_distances,
)
from flatsort.reid_vae.geometry.curves import latent_lengths, riemannian_lengths, straight_lines
from flatsort.reid_vae.geometry.geodesics import refine
from flatsort.reid_vae.model.vhpvae import VHPVAE
from flatsort.reid_vae.weights.weights import load_weights
from flatsort.reid_vae.weights.weights_file import WeightsError

NAME, TITLE = "crops", "Crops of people"
# From the flattest to the one that is not flat; in between the paper's lighter beta.
SHIPPED = ("fmvae", "fmvae-300", "fmvae-track", "vhpvae")
SAMPLES, PAIRS = 100, 25
SEED = 0


@dataclass(frozen=True)
class CropFindings:
    """What is measured of one model.

    Attributes:
        name: of the weights.
        metric: at latents from the prior.
        riemannian: mean and deviation, over the pairs, of the straight line's Riemannian length
            over the refined curve's.
        latent: the same of latent lengths.
        search: seconds of one descent, median.
        distance: seconds of one Euclidean latent distance, median.
    """

    name: str
    metric: Metric
    riemannian: tuple[float, float]
    latent: tuple[float, float]
    search: float
    distance: float


def load_shipped() -> dict[str, VHPVAE]:
    """The models that are measured, by name.

    Raises:
        InputError: one is missing or damaged.
    """
    try:
        return {name: load_weights(SHIPPED_WEIGHTS / f"{name}.safetensors")[0] for name in SHIPPED}
    except WeightsError as error:
        raise InputError(str(error)) from error


def measure_crops(models: dict[str, VHPVAE], pages: Path) -> None:
    """Measure and draw models of crops and write pages/crops/README.md.

    Args:
        models: by name, from the flattest to the one that is not flat.
        pages: folder that gets a folder of them.

    Raises:
        InputError: the pages cannot be written.
    """
    out = pages / NAME
    findings = [
        _measure(name, model)
        for name, model in tqdm(models.items(), desc=f"measuring {NAME}", unit="model")
    ]
    lines = {name: _decode(models[name]) for name in (*list(models)[:1], *list(models)[-1:])}
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
        f"Written by `python tools/flatness.py {NAME}`; do not edit by hand. The shipped weights "
        "(their trainings: [model card](../../../weights/MODEL_CARD.md)).",
        crops_table(rows),
        *(f"![{Path(picture).stem}]({picture})" for picture in plots),
        "The people above are nobody: both ends of each line are drawn from the prior.",
    ]
    with atomic_writer(out / "README.md") as file:
        file.write("\n\n".join(text) + "\n")
    print(f"wrote {out / 'README.md'}")


def crops_table(rows: list[dict]) -> str:
    """What results.json says of each model, and how to read it."""
    table = [
        {
            "weights": row["name"],
            "condition number": f"{row['condition_quantiles'][1]:,.4g}",
            "normalised MF, 5 to 95 %": " to ".join(
                f"{row['magnification_quantiles'][i]:.3g}" for i in (0, 2)
            ),
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
        + f"\n\nIn 128 dimensions, at {SAMPLES} latents drawn from the prior: the median condition "
        "number (65,536 is the largest that float32 can tell from a singular metric) and the "
        f"normalised magnification; between {PAIRS} pairs of them, straight lines over curves that "
        f"a descent finds (a spline with {KNOTS} free knots, from the straight line), mean ± "
        "standard deviation, and what the descent takes beside the distance that stands for it."
    )


def _measure(name: str, model: VHPVAE) -> CropFindings:
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
        metric=measure_metric(model, SAMPLES, SEED),
        riemannian=_spread(riemannian / torch.tensor([each.length for each in refined])),
        latent=_spread(latent_lengths(lines) / curves),
        search=float(np.median(searches)),
        distance=time_distances(starts, ends),
    )


def _spread(values: Tensor) -> tuple[float, float]:
    return values.mean().item(), values.std().item()


@torch.no_grad()
def _decode(model: VHPVAE) -> Tensor:
    """Straight lines between people drawn from the prior, as pictures (L, T, H, W, 3)."""
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
