"""Write docs/vgg16.md: one table per network, its goals, and curves over the steps."""

from collections.abc import Sequence as Items
from pathlib import Path

from matplotlib.figure import Figure
from tabulate import tabulate

from flatsort.files.atomic import atomic_path, atomic_writer
from flatsort.paper.latent.figures import COLOURS
from flatsort.paper.vgg.run_vgg import LATE, Row, VggRequest
from flatsort.paper.vgg.three_betas import BATCH, BETAS
from flatsort.paper.vgg.training_curve import WINDOW
from flatsort.paper.vgg.vgg_figures import FITTED, JUDGED, METRIC_POINTS, PLANE
from flatsort.reid_vae.training.settings import BYPASS_SHARE

CLOSE, FLAT, STEADY = 0.15, 0.05, 3.0
"""The goals: largest excess of the error at the middle beta over that at beta 0, largest R at the
largest beta, and largest factor between c^2 at the end of the rise of beta and at the end."""
_TITLES = {
    "vgg16": "## `vgg16`: the network of Table 3",
    "vgg16-slim": "## `vgg16-slim`: a quarter of its channels",
}
_CURVES = {
    "error": lambda curve: curve.error,
    "R": lambda curve: curve.flatness,
    "c²": lambda curve: curve.c_squared,
}


def write_page(folder: Path, request: VggRequest, rows: Items[Row]) -> Path:
    """Write vgg16.md and vgg16.png into a folder, and return the page."""
    page = folder / "vgg16.md"
    with atomic_path(folder / "vgg16.png") as path:
        _draw(path, rows)
    text = [_introduction(request, rows)]
    for group in _groups(rows).values():
        text += [_TITLES[group[0].job.architecture], _facts(group), _table(group), _goals(group)]
    text += ["![curves over the steps](vgg16.png)", _CURVE_NOTE]
    with atomic_writer(page) as file:
        file.write("\n\n".join(text) + "\n")
    return page


def _groups(rows: Items[Row]) -> dict[str, list[Row]]:
    """Return the rows of each architecture, beta rising; the largest network comes first."""
    names = sorted({row.job.architecture for row in rows})
    return {
        name: sorted(
            (row for row in rows if row.job.architecture == name), key=lambda row: row.job.beta
        )
        for name in names
    }


def _introduction(request: VggRequest, rows: Items[Row]) -> str:
    first = rows[0]
    footage, *others = (sequence.name for sequence in request.sequences)
    if others:
        footage += f" and of {', '.join(others)}"
    return f"""\
# The paper's network of crops

Written by `python tools/vgg16.py`; do not edit by hand.

The paper's network for MOT16 has VGG16 as encoder, and pairs of transposed convolutions and
convolutions as decoder. It sees crops of 64 x 64 pixels in RGB, and has 128 latents. This page
trains it with the paper's beta, {BETAS[1]:g} and {BETAS[2]:g}, and with beta 0, which is a VHP-VAE.
[Departures](departures.md) lists the differences from the paper. The largest here are the units of
beta, and a linear layer beside the decoder's network.

- **Footage**: {first.crops} crops of {footage}. The crops in the last {LATE:.0%} of the frames of
  long sequences are held out.
- **Training**: {BATCH} crops per step, the same steps and the same seed for each beta, no
  augmentation.
- **Start**: `bypass`, a linear layer that starts as a random isometry, plus the network with He's
  initialisation and {BYPASS_SHARE:.0%} of the variance. beta rises over the first quarter of the
  steps.
- **Chosen while looking at error and R**: the start, kappa and the crops per step, in short
  trainings of the slim network at beta 0 and {BETAS[2]:g}, judged on the held-out crops too. The
  slim network's learning rate was halved after the trainings of `vgg16`. The seed was not chosen,
  and the steps follow from the time.
- **training error**: root-mean-square error of a value in [0, 1] over the last {WINDOW} steps;
  **held out**: that of {JUDGED} held-out crops.
- **constraint**: the step at which the average error first fell to kappa, {first.kappa:g}. The
  prior is trained from then on. If the error never fell so far, the prior is not trained.
- **lambda**: at the end; **F**: the bound of the prior over the last {WINDOW} steps, in nats per
  crop.
- **R**, **condition** (median condition number of the metric): at the encodings of {METRIC_POINTS}
  held-out crops; **prior**: the latter at {METRIC_POINTS} latents from a trained prior.
- **residual**: share of the variance of decoder and encoder that no affine map explains, at
  encodings of held-out crops; 0 % is a plane. The encoder's map is fitted to {FITTED} training
  crops, so its residual is an upper bound.
- **c²**: mean eigenvalue of the metric, over {WINDOW} steps after the rise of beta and over the
  last {WINDOW} steps.
- **minutes**: of training, on one core of a machine that also ran other work."""


