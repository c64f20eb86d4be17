"""Measure the time of a training step and of its parts, for our configurations and the paper's.

The crops are noise, which takes as much time as people. The whole step and each of its parts are
timed in turns; a part is timed with its own backward pass. The rest of the step is the optimiser
and small operations. A second table shows the savings of two choices: a few random directions
instead of all columns of the Jacobian, and bfloat16 convolutions.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flatsort.commands.cli import run

if TYPE_CHECKING:
    from torch import Tensor

    from flatsort.reid_vae.training.trainer import Trainer

RESULTS = Path(__file__).resolve().parent / "results"
EXAMPLES = """\
examples:
  python -m benchmarks.training
  # a trial run: fewer turns, only the best configuration for tracking
  python -m benchmarks.training --repeat 3 --configuration small-nuisance
"""
CROPS = 512
"""Number of crops in the training set, above the batch size of every configuration."""


@dataclass(frozen=True)
class Configuration:
    """A network to train.

    Attributes:
        architecture: name of the architecture.
        covariance: kind of the likelihood's covariance.
        words: explanation of the configuration in the table.
    """

    architecture: str
    covariance: str
    words: str


CONFIGURATIONS = {
    "slim": Configuration("slim", "isotropic", "fmvae"),
    "small-nuisance": Configuration("small", "nuisance", "fmvae-track"),
    "vgg16": Configuration("vgg16", "isotropic", "the paper's"),
}


def main(words: list[str] | None = None) -> None:
    """Measure, print and write the table."""
    arguments = _parse(words)
    # torch reads this variable when it is loaded.
    os.environ.setdefault("OMP_NUM_THREADS", str(arguments.threads))
    import torch

    from benchmarks.machine import facts_line, machine_facts, write_results
    from flatsort.files.atomic import check_writable

    for kind in ("json", "md"):
        check_writable(arguments.out / f"training.{kind}")
    torch.set_num_threads(arguments.threads)
    rows = [_measure(name, arguments.repeat) for name in arguments.configuration]
    facts = machine_facts("torch") | {"threads": arguments.threads}
    results = {"machine": facts, "repeat": arguments.repeat, "rows": rows}
    write_results(
        arguments.out, "training", results, _page(rows, arguments.repeat, facts_line(facts))
    )


def _parse(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    names = list(CONFIGURATIONS)
    add(
        "--configuration",
        nargs="+",
        choices=names,
        default=names,
        help="configurations to measure (all)",
    )
    add("--repeat", type=int, default=10, help="turns of each part (10)")
    add("--threads", type=int, default=1, help="threads of torch (1)")
    add(
        "--out",
        type=Path,
        default=RESULTS,
        metavar="DIR",
        help="folder for training.json and .md (benchmarks/results)",
    )
    return parser.parse_args(words)


def _measure(name: str, repeat: int) -> dict[str, Any]:
    """Return the median seconds of a configuration's step and of its parts."""
    import torch

    from flatsort.progress import ProgressBar

    trainer = _trainer(CONFIGURATIONS[name])
    size = trainer.settings.batch_size
    images = torch.rand(size, 3, *[trainer.model.architecture.image_size] * 2)
    parts = _parts(trainer, images)
    took: dict[str, list[float]] = {part: [] for part in parts}
    # The first turn fills caches and chooses kernels, so it does not count.
    for turn in ProgressBar(range(repeat + 1), desc=name, unit="turn"):
        for part, call in parts.items():
            start = time.perf_counter()
            call()
            if turn:
                took[part].append(time.perf_counter() - start)
    medians = {part: statistics.median(each) for part, each in took.items()}
    return {"configuration": name, "batch": size, "seconds": medians}


