"""Edits files with wrong values."""

import json

import pytest

from flatsort.correction.edits import Edit, read_edits
from flatsort.errors import InputError

SWAP = {"kind": "swap", "frame": 3, "ids": [1, 2]}
WRONG = [None, True, -1, 2.5, 10**20, "word", [], [[]], {}, [1], [1, 1], [1, {}], [1, 10**20]]


def put(path, **changes):
    path.write_text(json.dumps({"sha256": "ab", "edits": [SWAP], **changes}))
    return path


def test_right_edits(tmp_path):
    found = read_edits(put(tmp_path / "e.json"))
    assert (found.digest, found.edits) == ("ab", (Edit("swap", 3, (1, 2)),))


@pytest.mark.parametrize("value", WRONG, ids=repr)
@pytest.mark.parametrize("name", list(SWAP))
def test_a_wrong_value_of_an_edit_is_named(tmp_path, name, value):
    path = put(tmp_path / "e.json", edits=[SWAP, {**SWAP, name: value}])
    with pytest.raises(InputError, match=r"e\.json, edit 2: (the|a swap) "):
        read_edits(path)


@pytest.mark.parametrize("value", [each for each in WRONG if each != "word"], ids=repr)
@pytest.mark.parametrize("name", ["sha256", "edits"])
def test_a_wrong_value_of_the_file_is_refused(tmp_path, name, value):
    with pytest.raises(InputError, match=r"e\.json(, edit 1)?: |has no edits"):
        read_edits(put(tmp_path / "e.json", **{name: value}))


@pytest.mark.parametrize("text", ["7", "[]", "[" * 100_000, "", "null"])
def test_other_json_is_refused(tmp_path, text):
    (tmp_path / "e.json").write_text(text)
    with pytest.raises(InputError, match=r"e\.json.*: save one on the page of the run"):
        read_edits(tmp_path / "e.json")


def test_a_missing_file(tmp_path):
    with pytest.raises(InputError, match=r"e\.json: no such file: save one"):
        read_edits(tmp_path / "e.json")
