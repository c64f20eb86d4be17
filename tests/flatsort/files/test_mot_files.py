"""MOTChallenge text files: reading, error messages and writing."""

import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flatsort.errors import InputError
from flatsort.files.atomic import atomic_writer
from flatsort.files.mot_files import read_detections, read_ground_truth, read_results, write_results
from flatsort.files.sequence import find_sequences

RESULTS = "1,1,10,20,30,40,1,-1,-1,-1\n2,1,11,21,31,41,1,-1,-1,-1\n"
TRUTH = "1,1,10,20,30,40,1,1,.5\n2,1,11,21,31,41,0,8,.25\n"


def put(folder, text):
    path = folder / "file.txt"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@pytest.mark.parametrize(
    "text",
    [
        RESULTS,
        RESULTS.rstrip("\n"),
        RESULTS.replace("\n", "\r\n"),
        RESULTS.replace("\n", "\r"),
        "\ufeff" + RESULTS,
        "\n" + RESULTS.replace("\n", "\n  \n\n"),
        RESULTS.replace(",", " , "),
        RESULTS.replace(",", " "),
        RESULTS.replace(",", "\t"),
        RESULTS.replace(",1,-1,-1,-1", ""),
        RESULTS.replace(",1,-1,-1,-1", ",1"),
        RESULTS.replace("1,1,10", "1.0,1e0,10.00"),
        RESULTS.replace("\n", ",\n"),
    ],
    ids=[
        *("plain", "no final line end", "CRLF", "CR", "byte-order mark", "blank lines"),
        *("spaces round commas", "spaces", "tabs", "six columns", "seven columns", "floats"),
        "commas at the end",
    ],
)
def test_results_are_read_in_every_spelling(tmp_path, text):
    rows = read_results(put(tmp_path, text), length=2)
    assert rows.frames.tolist() == [1, 2]
    assert rows.ids.tolist() == [1, 1]
    assert rows.boxes_tlwh.tolist() == [[10, 20, 30, 40], [11, 21, 31, 41]]
    assert rows.confidences.tolist() == [1, 1]
    assert rows.frames.dtype == rows.ids.dtype == np.int64


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_with_a_byte_order_mark_is_read(tmp_path, encoding):
    path = tmp_path / "results.txt"
    path.write_bytes(("\ufeff" + RESULTS.replace("\n", "\r\n")).encode(encoding))
    assert read_results(path, length=2).frames.tolist() == [1, 2]


@pytest.mark.parametrize("text", ["", "\n", "\r\n  \n", "\ufeff"])
def test_an_empty_file_has_no_rows(tmp_path, text):
    path = put(tmp_path, text)
    for rows in (
        read_results(path, 5),
        read_detections(path, 5),
        read_ground_truth(path, 5, "MOT16"),
    ):
        assert len(rows) == 0
        assert rows.boxes_tlwh.shape == (0, 4)
        assert [len(frame) for frame in rows.by_frame(2)] == [0, 0]


def test_ground_truth_columns_of_mot16(tmp_path):
    rows = read_ground_truth(put(tmp_path, TRUTH), 2, "MOT16")
    assert rows.confidences.tolist() == [1, 0]
    assert rows.classes.tolist() == [1, 8]
    assert rows.visibilities.tolist() == [0.5, 0.25]


def test_ground_truth_columns_of_mot15_have_no_class(tmp_path):
    # In MOT15 columns 8 to 10 are a position in the world, in metres.
    rows = read_ground_truth(put(tmp_path, "1,1,10,20,30,40,1,-4.5,3.2,0\n"), 2, "MOT15")
    assert rows.confidences.tolist() == [1]
    assert rows.classes.tolist() == [-1]
    assert rows.visibilities.tolist() == [-1]


def test_frame_and_select(tmp_path):
    rows = read_results(put(tmp_path, "2,1,0,0,1,1\n1,1,0,0,2,2\n2,3,0,0,3,3\n"), 2)
    first, second = rows.by_frame(2)
    assert rows.ids[second].tolist() == [1, 3]
    assert rows.boxes_tlwh[first].tolist() == [[0, 0, 2, 2]]
    assert rows.select(rows.ids == 3).frames.tolist() == [2]
    assert [own.tolist() for own in rows.by_identity()] == [[1, 0], [2]]
    assert rows.select(np.array([], int)).by_identity() == []


