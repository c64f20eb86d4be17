"""What the first process of a run leaves in the run's folder while it trains."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from torch import Tensor

from .log import CsvLog, Progress, TensorBoardLog
from .sheet import save_sheet


class Record:
    """log.csv and TensorBoard's events after every step; checkpoint and sheet as time passes.

    Args:
        folder: of the run.
        step: steps taken so far.
        save: writes a checkpoint; what was logged is on disk before.
        draw: the sheet of the model as it is, (3, H, W) in [0, 1].
        checkpoint_every: seconds from one checkpoint to the next.
        sheet_every: seconds from one sheet to the next; the last is drawn at the end.
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
        """Record a step."""
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
        """Draw the sheet: sheet.png is replaced, TensorBoard keeps them all."""
        sheet = self._draw()
        save_sheet(sheet, self._folder / "sheet.png")
        self._board.show(sheet, step)
