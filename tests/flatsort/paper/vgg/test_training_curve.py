"""Curves of a training, from a hand-made log."""

import pytest

from flatsort.paper.vgg import training_curve
from flatsort.paper.vgg.training_curve import read_curve
from flatsort.reid_vae.training.log import CsvLog, Progress


def progress(step: int) -> Progress:
    """Return a state whose terms are multiples of its step."""
    return Progress(step, 1.0, 1.0, float(step), 4.0 * step, 1.0, 2.0 * step, 3.0 * step, True)


@pytest.fixture
def log(tmp_path):
    """Write the log of eight steps."""
    with CsvLog(tmp_path / "log.csv", 0) as file:
        for step in range(1, 9):
            file.write(progress(step))
    return tmp_path / "log.csv"


def test_by_hand(log, monkeypatch):
    monkeypatch.setattr(training_curve, "POINTS", 4)
    monkeypatch.setattr(training_curve, "WINDOW", 2)
    curve = read_curve(log, rise=3)
    assert curve.steps == [2, 4, 6, 8]
    assert curve.error == [1.5, 3.5, 5.5, 7.5]
    assert curve.flatness == [3.0, 7.0, 11.0, 15.0]
    assert curve.c_squared == [4.5, 10.5, 16.5, 22.5]
    assert curve.first_error == 4.5
    assert curve.last_error == 7.5
    assert curve.last_bound == 30.0
    # The third step ends the rise, so the fourth and the fifth follow it.
    assert curve.c_squared_risen == 13.5
    assert curve.c_squared_last == 22.5


def test_a_log_of_fewer_steps_than_points(log):
    assert read_curve(log, rise=2).steps == list(range(1, 9))