def test_detections_keep_invalid_boxes(tmp_path):
    text = "1,-1,nan,0,1,1,.9\n1,-1,0,0,0,1,.9\n1,-1,0,0,-3,1,.9\n1,-1,0,0,inf,1,nan\n"
    rows = read_detections(put(tmp_path, text), 1)
    assert len(rows) == 4
    assert np.isnan(rows.boxes_tlwh[0, 0])
    assert rows.boxes_tlwh[2, 2] == -3


GOOD = "1,1,0,0,1,1,1,1,1\n"
ROW_ERRORS = {
    "ragged": ("2,1,0,0,1,1,1,1\n", "8 columns where the first row has 9"),
    "text": ("2,1,0,zero,1,1,1,1,1\n", "column 4 is not a number: 'zero'"),
    "empty field": ("2,1,,0,1,1,1,1,1\n", "column 3 is not a number: ''"),
    "frame nan": ("nan,1,0,0,1,1,1,1,1\n", "frame must be a whole number"),
    "frame inf": ("inf,1,0,0,1,1,1,1,1\n", "frame must be a whole number"),
    "frame fraction": ("1.5,1,0,0,1,1,1,1,1\n", "frame must be a whole number"),
    "frame 0": ("0,1,0,0,1,1,1,1,1\n", "frame below 1"),
    "frame negative": ("-2,1,0,0,1,1,1,1,1\n", "frame below 1"),
    "frame beyond": ("4,1,0,0,1,1,1,1,1\n", "frame beyond the sequence's last, 3"),
    "id nan": ("2,nan,0,0,1,1,1,1,1\n", "identity must be a whole number"),
    "id fraction": ("2,1.5,0,0,1,1,1,1,1\n", "identity must be a whole number"),
    "id huge": ("2,1e300,0,0,1,1,1,1,1\n", "identity must be a whole number"),
}
BOX_ERRORS = {
    "duplicate": ("1,1,5,5,1,1,1,1,1\n", r"identity 1 twice in frame 1 \(first on line 1\)"),
    "left nan": ("2,1,nan,0,1,1,1,1,1\n", "left, top, width, height must be finite"),
    "height inf": ("2,1,0,0,1,inf,1,1,1\n", "left, top, width, height must be finite"),
    "width negative": ("2,1,0,0,-1,1,1,1,1\n", "negative width or height"),
}


def check_message(read, path, line, complaint):
    with pytest.raises(InputError, match=complaint) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}, line {line}: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("error", ROW_ERRORS)
@pytest.mark.parametrize("kind", ["results", "detections", "truth"])
def test_bad_rows_are_named_by_file_and_line(tmp_path, error, kind):
    bad, complaint = ROW_ERRORS[error]
    # The blank line before the bad one counts, as in an editor.
    path = put(tmp_path, GOOD + "\n" + bad)
    read = {
        "results": lambda path: read_results(path, 3),
        "detections": lambda path: read_detections(path, 3),
        "truth": lambda path: read_ground_truth(path, 3, "MOT16"),
    }[kind]
    check_message(read, path, 3, complaint)


@pytest.mark.parametrize("error", BOX_ERRORS)
def test_bad_boxes_of_results_and_ground_truth(tmp_path, error):
    bad, complaint = BOX_ERRORS[error]
    path = put(tmp_path, GOOD + bad + GOOD.replace("1,1", "3,7", 1))
    check_message(lambda path: read_results(path, 3), path, 2, complaint)
    check_message(lambda path: read_ground_truth(path, 3, "MOT16"), path, 2, complaint)


def test_the_first_of_several_duplicates_is_named(tmp_path):
    path = put(tmp_path, "3,9,0,0,1,1\n1,1,0,0,1,1\n3,9,0,0,1,1\n1,1,0,0,1,1\n")
    check_message(lambda path: read_results(path, 3), path, 3, "first on line 1")


