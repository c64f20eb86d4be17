"""Track only the people whose feet are in a region."""

import cv2
import numpy as np
import pytest

from flatsort.analysis.boundaries import Zone, parse_region
from flatsort.errors import InputError
from flatsort.sources.source import Frame
from flatsort.tracker import Detections
from flatsort.tracking.region import RegionDetector, RegionOutline, is_inside

SQUARE = Zone("region", ((10, 10), (50, 10), (50, 50), (10, 50)))


def test_the_middle_of_the_lower_edge_counts():
    boxes = np.array(
        [
            [20, 0, 20, 30],  # Feet at 30, 30; the head is above the region.
            [20, 20, 20, 40],  # Feet at 30, 60, below; the head is inside.
            [45, 20, 20, 20],  # Feet at 55, 40, to the right.
            [40, 30, 20, 20],  # Feet at 50, 50, on the corner.
            [np.nan, 20, 20, 20],
        ]
    )
    assert is_inside(SQUARE, boxes).tolist() == [True, False, False, True, False]
    assert is_inside(SQUARE, np.empty((0, 4))).tolist() == []


class TwoBoxes:
    needs_images, cache_key, class_names = True, "two", {0: "person"}

    def __call__(self, frame):
        return Detections(np.array([[20.0, 0, 20, 30], [60, 0, 20, 30]]), np.array([0.9, 0.8]))


def test_boxes_outside_are_left_out():
    detector = RegionDetector(TwoBoxes(), SQUARE)
    assert detector(Frame(1, 0.0, None)).confidences.tolist() == [0.9]
    assert (detector.needs_images, detector.class_names) == (True, {0: "person"})


def test_two_corners_or_more():
    assert parse_region("10,10,50,50") == SQUARE
    assert parse_region("0,0,9,0,0,9").corners == ((0, 0), (9, 0), (0, 9))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("10,10", "two opposite corners"),
        ("1,2,3,4,5", "two opposite corners"),
        ("a,b,c,d", "two opposite corners"),
        ("1,2,3,inf", "two opposite corners"),
        ("10,10,10,50", "no area"),
    ],
)
def test_regions_that_are_none(text, complaint):
    with pytest.raises(InputError, match=f"--region {text}: .*{complaint}"):
        parse_region(text)


def test_the_outline_is_drawn():
    canvas = np.zeros((200, 200, 3), np.uint8)
    RegionOutline(SQUARE).draw(canvas)
    assert (canvas[10, 30] != 0).any()
    assert not canvas[20:40, 20:40].any()
    assert cv2.countNonZero(canvas[:, :, 2]) > 100
