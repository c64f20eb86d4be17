"""The boxes of a detector in a file."""

import pytest

from flatsort.detectors.detection_recorder import DetectionRecorder
from flatsort.detectors.registry import load_detector
from flatsort.errors import InputError
from flatsort.files.mot_files import read_detections
from flatsort.sources.source import Frame


@pytest.fixture
def detector(tmp_path):
    path = tmp_path / "det.txt"
    path.write_text("2,-1,10.5,20,30,40,0.9,-1,-1,-1\n1,-1,1,2,3,4,0.12345,-1,-1,-1\n")
    return load_detector(f"file:{path}")


def test_the_file_has_every_box_once_by_frame(detector, tmp_path):
    recorder = DetectionRecorder(detector, tmp_path / "new" / "boxes.txt")
    assert not recorder.needs_images
    for number in (2, 1, 2, 3):
        recorder(Frame(number, 0.0, None))
    recorder.write()
    text = (tmp_path / "new" / "boxes.txt").read_text()
    assert text == "2,-1,10.500,20.000,30.000,40.000,0.90000,-1,-1,-1\n"
    rows = read_detections(tmp_path / "new" / "boxes.txt", 3)
    assert (rows.frames.tolist(), rows.confidences.tolist()) == ([2], [0.9])


def test_a_folder_is_no_file(detector, tmp_path):
    with pytest.raises(InputError, match="cannot write here: it is a folder"):
        DetectionRecorder(detector, tmp_path)
