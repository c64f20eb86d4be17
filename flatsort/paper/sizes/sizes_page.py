"""Write docs/latent-sizes.md: tables of all trainings, and curves over the latent size."""

from collections.abc import Callable, Iterable
from collections.abc import Sequence as Items
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from tabulate import tabulate

from flatsort.files.atomic import atomic_path, atomic_writer
from flatsort.paper.latent.figures import COLOURS, MARKERS
from flatsort.paper.sizes.run_sizes import LATE, Row, SizesRequest
from flatsort.paper.sizes.trainings import BETA, KAPPA_SHARE

MATCHED = 0.03
"""Largest relative difference of two held-out errors that count as equal."""
CURVED, FLAT = 0.05, 1.3
"""Smallest affine residual of a decoder that counts as curved, and largest median condition number
of one that counts as flat."""
_CURVES = {
    "held-out error": lambda row: row.error,
    "condition number": lambda row: row.held.condition if row.held else 1.0,
    "affine residual, encodings": lambda row: row.encoded_residual,
    "AUC": lambda row: row.recognition.auc,
    "rank-1": lambda row: row.recognition.rank_1,
    "R": lambda row: row.held.flatness if row.held else 0.0,
}


def write_page(folder: Path, request: SizesRequest, sizes: Items[Row], pair: Items[Row]) -> Path:
    """Write latent-sizes.md and latent-sizes.png into a folder, and return the page."""
    page = folder / "latent-sizes.md"
    with atomic_path(folder / "latent-sizes.png") as path:
        _draw(path, sizes)
    text = "\n\n".join(
        [
            _introduction(request),
            _table(sizes, _size_cells),
            "![curves over the latent size](latent-sizes.png)",
            _verdicts(sizes),
            _pair_introduction(request),
            _table(pair, _pair_cells),
            _spreads(pair),
        ]
    )
    with atomic_writer(page) as file:
        file.write(text + "\n")
    return page


def _introduction(request: SizesRequest) -> str:
    clips = len(request.others)
    return f"""\
# Latent sizes

Written by `python tools/latent_sizes.py`; do not edit by hand.

A plane is flat by construction, so many latents say little about flatness: {max(request.sizes)}
principal components hold most of the variance of crops. With few latents a plane loses much, and a
curved surface can lose less. This page compares principal components (PCA), VHP-VAE and VHP-FMVAE
(beta {BETA:g}) at each size.

- **Training**: `curved` architecture, {request.steps} steps per training, one seed, chosen
  beforehand. Crops of {request.judged.name} and of {clips} clips, 32 x 32 pixels, RGB; the crops in
  the last {LATE:.0%} of the frames of {request.judged.name} are held out of training and of PCA.
- **kappa**: {KAPPA_SHARE:g} of PCA's error on the training crops, for all methods of a size.
- **error**: root-mean-square error of held-out pictures, in units of their standard deviation.
- **R**, **condition** (median condition number of the metric): at encodings of held-out crops.
- **residual**: share of the decoder's variance that no affine map explains, at latents from the
  prior and at encodings of held-out crops; 0 % is a plane.
- **lambda**: 1 once the constraint is met with room; "never met" means that the prior is not
  trained, so the figures at latents from the prior say nothing.
- **AUC**, **rank-1**: labelled crops of {request.judged.name}, 20 to 150 frames apart, Euclidean
  distance; **cosine**: AUC of the centred cosine. The models have seen most of these crops, but no
  labels."""


def _size_cells(row: Row) -> dict[str, str]:
    return {
        "latents": str(row.size),
        "method": row.method,
        "error": f"{row.error:.3f}",
        "kappa": "" if row.kappa is None else f"{row.kappa:.3f}",
        "lambda": _multiplier(row),
        "R": f"{row.held.flatness:.4f}" if row.held else "0",
        "condition": f"{row.held.condition:.2f}" if row.held else "1",
        "residual, prior": f"{row.held.prior_residual:.1%}" if row.held else "0 %",
        "residual, encodings": f"{row.encoded_residual:.1%}" if row.held else "0 %",
        "AUC": f"{row.recognition.auc:.3f}",
        "rank-1": f"{row.recognition.rank_1:.1%}",
        "cosine": f"{row.recognition.cosine_auc:.3f}",
    }


def _pair_introduction(request: SizesRequest) -> str:
    return f"""\
## The paper's pair on footage that it never saw

VHP-FMVAE and VHP-VAE from the same random start, with the same kappa and {request.steps} steps.
They learn from the clips only. {request.judged.name} judges the error, the distances and the gate:
each gate was set on tracklets held out of the clips, without labels, and "accepts" and "rejects"
are its errors on labelled people of {request.judged.name}, a box against the nearest earlier box of
a person."""


