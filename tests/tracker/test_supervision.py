import subprocess
import sys

import numpy as np
import pytest
import supervision as sv

from flatsort.tracker import DeepSort, DeepSortConfig, Sort, SortConfig
from flatsort.tracker.supervision import from_supervision, to_supervision

DOG, PERSON = 16, 0
AT_ONCE = SortConfig(min_hits=0)


def found(*boxes_xyxy, classes=None, confidence=None, **data):
    """Supervision detections of people, or of the given classes."""
    return sv.Detections(
        xyxy=np.array(boxes_xyxy, dtype=np.float32).reshape(-1, 4),
        confidence=None if confidence is None else np.array(confidence),
        class_id=np.array([PERSON] * len(boxes_xyxy) if classes is None else classes, dtype=int),
        data={key: np.array(values) for key, values in data.items()},
    )


LEFT, MIDDLE, RIGHT = [0, 0, 40, 80], [200, 10, 250, 90], [500, 0, 540, 80]


def test_corners_become_sizes():
    detections = from_supervision(found([10, 20, 40, 100], [-5, 0, 5, 1], confidence=[0.9, 0.25]))
    np.testing.assert_array_equal(detections.boxes_tlwh, [[10, 20, 30, 80], [-5, 0, 10, 1]])
    np.testing.assert_array_equal(detections.confidences, [0.9, 0.25])
    assert detections.features is None


def test_missing_confidences_become_one():
    np.testing.assert_array_equal(from_supervision(found(LEFT, RIGHT)).confidences, [1, 1])


@pytest.mark.parametrize("nothing", [sv.Detections.empty(), found()])
def test_no_detections(nothing):
    tracks = Sort().update(from_supervision(nothing))
    tracked = to_supervision(tracks, nothing)
    assert len(tracked) == 0
    assert tracked.tracker_id.tolist() == []


def test_the_input_does_not_change():
    for detections in (found(LEFT), sv.Detections.empty()):
        to_supervision(Sort(AT_ONCE).update(from_supervision(detections)), detections)
        assert detections.tracker_id is None


def test_class_ids_and_data_follow_the_track_when_the_detector_reorders_its_boxes():
    tracker = Sort()
    for _ in range(3):
        dog, person = (LEFT, DOG, "dog"), (RIGHT, PERSON, "person")
        for one, other in ((dog, person), (person, dog)):
            boxes, classes, names = zip(one, other, strict=True)
            detections = found(*boxes, classes=classes, confidence=[0.9, 0.8], class_name=names)
            tracked = to_supervision(tracker.update(from_supervision(detections)), detections)
            assert tracked.tracker_id.tolist() == [1, 2]
            assert tracked.class_id.tolist() == [DOG, PERSON]
            assert tracked.data["class_name"].tolist() == ["dog", "person"]
            np.testing.assert_array_equal(tracked.xyxy, [LEFT, RIGHT])


def test_masks_come_along():
    detections = found(LEFT, RIGHT)
    detections.mask = np.zeros((2, 100, 600), dtype=bool)
    detections.mask[1, :80, 500:540] = True
    # The box of confidence 0.1 is not tracked, so only the second mask remains.
    detections.confidence = np.array([0.1, 0.9])
    tracker = Sort(SortConfig(min_hits=0, min_confidence=0.5))
    tracked = to_supervision(tracker.update(from_supervision(detections)), detections)
    assert tracked.tracker_id.tolist() == [1]
    np.testing.assert_array_equal(tracked.mask, detections.mask[1:])


def test_a_coasting_track_has_no_detection_and_a_tentative_one_no_id():
    tracker = DeepSort(
        DeepSortConfig(max_coasted=1), descriptor=lambda frame, boxes: np.ones((len(boxes), 2))
    )
    for _ in range(3):
        # The more confident detection gets the lower id.
        tracks = tracker.update(from_supervision(found(LEFT, MIDDLE, confidence=[0.9, 0.8])))
    assert tracks.ids.tolist() == [1, 2]
    # LEFT is missed and coasts, RIGHT is new.
    last = found(RIGHT, MIDDLE, confidence=[0.9, 0.8])
    tracks = tracker.update(from_supervision(last))
    assert tracks.ids.tolist() == [1, 2]
    tracked = to_supervision(tracks, last)
    assert tracked.tracker_id.tolist() == [2]
    assert tracked.confidence.tolist() == [0.8]


def test_detections_of_another_frame():
    tracks = Sort(AT_ONCE).update(from_supervision(found(LEFT, RIGHT)))
    with pytest.raises(ValueError, match="a track has detection 1, but there are 1: give the"):
        to_supervision(tracks, found(LEFT))


def test_supervisions_own_annotator_takes_the_result():
    detections = found(LEFT, RIGHT)
    tracked = to_supervision(Sort(AT_ONCE).update(from_supervision(detections)), detections)
    picture = sv.BoxAnnotator(color_lookup=sv.ColorLookup.TRACK).annotate(
        np.zeros((100, 600, 3), np.uint8), tracked
    )
    assert picture[0, 20].any()
    assert not picture[50, 300].any()


def test_the_conversion_module_does_not_import_supervision():
    code = "import sys, flatsort.tracker.supervision; sys.exit('supervision' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