def _facts(rows: list[Row]) -> str:
    first = rows[0]
    return (
        f"{first.job.steps} steps per training, learning rate {first.job.learning_rate:g}. "
        f"The error starts at {first.curve.first_error:.3f}. "
        f"The principal subspace of as many dimensions, fitted to {PLANE} training crops, has an "
        f"error of {first.plane_error:.4f} on held-out crops."
    )


def _table(rows: list[Row]) -> str:
    return tabulate(
        [_cells(row) for row in rows], headers="keys", tablefmt="github", disable_numparse=True
    )


def _cells(row: Row) -> dict[str, str]:
    measured, curve = row.measured, row.curve
    met = row.met_at is not None
    minutes = row.seconds_per_step * row.job.steps / 60
    return {
        "beta": f"{row.job.beta:g}",
        "training error": f"{curve.last_error:.4f}",
        "held out": f"{measured.error:.4f}",
        "constraint": f"met at step {row.met_at}" if met else "never met",
        "prior": "trained" if met else "not trained",
        "lambda": f"{row.multiplier:.2f}",
        "F": f"{curve.last_bound:.0f}",
        "R": f"{measured.flatness:.4f}",
        "condition": f"{measured.condition:.2f}",
        "condition, prior": f"{measured.prior_condition:.2f}" if met else "-",
        "residual, decoder": f"{measured.decoder_residual:.1%}",
        "encoder": f"{measured.encoder_residual:.1%}",
        "c², beta risen": f"{curve.c_squared_risen:.2f}",
        "c², end": f"{curve.c_squared_last:.2f}",
        "minutes": f"{minutes:.0f}" if minutes else "-",
    }


def _goals(rows: list[Row]) -> str:
    """Return a list with one sentence per goal, by computation."""
    base, middle, flat = rows[0], rows[1], rows[-1]
    excess = middle.measured.error / base.measured.error - 1
    changes = [row.curve.c_squared_last / row.curve.c_squared_risen for row in rows]
    lowest = min(row.measured.error for row in rows)
    above = lowest / base.plane_error - 1
    worst = max(changes, key=lambda change: max(change, 1 / change))
    return "\n".join(
        [
            f"- Error on held-out crops at beta {middle.job.beta:g}, beside beta 0: {excess:+.1%}; "
            f"goal: at most {CLOSE:+.0%}: {_verdict(excess <= CLOSE)}.",
            f"- R at beta {flat.job.beta:g}: {flat.measured.flatness:.4f}; goal: below {FLAT:g}: "
            f"{_verdict(flat.measured.flatness < FLAT)}.",
            f"- c² from the rise of beta to the end: a factor of {worst:.2f} in the training where "
            f"it changes most; goal: from 1/{STEADY:g} to {STEADY:g}: "
            f"{_verdict(1 / STEADY <= worst <= STEADY)}.",
            f"- The lowest error on held-out crops, beside that of the principal subspace: "
            f"{above:+.0%}.",
        ]
    )


_CURVE_NOTE = """\
The curves show means over batches; R and c² are measured at mixed latents. At beta 0, R is only
logged, from two latents per batch."""


def _verdict(reached: bool) -> str:
    return "reached" if reached else "missed"


def _draw(path: Path, rows: Items[Row]) -> None:
    groups = _groups(rows)
    figure = Figure(figsize=(11, 3 * len(groups)), layout="constrained")
    grid = figure.subplots(len(groups), len(_CURVES), squeeze=False)
    for panels, (name, group) in zip(grid, groups.items(), strict=True):
        for axes, (label, values) in zip(panels, _CURVES.items(), strict=True):
            for number, row in enumerate(group):
                axes.plot(
                    row.curve.steps,
                    values(row.curve),
                    color=COLOURS[number],
                    label=f"beta {row.job.beta:g}",
                )
            if label == "R":
                axes.set_yscale("log")
            else:
                axes.set_ylim(bottom=0)
            axes.set_title(f"{name}: {label}", fontsize=10)
            axes.set_xlabel("step")
    grid[0, 0].legend(fontsize=8)
    figure.savefig(path, dpi=100)
