"""The names that a request gives to its files."""

from pathlib import Path

import pytest

from flatsort.tracking.tracker_options import TrackerOptions
from flatsort.tracking.tracking_request import TrackingRequest

LAZY = TrackerOptions(lazy=True)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({}, "none"),
        ({"descriptor": "onnx:nets/osnet.onnx"}, "onnx-osnet"),
        ({"descriptor": "fmvae", "options": LAZY}, "fmvae-lazy"),
        ({"descriptor": "fmvae", "options": LAZY, "detector": "hog"}, "fmvae-lazy@hog"),
        ({"detector": "onnx:yolo.onnx,size=640"}, "none@onnx-yolo"),
        ({"detections": "boxes/yolox.txt"}, "none@yolox"),
        ({"descriptor": "fmvae", "detector": "hog", "tracker": "mine"}, "mine"),
        ({"options": TrackerOptions(preset="flatsort")}, "flatsort"),
        ({"options": TrackerOptions(preset="flatsort"), "detector": "hog"}, "flatsort@hog"),
        ({"options": TrackerOptions(preset="sort")}, "none"),
    ],
)
def test_the_tracker_is_named_after_descriptor_and_detector(values, name):
    assert TrackingRequest(**values).tracker_name == name


@pytest.mark.parametrize(
    ("video", "path"),
    [(None, None), (Path("out.mp4"), Path("out.mp4")), (Path("films"), Path("films/walk.mp4"))],
)
def test_a_film_is_a_file_or_lies_in_a_folder(video, path):
    assert TrackingRequest(video=video).video_path("walk") == path
