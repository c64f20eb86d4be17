"""Logs, read back: log.csv row by row, and event files by TensorBoard's own reader."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from flatsort.reid_vae.training.log import CsvLog, Progress, TensorBoardLog


def progress(step: int, bound: float = 1.5) -> Progress:
    return Progress(
        step=step,
        reconstruction=step / 3,
        kappa_squared=96.0,
        rms_error=0.25,
        bound=bound,
        multiplier=20.0,
        flatness=0.5,
        c_squared=1e-7,
        initial_phase=step < 15,
    )


def read(folder: Path) -> EventAccumulator:
    """Read all events of a folder as TensorBoard does."""
    events = EventAccumulator(str(folder))
    events.Reload()
    return events


class TestCsv:
    def test_one_row_per_step(self, tmp_path: Path) -> None:
        path = tmp_path / "log.csv"
        with CsvLog(path, 0) as log:
            log.write(progress(1))
        assert path.read_text() == (
            "step,reconstruction,kappa_squared,rms_error,bound,multiplier,flatness,c_squared,"
            "initial_phase\n"
            "1,0.333333,96,0.25,1.5,20,0.5,1e-07,True\n"
        )

    @pytest.mark.parametrize(("resumed", "kept"), [(2, [1, 2]), (3, [1, 2, 3]), (0, [])])
    def test_resuming_drops_rows_after_its_step(
        self, tmp_path: Path, resumed: int, kept: list[int]
    ) -> None:
        path = tmp_path / "log.csv"
        with CsvLog(path, 0) as log:
            for step in (1, 2, 3):
                log.write(progress(step))
        with CsvLog(path, resumed) as log:
            log.write(progress(9))
        rows = path.read_text().splitlines()
        assert rows[0].startswith("step,")
        assert [int(row.split(",")[0]) for row in rows[1:]] == [*kept, 9]

    def test_flushed_rows_are_on_disk(self, tmp_path: Path) -> None:
        path = tmp_path / "log.csv"
        with CsvLog(path, 0) as log:
            log.write(progress(1))
            log.flush()
            assert path.read_text().endswith("True\n")


class TestTensorBoard:
    def test_every_field_is_a_curve(self, tmp_path: Path) -> None:
        with TensorBoardLog(tmp_path, 0) as log:
            for step in range(1, 25):
                log.write(progress(step))
        events = read(tmp_path)
        fields = {field.name for field in dataclasses.fields(Progress)}
        assert set(events.Tags()["scalars"]) == fields - {"step"}
        for name in fields - {"step"}:
            points = {point.step: point.value for point in events.Scalars(name)}
            expected = {step: float(getattr(progress(step), name)) for step in (10, 20)}
            assert points == pytest.approx(expected)

    def test_resuming_drops_points_after_its_step(self, tmp_path: Path) -> None:
        # The first log is not closed, like the log of a killed run.
        killed = TensorBoardLog(tmp_path, 0)
        for step in range(1, 51):
            killed.write(progress(step, bound=1))
        killed.flush()
        with TensorBoardLog(tmp_path, 30) as resumed:
            for step in range(31, 61):
                resumed.write(progress(step, bound=2))
        points = [(point.step, point.value) for point in read(tmp_path).Scalars("bound")]
        assert points == [(10, 1), (20, 1), (30, 1), (40, 2), (50, 2), (60, 2)]
        killed.__exit__()

    def test_the_sheet_is_a_picture(self, tmp_path: Path) -> None:
        sheet = torch.zeros(3, 4, 6)
        sheet[0] = 1
        with TensorBoardLog(tmp_path, 0) as log:
            log.show(sheet, 7)
        (image,) = read(tmp_path).Images("sheet")
        assert (image.step, image.width, image.height) == (7, 6, 4)
        assert np.frombuffer(image.encoded_image_string, np.uint8)[1:4].tobytes() == b"PNG"