def _pair_cells(row: Row) -> dict[str, str]:
    recognition = row.recognition
    return {
        "latents": str(row.size),
        "method": row.method,
        "seed": "" if row.seed is None else str(row.seed),
        "error": f"{row.error:.3f}",
        "lambda": _multiplier(row),
        "R": f"{row.held.flatness:.4f}" if row.held else "0",
        "condition": f"{row.held.condition:.2f}" if row.held else "1",
        "residual, encodings": f"{row.encoded_residual:.1%}" if row.held else "0 %",
        "AUC": f"{recognition.auc:.3f}",
        "rank-1": f"{recognition.rank_1:.1%}",
        "mAP": f"{recognition.mean_average_precision:.1%}",
        "accepts": _share(recognition.false_accept),
        "rejects": _share(recognition.false_reject),
    }


def _verdicts(rows: Items[Row]) -> str:
    """Return a list with one sentence per size: errors, curvature and flatness, by computation."""
    lines = []
    for size in sorted({row.size for row in rows}):
        trained = [row for row in rows if row.size == size and row.held]
        errors = [row.error for row in trained]
        plane = next(row.error for row in rows if row.size == size and not row.held)
        apart = max(errors) / min(errors) - 1
        matched = "equal" if apart <= MATCHED else "not equal"
        good = [row.method for row in trained if _is_flat_and_curved(row) and row.error < plane]
        found = f"flat, curved and below PCA's error: {', '.join(good) or 'none'}"
        lines.append(
            f"- {size} latents: held-out errors differ by {apart:.1%}, {matched} within "
            f"{MATCHED:.0%}; {found}"
        )
    rule = (
        f"Curved means residuals of at least {CURVED:.0%} at latents from the prior and at "
        f"encodings; flat means a condition number of at most {FLAT:g}."
    )
    return "\n".join(lines) + "\n\n" + rule


def _is_flat_and_curved(row: Row) -> bool:
    residual = min(row.held.prior_residual, row.encoded_residual)
    return row.met and residual >= CURVED and row.held.condition <= FLAT


def _spreads(rows: Items[Row]) -> str:
    """Return a table of means and standard deviations over the seeds of each size."""
    cells = []
    for size, method in dict.fromkeys((row.size, row.method) for row in rows if row.held):
        group = [row for row in rows if (row.size, row.method) == (size, method)]
        if len(group) < 2:
            continue
        errors = [row.error for row in group]
        scores = [row.recognition for row in group]
        cells.append(
            {
                "latents": str(size),
                "method, mean and deviation over the seeds": method,
                "error": _spread(errors),
                "condition": _spread([row.held.condition for row in group]),
                "AUC": _spread([score.auc for score in scores]),
                "rank-1": _spread([score.rank_1 for score in scores]),
                "mAP": _spread([score.mean_average_precision for score in scores]),
                "accepts + rejects": _spread(
                    [(s.false_accept or 0) + (s.false_reject or 0) for s in scores]
                ),
            }
        )
    return _format(cells)


def _spread(values: Iterable[float]) -> str:
    values = list(values)
    return f"{np.mean(values):.3f} ± {np.std(values, ddof=1):.3f}"


def _multiplier(row: Row) -> str:
    if row.multiplier is None:
        return ""
    return f"{row.multiplier:.1f}" if row.met else "never met"


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.1%}"


def _table(rows: Items[Row], cells: Callable[[Row], dict[str, str]]) -> str:
    return _format([cells(row) for row in sorted(rows, key=lambda row: row.size)])


def _format(cells: list[dict[str, str]]) -> str:
    return tabulate(cells, headers="keys", tablefmt="github", disable_numparse=True)


def _draw(path: Path, rows: Items[Row]) -> None:
    figure = Figure(figsize=(11, 6.5), layout="constrained")
    methods = list(dict.fromkeys(row.method for row in rows))
    for axes, (label, value) in zip(figure.subplots(2, 3).flat, _CURVES.items(), strict=True):
        for number, method in enumerate(methods):
            points = sorted((row.size, value(row)) for row in rows if row.method == method)
            style = {"color": COLOURS[number], "marker": MARKERS[number], "markersize": 4}
            axes.plot(*zip(*points, strict=True), label=method, **style)
        sizes = sorted({row.size for row in rows})
        axes.set_xscale("log", base=2)
        axes.set_xticks(sizes, [str(size) for size in sizes])
        axes.set_title(label, fontsize=10)
        if label in ("condition number", "R"):
            axes.set_yscale("log" if label == "condition number" else "symlog", **_linear(label))
            axes.set_ylim(bottom=1 if label == "condition number" else 0)
    figure.legend(methods, loc="outside lower center", ncols=3, fontsize=8)
    figure.suptitle("Latent sizes: fit, flatness, curvature and recognition")
    figure.savefig(path, dpi=100)


def _linear(label: str) -> dict[str, float]:
    # R of PCA is 0, which a logarithmic axis cannot show.
    return {"linthresh": 1e-3} if label == "R" else {}