def test_too_few_columns(tmp_path):
    check_message(lambda p: read_results(p, 3), put(tmp_path, "1,1,0,0,1\n"), 1, "at least 6")
    check_message(lambda p: read_detections(p, 3), put(tmp_path, "1,1,0,0,1,1\n"), 1, "at least 7")
    path = put(tmp_path, "\n1,1,0,0,1,1,1\n")
    check_message(lambda p: read_ground_truth(p, 3, "MOT16"), path, 2, "at least 8")
    wanted = "frame, identity, left, top, width, height, flag, class"
    check_message(lambda p: read_ground_truth(p, 3, "MOT16"), path, 2, wanted)
    assert len(read_ground_truth(path, 3, "MOT15")) == 1


def test_bad_class_and_flag_of_ground_truth(tmp_path):
    path = put(tmp_path, "1,1,0,0,1,1,1,inf,1\n")
    check_message(lambda p: read_ground_truth(p, 3, "MOT16"), path, 1, "column 8")
    path = put(tmp_path, "1,1,0,0,1,1,nan,1,1\n")
    check_message(lambda p: read_ground_truth(p, 3, "MOT16"), path, 1, "column 7")


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(InputError, match=r"nothing.txt: cannot read: No such file"):
        read_results(tmp_path / "nothing.txt", 3)
    with pytest.raises(InputError, match="cannot read: Is a directory"):
        read_results(tmp_path, 3)
    with pytest.raises(InputError, match=r"file.txt: not a text file"):
        read_results(put(tmp_path, b"\xff\xd8\xff\xe0"), 3)


def test_write_results_writes_upstreams_format(tmp_path):
    path = tmp_path / "new" / "folder" / "file.txt"
    write_results(path, [(1, 2, 3.14159, 4.0, 5.555, 600.0), (np.int64(2), 2, 0, -1.5, 1, 1)])
    assert path.read_text() == (
        "1,2,3.14,4.00,5.55,600.00,1,-1,-1,-1\n2,2,0.00,-1.50,1.00,1.00,1,-1,-1,-1\n"
    )
    assert os.listdir(path.parent) == ["file.txt"]


coordinates = st.floats(-5000, 5000).map(lambda value: round(value, 2))
sizes = st.floats(0.01, 5000).map(lambda value: round(value, 2))
result_rows = st.lists(
    st.tuples(st.integers(1, 99), st.integers(1, 10**9), coordinates, coordinates, sizes, sizes),
    unique_by=lambda row: row[:2],
)


@given(rows=result_rows)
def test_what_is_written_is_read_back(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("round") / "file.txt"
    write_results(path, rows)
    read = read_results(path, 99)
    assert read.frames.tolist() == [row[0] for row in rows]
    assert read.ids.tolist() == [row[1] for row in rows]
    np.testing.assert_array_equal(read.boxes_tlwh.reshape(-1), [x for row in rows for x in row[2:]])


def test_a_failure_half_way_leaves_the_old_file_and_no_other(tmp_path):
    path = put(tmp_path, "old")

    def rows():
        yield 1, 1, 0, 0, 1, 1
        raise RuntimeError("tracker failed")

    with pytest.raises(RuntimeError, match="tracker failed"):
        write_results(path, rows())
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["file.txt"]


def test_places_that_cannot_be_written(tmp_path):
    with pytest.raises(InputError, match="is a folder"):
        write_results(tmp_path, [])
    put(tmp_path, "a file")
    with pytest.raises(InputError, match="cannot write here"):
        write_results(tmp_path / "file.txt" / "below.txt", [])


def test_a_device_is_written_directly():
    with atomic_writer("/dev/null") as handle:
        handle.write("gone")


def test_real_ground_truth_has_the_published_totals(mot_data):
    totals = np.zeros(3, int)
    for sequence in find_sequences("all", mot_data / "MOT16"):
        rows = read_ground_truth(sequence.ground_truth_path, sequence.length, sequence.layout)
        people = rows.select((rows.confidences == 1) & (rows.classes == 1))
        totals += [len(people), len(np.unique(people.ids)), sequence.length]
    assert totals.tolist() == [110_407, 517, 5_316]


def test_a_full_disk_is_one_sentence():
    with pytest.raises(InputError, match=r"^/dev/full: cannot write here: No space left"):
        write_results("/dev/full", [(1, 1, 0, 0, 10, 10)])
