"""Precomputed features are found by frame and box, in any order of the rows."""

import numpy as np
import pytest

from flatsort.descriptors.feature_file import create, read_features
from flatsort.errors import InputError
from flatsort.files.mot_files import read_detections
from flatsort.files.sequence import open_sequence


def rows(*entries):
    """Make DeepSORT's table of rows (frame, left, top, width, height, feature)."""
    table = [(frame, -1, *box, 0.9, -1, -1, -1, *feature) for frame, *box, feature in entries]
    return np.array(table, np.float32)


TABLE = rows(
    (2, 10, 20, 30, 40, (1, 0, 0)),
    (1, 50, 20, 30, 40, (0, 1, 0)),
    (2, 50, 20, 30, 40, (0, 0, 1)),
    (1, 10, 20, 30, 40, (1, 1, 0)),
)


@pytest.fixture
def save(tmp_path):
    def write(table, name="f.npy"):
        np.save(tmp_path / name, table)
        return tmp_path / name

    return write


def test_features_are_found_by_frame_and_box(save):
    features = read_features(save(TABLE))
    assert not features.needs_images
    features.start_frame(1)
    found = features(None, np.array([[10, 20, 30, 40], [50, 20, 30, 40]], float))
    np.testing.assert_array_equal(found, [[1, 1, 0], [0, 1, 0]])
    assert found.dtype == np.float32
    features.start_frame(2)
    found = features(None, np.array([[50, 20, 30, 40], [10, 20, 30, 40]], float))
    np.testing.assert_array_equal(found, [[0, 0, 1], [1, 0, 0]])


def test_a_rounded_box_and_a_subset_of_the_boxes_are_found(save):
    features = read_features(save(TABLE))
    features.start_frame(2)
    np.testing.assert_array_equal(features(None, np.array([[50.4, 19.6, 30, 40]])), [[0, 0, 1]])


def test_of_two_boxes_within_the_tolerance_the_nearer_is_taken(save):
    features = read_features(save(rows((1, 10, 10, 9, 9, (1,)), (1, 10.4, 10, 9, 9, (2,)))))
    features.start_frame(1)
    np.testing.assert_array_equal(features(None, np.array([[10.3, 10, 9, 9]])), [[2]])


def test_no_boxes(save):
    features = read_features(save(TABLE))
    features.start_frame(7)
    assert features(None, np.empty((0, 4))).shape == (0, 3)


@pytest.mark.parametrize(
    ("frame", "box"),
    [
        pytest.param(1, (10, 20, 30, 42), id="another height"),
        pytest.param(7, (10, 20, 30, 40), id="a frame without rows"),
    ],
)
def test_the_error_for_an_absent_box_names_file_box_and_frame(save, frame, box):
    path = save(TABLE)
    features = read_features(path)
    features.start_frame(frame)
    boxes = np.array([[10, 20, 30, 40], box] if frame == 1 else [box], float)
    with pytest.raises(InputError) as caught:
        features(None, boxes)
    message = str(caught.value)
    assert str(path) in message
    assert f"frame {frame}:" in message
    assert str([float(value) for value in box]) in message


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        pytest.param(np.zeros((5, 10), "f4"), "shape is (5, 10)", id="no features"),
        pytest.param(np.zeros(138, "f4"), "shape is (138,)", id="one dimension"),
        pytest.param(np.zeros((2, 3, 138), "f4"), "shape is (2, 3, 138)", id="three"),
        pytest.param(np.where(np.arange(13) == 12, np.nan, TABLE), "row 1: not finite", id="NaN"),
        pytest.param(np.full((3, 12), "a"), "numbers", id="text"),
    ],
)
def test_other_tables_are_refused(save, table, complaint):
    path = save(table)
    with pytest.raises(InputError) as caught:
        read_features(path)
    assert str(path) in str(caught.value)
    assert complaint in str(caught.value)


def test_the_row_of_a_value_that_is_not_finite_is_counted_from_one(save):
    table = TABLE.copy()
    table[2, 11] = np.inf
    with pytest.raises(InputError, match="row 3"):
        read_features(save(table))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"1,-1,10,20,30,40,1\n", id="text"),
        pytest.param(b"\x93NUMPY\x01\x00", id="truncated"),
    ],
)
def test_a_file_without_an_array_is_refused(tmp_path, content):
    path = tmp_path / "f.npy"
    path.write_bytes(content)
    with pytest.raises(InputError, match="not a NumPy array file") as caught:
        read_features(path)
    assert "\n" not in str(caught.value)


def test_an_array_cut_short_is_refused(save):
    path = save(TABLE)
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(InputError, match="not a NumPy array file"):
        read_features(path)


def test_pickled_objects_are_not_run(tmp_path):
    class Trap:
        def __reduce__(self):
            return (pytest.fail, ("it was unpickled",))

    path = tmp_path / "f.npy"
    np.save(path, np.array([[Trap()]], object), allow_pickle=True)
    with pytest.raises(InputError, match="not a NumPy array file"):
        read_features(path)


def test_an_archive_of_arrays_is_refused(tmp_path):
    path = tmp_path / "f.npz"
    np.savez(path, TABLE)
    with pytest.raises(InputError, match="not a NumPy array file"):
        read_features(path)


def test_a_relative_name_is_looked_up_in_det(make_sequence, tmp_path, monkeypatch, save):
    sequence = make_sequence(images=False)
    np.save(sequence.folder / "det" / "mine.npy", TABLE)
    monkeypatch.chdir(tmp_path)
    create("mine.npy", sequence)
    # A file in the current folder comes before the file in det/.
    save(np.zeros((3, 20), "f4"), "mine.npy")
    descriptor = create("mine.npy", sequence)
    assert descriptor(None, np.empty((0, 4))).shape == (0, 10)


@pytest.mark.parametrize("argument", ["absent.npy", "/absent.npy", "."])
def test_a_missing_file_is_named(make_sequence, argument):
    with pytest.raises(InputError, match="no such features file"):
        create(argument, make_sequence(images=False))


def test_no_file_given(make_sequence):
    with pytest.raises(InputError, match=r"features:FILE\.npy"):
        create("", make_sequence(images=False))


def test_every_real_detection_finds_its_own_feature(mot_data):
    sequence = open_sequence(mot_data / "MOT16" / "train" / "MOT16-09")
    path = sequence.find_detections("frcnn-mars-small128.npy")
    table = np.load(path)
    detections = read_detections(sequence.find_detections(), sequence.length)
    features = read_features(path)
    found = np.empty((len(detections), 128), np.float32)
    for frame in np.unique(detections.frames):
        here = np.flatnonzero(detections.frames == frame)[::-1]
        features.start_frame(int(frame))
        # DeepSort passes float32 boxes.
        found[here] = features(None, detections.boxes_tlwh[here].astype(np.float32))
    # The file has the rows of det.txt in the same order.
    np.testing.assert_allclose(table[:, 2:6], detections.boxes_tlwh, atol=0.01)
    np.testing.assert_array_equal(found, table[:, 10:])
