"""Files of camera movements."""

import numpy as np
import pytest

from flatsort.camera_motion.movement_file import FILE_UNCERTAINTY, MovementFile
from flatsort.errors import InputError
from flatsort.files.sequence import find_sequences
from flatsort.sources.source import Frame

NO_BOXES = np.empty((0, 4))
STILL = "0\t1.0\t0.0\t0.0\t0.0\t1.0\t0.0\t\n"


@pytest.fixture
def write(tmp_path):
    def write_text(text):
        path = tmp_path / "gmc.txt"
        path.write_text(text)
        return path

    return write_text


def at(movements, number):
    return movements(Frame(number, 0.0, None), NO_BOXES)


def test_each_frame_has_its_row(write):
    path = write(STILL + "1\t1.1\t0.2\t3.0\t-0.2\t1.1\t4.0\t\n2 1 0 5 0 1 6\n")
    movements = MovementFile(path, length=3)
    assert at(movements, 1) is None
    second, third = at(movements, 2), at(movements, 3)
    np.testing.assert_array_equal(second.matrix, [[1.1, 0.2, 3], [-0.2, 1.1, 4]])
    np.testing.assert_array_equal(third.matrix, [[1, 0, 5], [0, 1, 6]])
    assert second.uncertainty == third.uncertainty == FILE_UNCERTAINTY


def test_the_rows_of_frames_left_out_are_chained(write):
    # (x, y) goes to (x + 10, y) and then to (2 x, 2 y): at last to (2 x + 20, 2 y).
    path = write(STILL + "1 1 0 10 0 1 0\n2 2 0 0 0 2 0\n")
    movements = MovementFile(path)
    at(movements, 1)
    skipped = at(movements, 3)
    np.testing.assert_array_equal(skipped.matrix, [[2, 0, 20], [0, 2, 0]])
    assert skipped.uncertainty == pytest.approx(2**0.5 * FILE_UNCERTAINTY)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "0 rows for 3 frames: give the file of this footage"),
        (STILL, "1 rows for 3 frames"),
        ("1 1 0 0 0 1 0\n", "line 1: frames must count 0, 1, 2 and so on"),
        (STILL + "\n2 1 0 0 0 1 0\n", "line 3: frames must count 0, 1, 2"),
        (STILL + "1 1 0 0 0 1\n", "line 2: 6 columns where the first row has 7"),
        ("0 1 0 0 0 1\n", "line 1: 6 columns, at least 7 are needed"),
        ("0 1 0 0 0 1 0 0 0 1\n", "line 1: 10 columns, the seven frame a b tx c d ty are needed"),
        (STILL + "1 1 0 x 0 1 0\n", "line 2: column 4 is not a number: 'x'"),
        (STILL + "1 1 0 nan 0 1 0\n", "line 2: not a movement of a camera: matrix must have fin"),
        (STILL + "1 0 0 5 0 0 5\n", "line 2: not a movement of a camera: matrix must scale"),
    ],
)
def test_bad_files(write, text, complaint):
    with pytest.raises(InputError) as caught:
        MovementFile(write(text), length=3)
    assert complaint in str(caught.value)
    assert "gmc.txt" in str(caught.value)


def test_a_file_too_short_for_a_video_says_so_in_the_frame(write):
    movements = MovementFile(write(STILL))
    at(movements, 1)
    with pytest.raises(InputError, match=r"gmc\.txt: no row for frame 2: the last row is frame 1"):
        at(movements, 2)


def test_the_files_of_mot16_fit_their_sequences(mot_data):
    for sequence in find_sequences("all", mot_data / "MOT16"):
        movements = MovementFile(mot_data / "gmc" / f"{sequence.name}.txt", sequence.length)
        steps = [at(movements, number) for number in range(1, sequence.length + 1)][1:]
        length = np.median([np.abs(step.matrix[:, 2]).sum() for step in steps])
        is_still = sequence.name in ("MOT16-02", "MOT16-04", "MOT16-09")
        assert (length < 0.3) == is_still
