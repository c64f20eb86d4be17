"""Boxes and confidences in other units."""

import numpy as np
import pytest

from flatsort.errors import InputError
from flatsort.files.box_units import confidence_note, refuse_fractions


@pytest.mark.parametrize("box", [(0.5, 0.5, 0.1, 0.2), (-0.1, 0.9, 1, 0.3)])
def test_fractions_are_refused(box):
    with pytest.raises(InputError, match=r"^det\.txt: all numbers of its boxes lie within 1 pixel"):
        refuse_fractions(np.array([box, (0, 0, 1, 1), (np.nan, 5, 5, 5)]), "det.txt")


@pytest.mark.parametrize(
    "boxes", [[], [(0, 0, 1, 1)], [(0.5, 0.5, 0.1, 0.2), (10.5, 3, 4, 8)], [(0.2, 0.3, 30, 80)]]
)
def test_pixels_pass(boxes):
    refuse_fractions(np.array(boxes, float).reshape(-1, 4), "det.txt")


def test_percents_are_noticed():
    assert confidence_note(np.array([55.5, 97, 0.5]), "det.txt") == (
        "2 of 3 confidences of det.txt are above 1, up to 97, but thresholds are made for "
        "confidences from 0 to 1: divide them by 100 if they are percents"
    )
    for fine in ([], [1, 1, 1], [0.9, 0.2], [3, 0.2, 0.1], [-1, -1]):
        assert confidence_note(np.array(fine, float), "det.txt") is None
