"""Logs of a training run: log.csv with one row per step, and TensorBoard event files."""

import csv
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from torch import Tensor

from ..whole_file import whole_file


@dataclass(frozen=True)
class Progress:
    """The state of training after a step, as shown and logged; terms are in nats per data point.

    ``rms_error`` is the error per value in the units of kappa; for a Gaussian p(x | z) it is the
    root mean square.
    """

    step: int
    reconstruction: float
    kappa_squared: float
    rms_error: float
    bound: float
    multiplier: float
    flatness: float
    c_squared: float
    initial_phase: bool


class CsvLog:
    """log.csv with one row per step. Opening it drops rows after the step from which a run resumes.

    Args:
        path: the file.
        step: number of steps taken so far; 0 starts a new file.
    """

    def __init__(self, path: Path, step: int) -> None:
        kept = path.read_text().splitlines()[: step + 1] if path.exists() and step else []
        # The kept rows are replaced in one move, so that a kill here loses none.
        with whole_file(path) as temporary:
            temporary.write_text("".join(line + "\n" for line in kept), newline="")
        self._file = path.open("a", newline="")
        self._writer = csv.DictWriter(
            self._file, list(Progress.__dataclass_fields__), lineterminator="\n"
        )
        if not kept:
            self._writer.writeheader()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, progress: Progress) -> None:
        """Write the row of one step."""
        self._writer.writerow(
            {k: f"{v:.6g}" if isinstance(v, float) else v for k, v in asdict(progress).items()}
        )

    def flush(self) -> None:
        """Write all buffered rows to disk."""
        self._file.flush()


class TensorBoardLog:
    """TensorBoard event files: one curve per field of Progress, and the picture sheet.

    A resumed run writes another file, which tells TensorBoard to drop points after the step from
    which it resumes.

    Args:
        folder: folder of the event files; ``tensorboard --logdir`` on its parent compares runs.
        step: number of steps taken so far.
    """

    # Steps per point of a curve: 4000 steps become 400 points.
    STEPS_PER_POINT = 10

    def __init__(self, folder: Path, step: int) -> None:
        # Imported here because the import takes one to two seconds.
        from torch.utils.tensorboard import SummaryWriter

        self._writer = SummaryWriter(folder, purge_step=step + 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.close()

    def write(self, progress: Progress) -> None:
        """Add a point to each curve at every tenth step."""
        if progress.step % self.STEPS_PER_POINT:
            return
        values = asdict(progress)
        step = values.pop("step")
        for name, value in values.items():
            self._writer.add_scalar(name, float(value), step)

    def show(self, sheet: Tensor, step: int) -> None:
        """Add a picture sheet (3, H, W) in [0, 1]."""
        self._writer.add_image("sheet", sheet, step)

    def flush(self) -> None:
        """Write all buffered events to disk."""
        self._writer.flush()
