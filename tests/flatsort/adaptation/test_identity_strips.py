"""Strips of crops per identity."""

import numpy as np

from flatsort.adaptation.identity_strips import _telling_rows, draw_strips
from flatsort.adaptation.trial_tracks import follow


def test_a_row_shows_the_beginning_the_middle_the_end_and_the_odd_one_out(make_footage):
    looks = [0, 0, 0, 9, 0, 0, 0]
    footage = make_footage(*((n + 1, 40, look) for n, look in enumerate(looks)))
    assert _telling_rows(np.arange(7), footage).tolist() == [0, 3, 6, 3]
    assert _telling_rows(np.array([0, 1, 3, 5]), footage).tolist() == [0, 3, 5, 3]


def test_the_picture_has_a_row_per_identity(make_footage, tmp_path):
    footage = make_footage(*((n, left) for n in range(1, 11) for left in (40, 100)))
    assert draw_strips(tmp_path / "strips.png", follow(footage), footage) == 2
    assert (tmp_path / "strips.png").is_file()


def test_without_tracks_there_is_no_picture(make_footage, tmp_path):
    footage = make_footage(numbers=[1, 2, 3])
    assert draw_strips(tmp_path / "strips.png", follow(footage), footage) == 0
    assert not (tmp_path / "strips.png").exists()
