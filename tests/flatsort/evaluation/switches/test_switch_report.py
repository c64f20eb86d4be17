"""Tables and JSON of hand-made moments."""

import json

import numpy as np
import pytest

from flatsort.evaluation.switches.moments import Moment
from flatsort.evaluation.switches.switch_report import (
    moments_table,
    totals,
    totals_table,
    write_json,
)
from flatsort.evaluation.switches.switches import Keeper, Switch
from flatsort.evaluation.tracks.matching import Course


@pytest.fixture
def moments(make_rows):
    """A and B switch on person 3 while C keeps; later C switches and no tracker keeps."""
    rows = make_rows((1, 3, 0))
    courses = {"A": Course(np.array([1]), np.array([8]))}
    first = (
        Switch("A", 8, 9, since=1, last=10, frame=16, until=40, keepers=(Keeper("C", 5, 10),)),
        Switch("B", 1, 2, since=2, last=12, frame=14, until=19, keepers=(Keeper("C", 5, 6),)),
    )
    second = (Switch("C", 5, 7, since=1, last=50, frame=51, until=60),)
    return [Moment(3, None, first, rows, courses), Moment(4, "A", second, rows, courses)]


def cells(line):
    return line.split()


def test_a_row_for_each_switch(moments):
    _, _, *lines = moments_table(moments).splitlines()
    assert [cells(line) for line in lines] == [
        ["1", "16", "3", "A", "8", "->", "9", "6", "C", "5", "10"],
        ["14", "B", "1", "->", "2", "2", "C", "5", "6"],
        ["2", "51", "A", "4", "C", "5", "->", "7", "1", "-", "0"],
    ]


def test_no_moments_is_a_table_without_rows():
    assert len(moments_table([]).splitlines()) == 2


def test_totals(moments):
    assert totals(moments, ["A", "B", "C", "D"]) == {
        "A": (1, 1, 0),
        "B": (1, 1, 0),
        "C": (1, 0, 2),
        "D": (0, 0, 0),
    }
    _, _, *lines = totals_table(moments, ["C", "A"]).splitlines()
    assert [cells(line) for line in lines] == [["C", "1", "0", "2"], ["A", "1", "1", "0"]]


def test_json_has_everything(moments, tmp_path):
    path = tmp_path / "new" / "a.json"
    write_json(path, "MOT16-98", moments, ["A", "C"])
    found = json.loads(path.read_text())
    assert found["sequence"] == "MOT16-98"
    assert found["trackers"]["C"] == {"switches": 1, "another_keeps": 0, "keeps": 2}
    first, second = found["moments"]
    assert (first["person"], first["reference"], first["disagreement"]) == (3, None, 16)
    assert first["switches"][1] == {
        **{
            "tracker": "B",
            "old": 1,
            "new": 2,
            "since": 2,
            "last": 12,
            "frame": 14,
            "until": 19,
        },
        "keepers": [{"tracker": "C", "identity": 5, "frames": 6}],
    }
    assert (second["reference"], second["switches"][0]["keepers"]) == ("A", [])
