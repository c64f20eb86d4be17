"""Edits as certain labels of boxes."""

import json

import numpy as np
import pytest

from flatsort.adaptation.certain_people import NOBODY, UNKNOWN, read_certain_people
from flatsort.correction.correct_results import correct_results
from flatsort.correction.edits import read_edits
from flatsort.errors import InputError
from flatsort.files.file_digest import digest_of

RATE = 2
LENGTH = 30


@pytest.fixture
def results(tmp_path):
    """Tracks 1 and 2, in 30 frames at two frames per second, and track 3 in frames 1 to 3."""
    path = tmp_path / "walk.txt"
    path.write_text(
        "".join(
            f"{n},{who},{100 * who},0,20,40,1\n"
            for n in range(1, LENGTH + 1)
            for who in (1, 2, 3)
            if who < 3 or n <= 3
        )
    )
    return path


@pytest.fixture
def save(tmp_path):
    def write(results, *edits):
        path = tmp_path / "edits.json"
        content = [{"kind": kind, "frame": frame, "ids": ids} for kind, frame, ids in edits]
        path.write_text(json.dumps({"sha256": digest_of(results), "edits": content}))
        return path

    return write


def people(certain, left):
    """Return the person in the box at a place, in each frame."""
    frames = np.arange(1, LENGTH + 1)
    boxes = np.tile((left, 0.0, 20.0, 40.0), (LENGTH, 1))
    return certain.name(frames, boxes).tolist()


def test_people_are_certain_for_two_seconds_around_an_edit(results, save):
    """Two seconds are four frames: 12 to 15 before frame 16, and 16 to 19 from it on."""
    certain = read_certain_people(save(results, ("swap", 16, [1, 2])), results, RATE)
    unknown = [UNKNOWN] * 11
    assert people(certain, 100) == [*unknown, 1, 1, 1, 1, 2, 2, 2, 2, *unknown]
    assert people(certain, 200) == [*unknown, 2, 2, 2, 2, 1, 1, 1, 1, *unknown]


def test_a_false_track_shows_nobody(results, save):
    certain = read_certain_people(save(results, ("false", 2, [3])), results, RATE)
    assert people(certain, 300)[:4] == [NOBODY, NOBODY, NOBODY, UNKNOWN]


def test_boxes_elsewhere_are_unknown(results, save):
    certain = read_certain_people(save(results, ("split", 16, [1])), results, RATE)
    assert set(people(certain, 108)) == {UNKNOWN}
    assert people(certain, 104)[14:16] == [1, 4]


def test_corrected_results_still_serve(results, save):
    path = save(results, ("split", 16, [1]))
    correct_results(results, read_edits(path))
    assert people(read_certain_people(path, results, RATE), 100)[14:16] == [1, 4]


def test_edits_of_other_results(results, save):
    path = save(results, ("split", 16, [1]))
    results.write_text("1,1,0,0,9,9,1\n")
    with pytest.raises(InputError, match="were marked on other results"):
        read_certain_people(path, results, RATE)
