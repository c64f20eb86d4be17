"""The page of the measurement of the camera's motion."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from tabulate import tabulate

from benchmarks.camera_motion_runs import (
    BOXES,
    CLIP,
    Footage,
    Variant,
    jackknife,
    paired,
    score_clips,
    score_whole,
)
from benchmarks.camera_prediction import HIDDEN_S, Prediction, predict
from flatsort.evaluation.tracks.score import Score, combine

TITLE = """\
# Camera motion

FlatSORT on the training sequences of MOT16, with the camera's motion from different places. Written
by `python -m benchmarks.camera_motion`."""

NOTES = f"""\
**none** takes the camera for still. **boxes** is the default, without frames. **file** are
movements that another program measured in the frames, **frames** those of FlatSORT's optical flow;
*alone* leaves the boxes out.

**IDF1 of clips** is the mean over clips of {CLIP} frames, with a new tracker each. One exchange of
two people can change the IDF1 of a whole sequence by more than a better camera does; in clips such
luck averages out.

**Overlap** is the mean IoU, in percent, of the box that FlatSORT predicts for a person with the
detected one. Here the ground truth says who is who, so exchanges have no influence. **next** is the
next frame. **hidden** is the frame in which a person is back after {HIDDEN_S:g} s; the measurement
hides people in view by chance.

The **moving window** turns footage of a still camera into that of a moving one: it sways and shakes
over the frames, and the boxes move with it.

Differences are from **boxes**. Those of whole sequences have the standard error of a jackknife over
the sequences. Those of clips have the standard error over clips, which is a little too small,
because clips overlap by half. FlatSORT's thresholds were chosen on these sequences with **boxes**,
which favours **boxes**.
"""


@dataclass(frozen=True)
class Measured:
    """The figures of one variant on one sequence with one detection set.

    Attributes:
        detections: name of the detection set.
        footage: name of the sequence, or of the window on it.
        variant: name of the variant.
        score: score of the whole sequence.
        clips: (C,) IDF1 of each clip, in percent.
        prediction: overlap of predicted boxes.
    """

    detections: str
    footage: str
    variant: str
    score: Score
    clips: np.ndarray
    prediction: Prediction

    @classmethod
    def of(cls, detections: str, footage: Footage, variant: Variant) -> Self:
        """Measure one variant on one sequence."""
        return cls(
            detections,
            footage.name,
            variant.name,
            score_whole(footage, variant),
            score_clips(footage, variant),
            predict(footage, variant),
        )


def make_page(measured: list[Measured], windows: list[Measured]) -> str:
    """Return the page in Markdown.

    Args:
        measured: the sequences.
        windows: sequences seen through a moving window; none without frames.
    """
    parts = [TITLE]
    for detections in dict.fromkeys(each.detections for each in measured):
        table = [each for each in measured if each.detections == detections]
        count = len({each.footage for each in table})
        parts.append(f"## {detections} boxes")
        parts.append(f"All {count} sequences together:")
        parts.append(_overall(_by_variant(table, count)))
        parts.append(
            "Each sequence: IDF1 of clips, difference from **boxes**, and overlap, hidden:"
        )
        parts.append(_each(table))
        seen = [each for each in windows if each.detections == detections]
        for name in dict.fromkeys(each.footage for each in seen):
            parts.append(f"{name}:")
            parts.append(_overall(_by_variant([each for each in seen if each.footage == name], 1)))
    return "\n\n".join([*parts, "## Words", NOTES])


def _by_variant(table: list[Measured], count: int) -> dict[str, list[Measured]]:
    """Group by variant; keep the variants that all sequences have."""
    names = dict.fromkeys(each.variant for each in table)
    groups = {name: [each for each in table if each.variant == name] for name in names}
    return {name: group for name, group in groups.items() if len(group) == count}


def _overall(groups: dict[str, list[Measured]]) -> str:
    header = ["Camera motion", "HOTA", "IDF1", "MOTA", "IDs", "IDF1, difference"]
    header += ["IDF1 of clips", "Overlap, next", "Overlap, hidden"]
    usual = [each.score for each in groups[BOXES]]
    rows = []
    for name, group in groups.items():
        scores = [each.score for each in group]
        columns = combine(scores).columns()
        has_error = name != BOXES and len(group) > 1
        difference = _with_error(*jackknife(scores, usual, "IDF1")) if has_error else ""
        rows.append(
            [
                name,
                *(f"{columns[column]:.1f}" for column in ("HOTA", "IDF1", "MOTA")),
                f"{columns['IDs']:.0f}",
                difference,
                f"{np.mean([each.clips.mean() for each in group]):.1f}",
                f"{np.mean([each.prediction.next_frame for each in group]):.1f}",
                f"{np.mean([each.prediction.hidden for each in group]):.1f}",
            ]
        )
    return _markdown(rows, header)


def _each(table: list[Measured]) -> str:
    names = dict.fromkeys(each.variant for each in table)
    compared = [name for name in names if name != BOXES]
    rows = []
    for footage in dict.fromkeys(each.footage for each in table):
        of = {each.variant: each for each in table if each.footage == footage}
        row = [footage]
        for name in compared:
            is_there = name in of
            row.append(_with_error(*paired(of[name].clips, of[BOXES].clips)) if is_there else "")
        row += [f"{of[name].prediction.hidden:.1f}" if name in of else "" for name in names]
        rows.append(row)
    return _markdown(rows, ["Sequence", *compared, *(f"hidden: {name}" for name in names)])


def _with_error(difference: float, error: float) -> str:
    return f"{difference:+.1f} ± {error:.1f}"


def _markdown(rows: list[list[str]], header: list[str]) -> str:
    return tabulate(rows, header, tablefmt="github", disable_numparse=True)
