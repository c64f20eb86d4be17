"""The record of a run's terms: log.csv, a row a step, and events for TensorBoard."""

import csv
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from torch import Tensor


@dataclass(frozen=True)
class Progress:
    """The state of training after a step, as shown and logged; terms in nats for one data point.

    ``rms_error`` is the error of a value in kappa's units: for a Gaussian p(x | z) its root mean
    square.
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
    """log.csv: a row a step. Rows beyond the step resumed from are dropped on opening.

    Args:
        path: the file.
        step: steps taken so far; 0 starts the file anew.
    """

    def __init__(self, path: Path, step: int) -> None:
        kept = path.read_text().splitlines()[: step + 1] if path.exists() and step else []
        self._file = path.open("w", newline="")
        self._file.writelines(line + "\n" for line in kept)
        self._file.flush()
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
        """Add a row."""
        self._writer.writerow(
            {k: f"{v:.6g}" if isinstance(v, float) else v for k, v in asdict(progress).items()}
        )

    def flush(self) -> None:
        """Put all rows so far on disk."""
        self._file.flush()


class TensorBoardLog:
    """Event files: every field of Progress as a curve, and the sheet.

    A resumed run writes one file more, which tells TensorBoard to forget what was logged beyond the
    step resumed from.

    Args:
        folder: theirs; ``tensorboard --logdir`` on its parent compares runs.
        step: steps taken so far.
    """

    # A tenth of the steps: 4000 steps are curves of 400 points.
    EVERY = 10

    def __init__(self, folder: Path, step: int) -> None:
        # Here, because it takes a second or two to import.
        from torch.utils.tensorboard import SummaryWriter

        self._writer = SummaryWriter(folder, purge_step=step + 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.close()

    def write(self, progress: Progress) -> None:
        """Add a point to each curve, at every tenth step."""
        if progress.step % self.EVERY:
            return
        values = asdict(progress)
        step = values.pop("step")
        for name, value in values.items():
            self._writer.add_scalar(name, float(value), step)

    def show(self, sheet: Tensor, step: int) -> None:
        """Add a picture (3, H, W) in [0, 1]."""
        self._writer.add_image("sheet", sheet, step)

    def flush(self) -> None:
        """Put everything so far on disk."""
        self._writer.flush()
