"""Result files find their footage."""

from dataclasses import replace

import pytest

from flatsort.errors import InputError
from flatsort.retrieval.result_footage import open_result_sets
from flatsort.tracking.run_record import RunRecord, write_run_record

RECORD = RunRecord(
    sequence="walk",
    source="",
    frame_rate=10,
    size=None,
    frames=8,
    tracker="none",
    descriptor="none",
    detector="hog",
    options={},
    film=None,
    seconds={},
    counts={},
    notes=[],
    versions={},
)


@pytest.fixture
def results(tmp_path):
    """A function that writes RESULTS/TRACKER/NAME.txt with one row."""

    def write(name, tracker="none"):
        path = tmp_path / "results" / tracker / f"{name}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("1,7,10,20,20,50,1,-1,-1,-1\n")
        return path

    return write


def test_the_footage_is_the_sequence_of_the_file_s_name(results, make_sequence, tmp_path):
    make_sequence()
    (found,) = open_result_sets([results("MOT16-98")], None, str(tmp_path))
    assert (found.name, found.rows.ids.tolist()) == ("MOT16-98", [7])
    assert found.source.location == str(tmp_path / "MOT16-98")


def test_the_record_beside_the_file_comes_before_its_name(results, make_sequence, tmp_path):
    make_sequence()
    other = make_sequence(name="moved", under=tmp_path / "elsewhere")
    path = results("MOT16-98")
    write_run_record(path, replace(RECORD, source=str(other.folder)))
    (found,) = open_result_sets([path], None, str(tmp_path))
    assert found.source.location == str(other.folder)


def test_source_comes_before_the_record_and_the_name(results, make_sequence, tmp_path):
    make_sequence()
    folder = make_sequence(name="b").folder / "img1"
    paths = [results("MOT16-98"), results("x")]
    write_run_record(paths[0], replace(RECORD, source="/nowhere"))
    found = open_result_sets(paths, ["MOT16-98", str(folder)], str(tmp_path))
    assert [each.source.location for each in found] == [str(tmp_path / "MOT16-98"), str(folder)]


def test_sources_of_the_same_name_are_told_apart_by_tracker(results, make_sequence, tmp_path):
    make_sequence()
    make_sequence(name="b")
    paths = [results("MOT16-98"), results("MOT16-98", "ours"), results("b")]
    found = open_result_sets(paths, None, str(tmp_path))
    assert [each.name for each in found] == ["none/MOT16-98", "ours/MOT16-98", "none/b"]
    with pytest.raises(InputError, match="has two files called none/MOT16-98"):
        open_result_sets([paths[0], paths[0]], None, str(tmp_path))


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("0", "name its footage with --source: the frames of camera 0 cannot be read again"),
        ("/nowhere/walk.mp4", "name its footage with --source: /nowhere/walk.mp4: no such"),
    ],
)
def test_footage_that_cannot_be_read_again(results, source, message):
    path = results("walk")
    write_run_record(path, replace(RECORD, source=source))
    with pytest.raises(InputError) as error:
        open_result_sets([path], None, None)
    assert str(error.value).startswith(str(path))
    assert message in str(error.value)


def test_a_source_for_each(results):
    with pytest.raises(InputError, match="--source names 1, but there are 2 result files"):
        open_result_sets([results("a"), results("b")], ["a"], None)


def test_a_bad_line_is_found_before_any_footage_is_looked_for(results):
    good, bad = results("a"), results("b")
    bad.write_text("1,1\n")
    with pytest.raises(InputError, match=r"b\.txt, line 1"):
        open_result_sets([good, bad], None, None)


def test_an_address_in_a_record_is_not_opened(results):
    """A record may come from anybody, so that only the user names addresses."""
    path = results("walk")
    write_run_record(path, replace(RECORD, source="http://127.0.0.1:1/walk.mp4"))
    with pytest.raises(InputError, match="its record names the address http"):
        open_result_sets([path], None, None)
