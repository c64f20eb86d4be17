"""The course of a training: error, R and c^2 over the steps, from its log."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

POINTS = 60
"""Points of a curve; each is the mean over the steps since the point before."""
WINDOW = 100
"""Steps whose mean stands for the end of the training, or for the end of the rise of beta."""


@dataclass(frozen=True)
class Curve:
    """The course of one training; terms are means over batches.

    Attributes:
        steps: the last step of each point.
        error: root-mean-square error of a value.
        flatness: R at mixed latents.
        c_squared: mean eigenvalue of the decoder's metric there.
        first_error, last_error: error over the first ten steps and over the last WINDOW steps.
        last_bound: F over the last WINDOW steps, in nats per crop.
        c_squared_risen: c^2 over the WINDOW steps after the end of the rise of beta.
        c_squared_last: c^2 over the last WINDOW steps.
    """

    steps: list[int]
    error: list[float]
    flatness: list[float]
    c_squared: list[float]
    first_error: float
    last_error: float
    last_bound: float
    c_squared_risen: float
    c_squared_last: float


def read_curve(path: Path, rise: int) -> Curve:
    """Read the log of a training.

    Args:
        path: log.csv of :class:`flatsort.reid_vae.training.log.CsvLog`.
        rise: steps in which beta rises from zero.
    """
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    error, flatness, c_squared, bound = (
        np.array([float(row[name]) for row in rows])
        for name in ("rms_error", "flatness", "c_squared", "bound")
    )
    parts = [part for part in np.array_split(np.arange(len(rows)), POINTS) if len(part)]

    def means(values: np.ndarray) -> list[float]:
        return [float(values[part].mean()) for part in parts]

    return Curve(
        steps=[int(part[-1]) + 1 for part in parts],
        error=means(error),
        flatness=means(flatness),
        c_squared=means(c_squared),
        first_error=float(error[:10].mean()),
        last_error=float(error[-WINDOW:].mean()),
        last_bound=float(bound[-WINDOW:].mean()),
        c_squared_risen=float(c_squared[rise : rise + WINDOW].mean()),
        c_squared_last=float(c_squared[-WINDOW:].mean()),
    )