def _trainer(configuration: Configuration) -> "Trainer":
    import numpy as np

    from flatsort.reid_vae.model.architecture import ARCHITECTURES
    from flatsort.reid_vae.training.settings import Settings
    from flatsort.reid_vae.training.trainer import Trainer

    settings = Settings(
        architecture=configuration.architecture,
        covariance=configuration.covariance,
        bfloat16=True,
    )
    side = ARCHITECTURES[settings.architecture].image_size
    crops = np.random.default_rng(0).integers(0, 256, (CROPS, side, side, 3), np.uint8)
    # Two crops per person stand for tracklets.
    trainer = Trainer(settings, crops, np.arange(CROPS) // 2)
    # After the initial phase, which is short, the prior is trained too.
    trainer.optimisation.constraint.initial_phase = False
    return trainer


def _parts(trainer: "Trainer", images: "Tensor") -> dict[str, Callable[[], object]]:
    """Return functions that run the step and its parts, each with its backward pass."""
    import torch

    from flatsort.reid_vae.geometry.metric import (
        flatness_by_random_directions,
        flatness_of_metric,
        metric_tensor,
    )

    model, constants = trainer.model.train(), trainer.settings.constants
    architecture, size = model.architecture, trainer.settings.batch_size
    z = torch.randn(size, architecture.latent_size, requires_grad=True)
    mean, log_variance = (torch.zeros_like(z, requires_grad=True) for _ in range(2))
    data = torch.randn(size, architecture.data_size)
    few = z[: max(2, round(constants.flatness_fraction * size))]
    # All columns for a quarter of the batch would take tens of GB in the paper's configuration.
    two = z[:2]
    encoder = model.encoder

    def encode(bfloat16: bool) -> None:
        encoder.in_bfloat16 = bfloat16
        sum(each.sum() for each in model.posterior(images)).backward()
        encoder.in_bfloat16 = True

    def decode() -> None:
        error = model.likelihood.error(data, model.decoder(z), constants.kappa)
        error.mean().backward()

    return {
        "step": trainer._take_step,
        "encoder": lambda: encode(True),
        "decoder": decode,
        "flatness": lambda: flatness_by_random_directions(model.decoder, few)[0].backward(),
        "prior": lambda: (
            model.prior.bound(z, mean, log_variance, constants.importance_samples).mean().backward()
        ),
        "four directions of two": lambda: flatness_by_random_directions(model.decoder, two)[
            0
        ].backward(),
        "all columns of two": lambda: flatness_of_metric(metric_tensor(model.decoder, two))[
            0
        ].backward(),
        "encoder, float32": lambda: encode(False),
    }


def _page(rows: list[dict[str, Any]], repeat: int, machine: str) -> str:
    from tabulate import tabulate

    table, saved = [], []
    for row in rows:
        took, name = row["seconds"], row["configuration"]
        step, title = took["step"], f"{name} ({CONFIGURATIONS[name].words})"
        parts = [part for part in ("encoder", "decoder", "flatness", "prior")]
        rest = 1 - sum(took[part] for part in parts) / step
        shares = {part: f"{100 * took[part] / step:.0f} %" for part in parts}
        table.append(
            {
                "configuration": title,
                "crops/s": f"{row['batch'] / step:,.0f}",
                **shares,
                "the rest": f"{100 * rest:.0f} %",
            }
        )
        columns = took["all columns of two"] / took["four directions of two"]
        encoder = took["encoder, float32"]
        saved.append(
            {
                "configuration": title,
                "flatness with all columns of J": f"{columns:.1f}",
                "step with all columns": f"{1 + took['flatness'] * (columns - 1) / step:.1f}",
                "encoder in float32": f"{encoder / took['encoder']:.1f}",
                "step with float32": f"{(step + encoder - took['encoder']) / step:.1f}",
            }
        )
    style = {"headers": "keys", "tablefmt": "github", "disable_numparse": True}
    return (
        "# Training\n\nWritten by `python -m benchmarks.training`; do not edit by hand. Crops per "
        f"second in steps of {rows[0]['batch']} crops, and the share of each part of a step with "
        f"its backward pass; medians of {repeat} turns.\n\n{tabulate(table, **style)}\n\n"
        "Two choices save time: the flatness term measures the metric along four random directions "
        "on a quarter of the batch, and convolutions are bfloat16. The table shows how many times "
        "as long the part and the whole step take without each choice:\n\n"
        f"{tabulate(saved, **style)}\n\n{machine}\n"
    )


if __name__ == "__main__":
    run(main)
