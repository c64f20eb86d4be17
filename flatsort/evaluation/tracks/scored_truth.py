"""Choose the rows of ground truth to score, and say so if there are none."""

from collections.abc import Sequence as Items
from dataclasses import replace
from typing import Literal

import numpy as np

from flatsort.errors import InputError
from flatsort.evaluation.tracks.preprocessing import PEDESTRIAN, is_scored
from flatsort.files.mot_files import Rows
from flatsort.files.sequence import Layout

Classes = Items[int] | Literal["all"]
"""Class numbers of ground truth, or all rows whose flag is not 0."""


def choose_truth(truth: Rows, layout: Layout, classes: Classes | None = None) -> Rows:
    """Return ground truth in which the rows to score are flagged pedestrians.

    Args:
        truth: all rows of a ground-truth file.
        layout: the benchmark whose rules apply.
        classes: the classes to score; None for the benchmark's own rule, class 1 with flag 1.

    Raises:
        InputError: the file has rows, but none to score; or it has no classes to choose from.
    """
    if classes == "all":
        truth = replace(
            truth,
            confidences=(truth.confidences != 0).astype(float),
            classes=np.full(len(truth), PEDESTRIAN),
        )
    elif classes is not None:
        if layout == "MOT15":
            raise InputError(
                f"{truth.path}: --gt-classes: the file has no classes: give --gt-classes all, or "
                "leave the option out"
            )
        others = np.where(truth.classes == PEDESTRIAN, -1, truth.classes)
        chosen = np.isin(truth.classes, list(classes))
        truth = replace(truth, classes=np.where(chosen, PEDESTRIAN, others))
    if len(truth) and not is_scored(truth, layout).any():
        wanted = "flag 1 in column 7" if layout == "MOT15" else "flag 1 in column 7 and class 1"
        if classes not in (None, "all"):
            wanted = f"flag 1 in column 7 and class {' or '.join(map(str, classes))}"
        raise InputError(
            f"{truth.path}: no row to score: rows with {wanted} are scored; here "
            f"{_counts(truth.confidences, 'flag')}"
            + ("" if layout == "MOT15" else f", {_counts(truth.classes, 'class')}")
            + ": choose with --gt-classes, or give --gt-classes all to score every row whose flag "
            "is not 0"
        )
    return truth


def _counts(values: np.ndarray, name: str) -> str:
    """Return the different values with their numbers of rows, such as "class 3 in 20 rows"."""
    found, counts = np.unique(values, return_counts=True)
    words = [f"{value:g} in {count}" for value, count in zip(found, counts, strict=True)]
    return f"{name} {', '.join(words[:6])}{', ...' if len(words) > 6 else ''} rows"
