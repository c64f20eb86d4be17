"""Real detections of MOT16-09, frame by frame."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from flatsort.tracker import Detections

# Without a deadline, so that a busy machine fails no property test.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

FRAMES_OF_MOT16_09 = 525


@pytest.fixture(scope="session")
def yolox_frames(mot_data: Path) -> list[Detections]:
    """MOT16-09's YOLOX detections with a confidence of at least 0.4, one element per frame."""
    rows = np.loadtxt(mot_data / "MOT16/train/MOT16-09/det/yolox.txt", delimiter=",")
    return _by_frame(rows[rows[:, 6] >= 0.4], lambda rows: None)


@pytest.fixture(scope="session")
def mars_frames(mot_data: Path) -> list[Detections]:
    """MOT16-09's Faster R-CNN detections with mars-small128 features, one element per frame."""
    rows = np.load(mot_data / "MOT16/train/MOT16-09/det/frcnn-mars-small128.npy")
    assert rows.shape[1] == 138
    return _by_frame(rows, lambda rows: rows[:, 10:])


def _by_frame(rows: np.ndarray, features_of: Callable) -> list[Detections]:
    frames = []
    for number in range(1, FRAMES_OF_MOT16_09 + 1):
        chosen = rows[rows[:, 0] == number]
        frames.append(Detections(chosen[:, 2:6], chosen[:, 6], features_of(chosen)))
    return frames
