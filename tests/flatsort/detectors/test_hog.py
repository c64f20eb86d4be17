"""OpenCV's people detector: arithmetic by hand, and real people."""

import time

import cv2
import numpy as np
import pytest

from flatsort.detectors.detector_settings import DetectorSettings, suppress
from flatsort.detectors.hog import body_boxes, confidences
from flatsort.detectors.registry import load_detector
from flatsort.errors import InputError
from flatsort.files.mot_files import read_ground_truth
from flatsort.files.sequence import open_sequence
from flatsort.sources.source import Frame
from flatsort.tracker.boxes import iou


def test_a_window_of_64_by_128_holds_a_person_of_96():
    np.testing.assert_allclose(body_boxes([[100, 200, 64, 128]]), [[112.8, 216, 38.4, 96]])
    assert body_boxes(np.empty((0, 4))).shape == (0, 4)


def test_weights_as_probabilities():
    """The middle has even odds; one unit of weight multiplies the odds by exp(2.25)."""
    found = confidences([0.75, 1.75, -0.25])
    assert found[0] == 0.5
    assert found[1] == pytest.approx(np.exp(2.25) / (1 + np.exp(2.25)))
    assert found[2] == pytest.approx(1 - found[1])


@pytest.fixture(scope="module")
def street(mot_data):
    """A frame of MOT16-09, and the true boxes of people who are more than half visible."""
    sequence = open_sequence(mot_data / "MOT16" / "train" / "MOT16-09")
    truth = read_ground_truth(sequence.ground_truth_path, sequence.length, sequence.layout)
    here = (truth.frames == 300) & (truth.classes == 1) & (truth.visibilities > 0.5)
    return sequence.read_frame(300), truth.boxes_tlwh[here]


def test_real_people(street):
    """The frame, 1920 pixels wide, is reduced by a third; boxes are in its original pixels."""
    image, truth = street
    found = load_detector("hog")(Frame(1, 0.0, image))
    assert (np.diff(found.confidences) <= 0).all()
    assert found.confidences.min() >= 0.3
    overlaps = iou(found.boxes_tlwh, truth)
    # Most boxes of high confidence are people, and most people are found.
    assert (overlaps.max(axis=1)[found.confidences > 0.8] > 0.5).mean() > 0.8
    assert (overlaps.max(axis=0) > 0.5).mean() > 0.7


def test_parts_of_a_body_are_dropped(street):
    """Boxes inside a more confident box are dropped, although their IoU with it is small."""
    image, _ = street
    found, everything = (
        load_detector("hog", settings)(Frame(1, 0.0, image))
        for settings in (DetectorSettings(), DetectorSettings(nms_overlap=1.0))
    )
    by_overlap = everything.select(suppress(everything.boxes_tlwh, everything.confidences, 0.3))
    assert covered_by_more_confident(by_overlap.boxes_tlwh).max() > 0.9
    assert covered_by_more_confident(found.boxes_tlwh).max() <= 0.7
    gone = set(map(tuple, by_overlap.boxes_tlwh)) - set(map(tuple, found.boxes_tlwh))
    assert len(gone) == len(by_overlap) - len(found) > 0


def covered_by_more_confident(boxes_tlwh):
    """Return (N,) the largest fraction of each box that an earlier box covers, in whole pixels."""
    left, top, width, height = boxes_tlwh.T
    right, bottom = left + width, top + height
    shared = (
        (np.minimum(right[:, None], right) - np.maximum(left[:, None], left) + 1).clip(0)
        * (np.minimum(bottom[:, None], bottom) - np.maximum(top[:, None], top) + 1).clip(0)
    )  # fmt: skip
    return np.tril(shared / ((width + 1) * (height + 1))[:, None], -1).max(axis=1)


def test_boxes_scale_with_frames_that_are_reduced_to_the_same_size(street):
    """A frame 2560 pixels wide is reduced to one of 1280 pixels."""
    small = cv2.resize(street[0], (1280, 720), interpolation=cv2.INTER_AREA)
    small = small[180:540]
    large = cv2.resize(small, (2560, 720), interpolation=cv2.INTER_NEAREST)
    detector = load_detector("hog", DetectorSettings(min_confidence=0.6))
    ours, theirs = (detector(Frame(1, 0.0, image)) for image in (small, large))
    assert len(ours) > 0
    np.testing.assert_allclose(ours.boxes_tlwh * 2, theirs.boxes_tlwh)


def test_windows_are_those_of_one_opencv_thread(street):
    """With several threads, OpenCV may give windows the weights of others."""
    image = cv2.resize(street[0], (1280, 720), interpolation=cv2.INTER_AREA)
    detector = load_detector("hog")
    windows, weights = detector._windows(image)
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    theirs, their_weights = detector._hog.detectMultiScale(
        image, hitThreshold=0, winStride=(8, 8), padding=(16, 16), scale=1.05, groupThreshold=0
    )
    cv2.setNumThreads(threads)
    order = np.lexsort(theirs.T)
    assert len(windows) > 100
    np.testing.assert_array_equal(windows, theirs[order])
    np.testing.assert_array_equal(weights, np.ravel(their_weights)[order])


class SlowAtFirst:
    """OpenCV's detector at one scale; the first scales take longest."""

    def __init__(self, hog):
        self._hog = hog

    def detect(self, image, **options):
        time.sleep(image.shape[1] / 10_000)
        return self._hog.detect(image, **options)


def test_boxes_do_not_depend_on_which_thread_is_first(street):
    frame = Frame(300, 0.0, street[0])
    detector = load_detector("hog")
    expected = detector(frame)
    detector._hog = SlowAtFirst(detector._hog)
    found = detector(frame)
    assert len(expected) > 1
    np.testing.assert_array_equal(found.boxes_tlwh, expected.boxes_tlwh)
    np.testing.assert_array_equal(found.confidences, expected.confidences)


def test_a_frame_without_people():
    found = load_detector("hog")(Frame(1, 0.0, np.full((240, 320, 3), 90, np.uint8)))
    assert len(found) == 0


@pytest.mark.parametrize("size", [(1, 1), (300, 20), (20, 300)])
def test_frames_smaller_than_its_window(size):
    assert len(load_detector("hog")(Frame(1, 0.0, np.zeros((*size, 3), np.uint8)))) == 0


def test_it_finds_people_only():
    with pytest.raises(InputError, match="--classes car: hog finds people only"):
        load_detector("hog", DetectorSettings(("car",)))
    with pytest.raises(InputError, match="hog takes no argument"):
        load_detector("hog:fast")
