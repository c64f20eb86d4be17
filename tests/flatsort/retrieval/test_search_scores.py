"""Scores worked out by hand, and an index whose right answers are certain."""

import json

import numpy as np
import pytest

from flatsort.errors import InputError
from flatsort.retrieval.neighbours import installed_engines
from flatsort.retrieval.search_score_tables import (
    agreement,
    make_tables,
    summary,
    write_json,
    write_markdown,
)
from flatsort.retrieval.search_scores import evaluate, score
from flatsort.retrieval.search_tasks import Task
from flatsort.tracker import AppearanceMetric


def task(relevant, excluded):
    return Task("t", "", [], [], np.array(relevant, bool), np.array(excluded))


def test_scores_by_hand():
    """Two queries in a gallery of four.

    The first query leaves out place 0. Its order is 2, 1, 3, and 1 and 3 are right: precision at 1
    is 0, at 5 it is 2/5 and at 10 it is 2/10; average precision is (1/2 + 2/3) / 2. The order of
    the second query is 0, 3, 2, 1, and 0 is right: its figures are 1, 1/5, 1/10 and 1.
    """
    found = score(
        np.array([[0, 2, 1, 3], [1, 4, 3, 2.0]]),
        task([[0, 1, 0, 1], [1, 0, 0, 0]], [0, -1]),
    )
    assert found.precision == pytest.approx({1: 0.5, 5: 0.3, 10: 0.15})
    assert found.mean_average_precision == pytest.approx((7 / 12 + 1) / 2)


@pytest.fixture
def index(make_index):
    """Three people of source a, at right angles, and a fourth track of source b near the origin.

    By angle, each first half is nearest to its own second half. By Euclidean distance, it is
    nearest to the track near the origin.
    """
    directions = np.eye(4)[:3]

    def halves(direction, first, second):
        return [(1, first * direction), (2, first * direction), (50, second * direction)]

    tracks = [("a", n, halves(each, 1, 9)) for n, each in enumerate(directions, 1)]
    # Near the origin, hence near the first halves, but in a direction of its own.
    tracks.append(("b", 1, [(1, [0, 0, 0, 0.1])]))
    return make_index(*tracks, metric=AppearanceMetric("cosine", 0.2, np.zeros(4)))


def test_each_distance_has_its_own_scores(index):
    findings = evaluate(index)
    (halves,) = findings.tasks
    assert (findings.own, findings.tracks, findings.samples) == ("own-centred cosine", 4, 10)
    assert len(halves.task.queries) == 3
    assert halves.scores["cosine"].precision[1] == 1
    assert halves.scores["own-centred cosine"].precision[1] == 1
    assert halves.scores["euclidean"].precision[1] == 0
    assert halves.best.precision == pytest.approx({1: 1, 5: 1 / 5, 10: 1 / 10})
    assert halves.best.mean_average_precision == 1
    assert halves.agreement == dict.fromkeys(installed_engines(), 3)


def test_tables_sentences_and_files(index, tmp_path):
    findings = [evaluate(index)]
    (table,) = make_tables(findings)
    assert [row[:2] for row in table.rows] == [
        ["histogram", "best possible"],
        ["", "cosine"],
        ["", "centred cosine"],
        ["", "own-centred cosine *"],
        ["", "euclidean"],
    ]
    assert table.rows[4][2:] == ["0.000", "0.200", "0.100", "0.500", ""]
    assert table.rows[0][-1] == "3"
    assert summary(findings) == ["histogram: 4 tracks of a, b, 10 boxes."]
    assert [line.partition(" the first")[0] for line in agreement(findings * 2)] == [
        f"{engine}: for 6 of 6 queries" for engine in installed_engines()
    ]
    write_markdown(tmp_path / "search.md", findings)
    page = (tmp_path / "search.md").read_text()
    assert "## Halves" in page
    assert "own-centred cosine *" in page
    write_json(tmp_path / "search.json", findings)
    (numbers,) = json.loads((tmp_path / "search.json").read_text())
    halves = numbers["tasks"]["Halves"]
    assert halves["queries"] == 3
    assert halves["distances"]["euclidean"]["precision"]["1"] == 0
    assert numbers["calibrated_for"] == "own-centred cosine"


def test_an_index_without_a_query(make_index):
    with pytest.raises(InputError, match="index longer results"):
        evaluate(make_index(("a", 1, [(1, [0.0])])))
