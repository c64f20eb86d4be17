"""The files that a training run writes into its folder: logs, checkpoints and picture sheets."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from torch import Tensor

from .log import CsvLog, Progress, TensorBoardLog
from .picture_sheet import save_sheet


class RunFiles:
    """Writes logs after every step, and a checkpoint and a picture sheet at intervals of time.

    Args:
        folder: folder of the run.
        step: number of steps taken so far.
        save: writes a checkpoint. The logs are on disk before each call, so that a checkpoint is
            never ahead of them.
        draw: draws the sheet of the current model, (3, H, W) in [0, 1].
        checkpoint_every: seconds between checkpoints.
        sheet_every: seconds between sheets; the caller draws the last one by :meth:`show`.
    """

    def __init__(
        self,
        folder: Path,
        step: int,
        save: Callable[[], None],
        draw: Callable[[], Tensor],
        checkpoint_every: float,
        sheet_every: float,
    ) -> None:
        self._folder, self._save, self._draw = folder, save, draw
        self._checkpoint_every, self._sheet_every = checkpoint_every, sheet_every
        self._saved = self._shown = time.monotonic()
        with ExitStack() as opened:
            self._log = opened.enter_context(CsvLog(folder / "log.csv", step))
            self._board = opened.enter_context(TensorBoardLog(folder, step))
            self._opened = opened.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def add(self, progress: Progress) -> None:
        """Log a step, and write a checkpoint and a sheet if they are due."""
        self._log.write(progress)
        self._board.write(progress)
        if time.monotonic() - self._saved > self._checkpoint_every:
            self._log.flush()
            self._board.flush()
            self._save()
            self._saved = time.monotonic()
        if time.monotonic() - self._shown > self._sheet_every:
            self.show(progress.step)
            self._shown = time.monotonic()

    def show(self, step: int) -> None:
        """Draw a sheet: it replaces sheet.png, and TensorBoard keeps all sheets."""
        sheet = self._draw()
        save_sheet(sheet, self._folder / "sheet.png")
        self._board.show(sheet, step)
