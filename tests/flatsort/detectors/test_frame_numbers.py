"""Frames of a file of boxes, fitted to the frames of footage."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from flatsort.detectors.frame_numbers import fit_frames, outside_note
from flatsort.errors import InputError
from flatsort.files.mot_files import rows_of
from flatsort.files.sequence import Sequence

NAMES = ("walk 101.jpg", "walk 102.jpg", "walk 105.jpg")


def rows(*frames):
    boxes = np.array([[frame, 1, 10, 20, 30, 40] for frame in frames], float).reshape(-1, 6)
    return replace(rows_of(boxes, "boxes", 1e9), path=Path("det.txt"))


def footage(names):
    folder = Path("walk")
    return Sequence("walk", folder, len(names), 25, folder / "img1", ".jpg", "MOT16", names)


@pytest.mark.parametrize(
    ("frames", "fitted"),
    [((101, 102, 105), [1, 2, 3]), ((105, 101), [3, 1]), ((1, 3), [1, 3]), ((), [])],
)
def test_frames_are_those_of_the_footage_or_of_the_names(frames, fitted):
    found, note = fit_frames(rows(*frames), footage(NAMES))
    assert found.frames.tolist() == fitted
    assert (note is None) == (fitted == list(frames))


@pytest.mark.parametrize("names", [NAMES, ("a.jpg", "b.jpg", "c.jpg"), ("a1.jpg", "b1.jpg")])
def test_frames_that_have_no_image_are_refused(names):
    with pytest.raises(
        InputError, match=rf"frames 7 to 104, but walk has frames 1 to {len(names)}"
    ):
        fit_frames(rows(7, 104), footage(names))


def test_some_frames_outside_stay_as_they_are():
    found, note = fit_frames(rows(2, 3, 4, 5), footage(NAMES))
    assert (found.frames.tolist(), note) == ([2, 3, 4, 5], None)
    assert "2 of 4 boxes of det.txt are left out: their frames, up to 5," in outside_note(found, 3)
    assert outside_note(found, 5) is None
