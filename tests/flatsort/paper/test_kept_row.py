"""Rows of finished trainings, kept on disk."""

from dataclasses import dataclass

import pytest

from flatsort.errors import InputError
from flatsort.paper.kept_row import read_row, write_row


@dataclass(frozen=True)
class Pair:
    """Settings, and a row."""

    left: tuple[int, ...]
    right: float


SETTINGS, ROW = Pair((1, 2), 0.5), Pair((3,), 7.0)


def make(facts):
    return Pair(tuple(facts["left"]), facts["right"])


def test_a_row_belongs_to_its_settings(tmp_path):
    path = tmp_path / "row.json"
    assert read_row(path, SETTINGS, make) is None
    write_row(path, SETTINGS, ROW)
    assert read_row(path, SETTINGS, make) == ROW
    assert read_row(path, Pair((1, 3), 0.5), make) is None


@pytest.mark.parametrize(
    "text",
    ["", "[]", "7", "{}", '{"settings": {"left": [1, 2], "right": 0.5}, "row": []}', "[" * 10**5],
)
def test_a_damaged_row_is_refused(tmp_path, text):
    (tmp_path / "row.json").write_text(text)
    with pytest.raises(InputError, match=r"row\.json.*: remove it to train again"):
        read_row(tmp_path / "row.json", SETTINGS, make)
