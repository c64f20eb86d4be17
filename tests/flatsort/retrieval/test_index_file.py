"""An index is read back exactly as it was written, or refused."""

import json
from dataclasses import fields

import numpy as np
import pytest

from flatsort.errors import InputError
from flatsort.retrieval.index_file import read_index, write_index
from flatsort.retrieval.track_index import TrackIndex
from flatsort.tracker import AppearanceMetric

COSINE = AppearanceMetric("cosine", 0.25, np.array([1.0, 2.0]))


def assert_same(read, written):
    for field in fields(TrackIndex):
        was, now = getattr(written, field.name), getattr(read, field.name)
        if field.name == "metric":
            assert (now.kind, now.gate) == (was.kind, was.gate)
            assert np.array_equal(now.centre, was.centre)
        elif isinstance(was, np.ndarray):
            assert now.dtype == was.dtype
            assert np.array_equal(now, was)
        else:
            assert now == was, field.name


@pytest.fixture
def index(make_index):
    return make_index(
        ("a", 3, [(1, [0, 1]), (5, [2, 3])]),
        ("b", 7, [(2, [4, 5])]),
        metric=COSINE,
        sources=("a", "empty", "b"),
    )


@pytest.fixture
def path(index, tmp_path):
    write_index(tmp_path / "people.npz", index)
    return tmp_path / "people.npz"


@pytest.mark.parametrize("metric", [COSINE, AppearanceMetric("euclidean", 3.0)])
def test_round_trip(make_index, tmp_path, files_under, metric):
    index = make_index(("a", 3, [(1, [0, 1]), (5, [2, 3])]), ("b", 7, [(2, [4, 5])]), metric=metric)
    write_index(tmp_path / "new" / "people.npz", index)
    assert files_under(tmp_path) == ["new/people.npz"]
    assert_same(read_index(tmp_path / "new" / "people.npz"), index)


def test_damaged_files_are_refused_or_harmless(index, path):
    """One bit is flipped, in a hundred places of the file, one at a time."""
    data = path.read_bytes()
    places = range(0, len(data), len(data) // 100)
    refused = 0
    for place in places:
        path.write_bytes(data[:place] + bytes([data[place] ^ 4]) + data[place + 1 :])
        try:
            assert_same(read_index(path), index)
        except InputError as error:
            assert str(path) in str(error)
            refused += 1
    # The other places hold bytes that zip stores twice or ignores.
    assert refused > len(places) / 2


@pytest.mark.parametrize("length", [0, 1, 100, -30, -1])
def test_files_cut_off_are_refused(path, length):
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(InputError, match="index the results again"):
        read_index(path)


def test_other_files_are_refused(tmp_path):
    path = tmp_path / "x.npz"
    with pytest.raises(InputError, match="no such index"):
        read_index(path)
    np.savez(path, a=np.zeros(3))
    with pytest.raises(InputError, match="or is not an index of"):
        read_index(path)
    with open(path, "wb") as handle:
        np.save(handle, np.zeros(3))
    with pytest.raises(InputError, match="or is not an index of"):
        read_index(path)
    path.write_text("1,1,0,0,1,1\n")
    with pytest.raises(InputError, match="or is not an index of"):
        read_index(path)


@pytest.fixture
def rewrite(path):
    """A function that changes the header or the arrays; the file stays readable."""

    def change(header=(), **arrays):
        with np.load(path) as file:
            contents = {name: file[name] for name in file.files}
        facts = json.loads(str(contents["header"])) | dict(header)
        contents |= {"header": np.array(json.dumps(facts))} | arrays
        np.savez(path, **{name: value for name, value in contents.items() if value is not None})
        return path

    return change


def test_other_versions_are_refused(rewrite):
    with pytest.raises(InputError, match="has version 2, but this program reads version 1"):
        read_index(rewrite(header={"version": 2}))


@pytest.mark.parametrize(
    "arrays",
    [
        {"owners": np.array([0, 1, 0])},
        {"owners": np.array([0, 0, 2])},
        {"owners": np.array([0, 0, 0])},
        {"owners": np.array([0, 0])},
        {"track_sources": np.array([0, 3])},
        {"track_sources": np.array([-1, 0])},
        {"pictured": np.array([0, 3])},
        {"features": np.full((3, 2), np.nan, "f4")},
        {"features": np.zeros((3, 3), "f4")},
        {"features": np.zeros((3, 2), "f8")},
        {"features": np.zeros(3, "f4")},
        {"frames": None},
        {"picture_sizes": np.array([1, -1])},
        {"picture_sizes": np.array([1, 10**6])},
        {"centre": np.array([np.inf, 0], "f4")},
    ],
)
def test_contents_that_do_not_fit_are_refused(rewrite, arrays):
    with pytest.raises(InputError, match="is damaged"):
        read_index(rewrite(**arrays))


@pytest.mark.parametrize(
    "header",
    [
        {"metric": {"kind": "cosine", "gate": "wide"}},
        {"metric": {"kind": "manhattan", "gate": 1}},
        {"metric": []},
        {"sources": [{"name": "a"}]},
        {"sources": 3},
        {"sources": []},
    ],
)
def test_headers_that_do_not_fit_are_refused(rewrite, header):
    with pytest.raises(InputError, match="is damaged"):
        read_index(rewrite(header=header))


def test_a_failed_write_leaves_the_old_file(path, index, monkeypatch, files_under):
    before = path.read_bytes()

    def fail(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", fail)
    with pytest.raises(InputError, match="No space left"):
        write_index(path, index)
    assert path.read_bytes() == before
    assert files_under(path.parent) == ["people.npz"]
