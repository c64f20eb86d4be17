"""The measurement of camera motion: its overlaps, errors and moving window, worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.camera_motion_page import Measured, make_page
from benchmarks.camera_motion_runs import (
    BOXES,
    Footage,
    jackknife,
    paired,
    read_footage,
    score_whole,
    variants_of,
)
from benchmarks.camera_prediction import predict
from benchmarks.moving_window import HEIGHT, WIDTH, through_window
from flatsort.evaluation.tracks.score import score
from flatsort.files.mot_files import rows_of
from flatsort.tracker import Detections

# Long enough for two clips.
LENGTH, PAN = 230, 12


@pytest.fixture
def panned(make_sequence, tmp_path):
    """Three people who stand before a camera that pans by 12 px per frame, and a file of that."""
    people = [((0, 0, 255), 300 * k, 20, 20, 50, PAN) for k in range(3)]
    sequence = make_sequence(people, LENGTH, images=False)
    (sequence.folder / "gt").mkdir()
    lines = [
        f"{n},{k + 1},{300 * k + PAN * (n - 1)},20,20,50,1,1,1\n"
        for n in range(1, LENGTH + 1)
        for k in range(3)
    ]
    sequence.ground_truth_path.write_text("".join(lines))
    file = tmp_path / "movements.txt"
    file.write_text("".join(f"{n} 1 0 {PAN} 0 1 0\n" for n in range(LENGTH)))
    return read_footage(sequence, "det.txt"), file


def test_a_known_camera_predicts_hidden_people_exactly(panned):
    footage, file = panned
    variants = {variant.name: variant for variant in variants_of(footage, file)}
    assert list(variants) == ["none", BOXES, "file alone", "boxes, file"]
    exact = predict(footage, variants["file alone"])
    assert exact.next_frame == pytest.approx(100, abs=1e-6)
    assert exact.hidden == pytest.approx(100, abs=1e-6)
    # Without it the filter must learn the pan as everybody's own velocity.
    assert predict(footage, variants["none"]).next_frame < 99


def test_a_known_camera_keeps_everybody(panned):
    footage, file = panned
    columns = score_whole(footage, variants_of(footage, file)[2]).columns()
    assert (columns["IDF1"], columns["IDs"]) == (100, 0)


def test_the_page_has_a_row_per_variant(panned):
    footage, file = panned
    measured = [Measured.of("YOLOX", footage, each) for each in variants_of(footage, file)]
    page = make_page(measured, windows=[])
    for name in ("none", "boxes", "file alone", "boxes, file"):
        assert f"\n| {name} " in page


def test_a_jackknife_by_hand():
    # Of two sequences with 10 boxes each, one variant finds all boxes of the first and none of the
    # second, the other finds all. IDF1 is 2 * 10 / (20 + 10) = 66.7 and 100: a difference of -33.3.
    # Without the first it is -100, without the second 0. The error is sqrt(1 / 2 * 5000) = 50.
    truth = np.array([[n, 1, 0, 0, 20, 50] for n in range(1, 11)])
    found, missed = score(truth, truth, 10), score(truth, np.empty((0, 6)), 10)
    difference, error = jackknife([found, missed], [found, found], "IDF1")
    assert difference == pytest.approx(-100 / 3)
    assert error == pytest.approx(50)


def test_a_paired_difference_by_hand():
    # The differences 1 and 3 have the mean 2 and the standard deviation sqrt(2).
    assert paired(np.array([5.0, 8.0]), np.array([4.0, 5.0])) == pytest.approx((2, 1))


def test_a_moving_window_moves_picture_boxes_and_truth_together(make_sequence):
    sequence = make_sequence((), 4, images=False)
    boxes_tlwh = np.array([[900.0, 500, 20, 50], [5, 5, 20, 50]])
    truth = [[n, k, *boxes_tlwh[k]] for n in range(1, 5) for k in (0, 1)]
    picture = np.zeros((1080, 1920, 3), np.uint8)
    picture[500:550, 900:920] = 255
    footage = Footage(
        "street",
        replace(sequence, length=4),
        rows_of(np.array(truth), "truth", 4),
        [Detections(boxes_tlwh, [0.9, 0.8])] * 4,
        image=lambda number: picture,
    )
    window = through_window(footage)
    assert window.name == "street, moving window"
    lefts = set()
    for number, found in enumerate(window.frames, 1):
        image = window.image(number)
        assert image.shape == (HEIGHT, WIDTH, 3)
        # The second person stands outside.
        left, top, width, height = found.boxes_tlwh[0].astype(int)
        assert len(found) == 1
        assert image[top : top + height, left : left + width].min() == 255
        assert image.sum() == 255 * 3 * 20 * 50
        lefts.add(left)
        rows = window.truth.select(window.truth.frames == number)
        np.testing.assert_array_equal(rows.boxes_tlwh, found.boxes_tlwh)
    assert len(lefts) > 1
