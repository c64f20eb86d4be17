"""The detector that reads boxes from a file."""

import numpy as np
import pytest

from flatsort.detectors.detection_file import DetectionTable
from flatsort.detectors.detector_settings import DetectorSettings
from flatsort.detectors.registry import load_detector
from flatsort.errors import InputError
from flatsort.files.mot_files import read_detections
from flatsort.sources.source import Frame

TEXT = """\
3,-1,10,20,30,40,0.9,-1,-1,-1
1,-1,11,20,30,40,0.5,-1,-1,-1
3,-1,12,20,30,40,0.95,-1,-1,-1
3,-1,90,20,30,40,0.2,-1,-1,-1
"""


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "det.txt"
    path.write_text(TEXT)
    return path


def lefts(detector, number):
    found = detector(Frame(number, 0.0, None))
    assert len(found.confidences) == len(found)
    return found.boxes_tlwh[:, 0].tolist()


def test_the_rows_of_each_frame_in_the_files_order(path):
    detector = load_detector(f"file:{path}")
    assert not detector.needs_images
    assert [lefts(detector, n) for n in (1, 2, 3, 4)] == [[11], [], [10, 12], []]
    found = detector(Frame(3, 0.0, None))
    np.testing.assert_array_equal(found.boxes_tlwh[0], [10, 20, 30, 40])
    assert found.confidences.tolist() == [0.9, 0.95]


def test_confidence_and_suppression(path):
    assert lefts(load_detector(f"file:{path}", DetectorSettings(min_confidence=0.0)), 3) == [
        *(10, 12, 90)
    ]
    assert lefts(load_detector(f"file:{path}", DetectorSettings(nms_overlap=0.5)), 3) == [12]


def test_a_table_without_settings_keeps_all_rows(path):
    detector = DetectionTable(read_detections(path, 3))
    assert lefts(detector, 3) == [10, 12, 90]


def test_column_8_has_classes_from_1(path):
    path.write_text("1,-1,10,0,5,5,0.9,3\n1,-1,20,0,5,5,0.9,1\n2,-1,30,0,5,5,0.9,3\n")
    detector = load_detector(f"file:{path}")
    assert detector(Frame(1, 0.0, None)).classes.tolist() == [2, 0]
    with pytest.raises(InputError, match=r"--classes car: .* has numbers of classes, no names"):
        load_detector(f"file:{path}", DetectorSettings(("car",)))
    cars = load_detector(f"file:{path}", DetectorSettings(("3",)))
    assert cars(Frame(1, 0.0, None)).boxes_tlwh[:, 0].tolist() == [10]


@pytest.mark.parametrize("column", ["", ",-1", ",0", ",12.5"])
def test_column_8_may_be_missing_or_something_else(path, column):
    path.write_text(f"1,-1,10,0,5,5,0.9{column}\n")
    assert load_detector(f"file:{path}")(Frame(1, 0.0, None)).classes is None


def test_errors(path, tmp_path):
    for word, complaint in (
        ("file:", "--detector file: needs a file"),
        (f"file:{tmp_path / 'absent.txt'}", r"absent\.txt: cannot read"),
    ):
        with pytest.raises(InputError, match=complaint):
            load_detector(word)
    for word, complaint in (("car", "has no classes"), ("3", "has no classes")):
        with pytest.raises(InputError, match=rf"--classes {word}: .*det\.txt {complaint}"):
            load_detector(f"file:{path}", DetectorSettings((word,)))
    path.write_text(TEXT + "5,1\n")
    with pytest.raises(InputError, match=r"det\.txt, line 5: 2 columns"):
        load_detector(f"file:{path}")
