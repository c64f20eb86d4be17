"""The files that a run writes into its folder, and their times."""

from collections.abc import Callable
from pathlib import Path

import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from torch import Tensor

from flatsort.reid_vae.training.log import Progress
from flatsort.reid_vae.training.run_files import RunFiles

FOREVER = 1e9


def progress(step: int) -> Progress:
    return Progress(step, 1.0, 96.0, 0.2, 1.0, 20.0, 0.5, 1.0, True)


def open_files(
    folder: Path, save: Callable[[], None], *, checkpoints: float, sheets: float
) -> RunFiles:
    return RunFiles(folder, 0, save, black, checkpoint_every=checkpoints, sheet_every=sheets)


def black() -> Tensor:
    return torch.zeros(3, 4, 4)


def test_a_checkpoint_never_runs_ahead_of_the_logs(tmp_path: Path) -> None:
    rows: list[int] = []
    curves: list[int] = []

    def save() -> None:
        rows.append(len((tmp_path / "log.csv").read_text().splitlines()) - 1)
        events = EventAccumulator(str(tmp_path))
        events.Reload()
        curves.append(len(events.Scalars("bound")) if "bound" in events.Tags()["scalars"] else 0)

    with open_files(tmp_path, save, checkpoints=0, sheets=FOREVER) as written:
        for step in range(1, 21):
            written.add(progress(step))
    assert rows == list(range(1, 21))
    assert curves == [0] * 9 + [1] * 10 + [2]


def test_sheets_are_drawn_at_intervals(tmp_path: Path) -> None:
    saved: list[None] = []
    with open_files(tmp_path, lambda: saved.append(None), checkpoints=FOREVER, sheets=0) as written:
        written.add(progress(1))
        assert (tmp_path / "sheet.png").exists()
        written.add(progress(2))
    events = EventAccumulator(str(tmp_path))
    events.Reload()
    assert [image.step for image in events.Images("sheet")] == [1, 2]
    assert saved == []


def test_nothing_is_drawn_or_saved_before_its_interval(tmp_path: Path) -> None:
    saved: list[None] = []
    with open_files(
        tmp_path, lambda: saved.append(None), checkpoints=FOREVER, sheets=FOREVER
    ) as written:
        written.add(progress(1))
    assert not (tmp_path / "sheet.png").exists()
    assert saved == []
