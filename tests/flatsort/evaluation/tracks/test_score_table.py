"""Tables of scores: rounding, coverage of the overall rows, and files."""

import csv
import json

import pytest

from flatsort.evaluation.tracks.counts import COLUMNS, OPTIONAL_COLUMNS
from flatsort.evaluation.tracks.score import Score, score_rows
from flatsort.evaluation.tracks.score_table import (
    coverage,
    markdown_table,
    text_table,
    write_csv,
    write_json,
    write_markdown,
)


@pytest.fixture
def scores(make_rows) -> dict[str, dict[str, Score]]:
    truth = make_rows((1, 1, 0), (2, 1, 0), (3, 1, 0))
    perfect = score_rows(truth, truth, 3, "MOT16")
    half = score_rows(truth, make_rows((1, 8, 0), (2, 8, 0)), 3, "MOT16")
    return {"good": {"A": perfect, "B": half}, "partial": {"B": half}}


def cells(line):
    return line.replace("|", " ").split()


def test_text_table_rounds_as_the_paper(scores):
    lines = text_table(scores).splitlines()
    assert cells(lines[0]) == ["Tracker", "Sequences", *COLUMNS, "HOTA"]
    # good: 6 boxes, 5 matched; IDF1 = 10 / 11, recall = 5 / 6, FAR 0, MT 1 (A), PT 1 (B: 2 / 3).
    # HOTA: DetA = 5/6; AssA = (3 * 1 + 2 * 2/3) / 5 = 13/15; sqrt(.7222) = .8498.
    row = "good all 2 90.9 100.0 83.3 83.3 100.0 0.00 1 1 0 0 1 0 0 83.3 100.0 83.3 85.0"
    assert cells(lines[2]) == row.split()
    assert cells(lines[3])[:2] == ["partial", "B"]


def test_optional_columns_stand_beside_idf1_and_hota(scores, tmp_path):
    asked = ["AssRe", "Tracks", "Purity"]
    header = cells(text_table(scores, optional=asked).splitlines()[0])
    identity, rest = ["IDF1", "Purity", "Tracks"], [*COLUMNS[1:], "HOTA", "AssRe"]
    assert header == ["Tracker", "Sequences", *identity, *rest]
    row = cells(markdown_table(scores, optional=asked).splitlines()[2])
    # No track has ten boxes. AssRe: three matches cover all of a person, two cover 2 of 3 boxes.
    assert (row[4], row[5], row[-1]) == ("100.0", "0", "86.7")
    write_json(tmp_path / "scores.json", scores, asked)
    data = json.loads((tmp_path / "scores.json").read_text())
    assert list(data["good"]["OVERALL"]) == header[2:]
    write_csv(tmp_path / "scores.csv", scores, asked)
    assert (tmp_path / "scores.csv").read_text().splitlines()[0].split(",")[3:] == header[2:]


def test_all_optional_columns(scores):
    header = cells(text_table(scores, optional=OPTIONAL_COLUMNS).splitlines()[0])
    assert sorted(header[2:]) == sorted([*COLUMNS, "HOTA", *OPTIONAL_COLUMNS])


def test_a_row_over_fewer_sequences_has_a_note(scores):
    lines = coverage(scores)
    assert lines[0] == "2 sequences: A, B (6 frames, 6 ground-truth boxes, 2 tracks)"
    assert len(lines) == 2
    assert "partial has no results for A" in lines[1]
    assert "1 of 2" in lines[1]
    for table in (text_table(scores), markdown_table(scores)):
        assert lines[1] in table


def test_coverage_when_no_tracker_has_all(scores):
    lines = coverage({"one": {"A": scores["good"]["A"]}, "two": {"B": scores["good"]["B"]}})
    assert lines[0] == "2 sequences: A, B"
    assert len(lines) == 3


def test_a_row_for_each_sequence(scores):
    rows = [cells(line)[:2] for line in text_table(scores, per_sequence=True).splitlines()[2:6]]
    assert rows == [["good", "A"], ["good", "B"], ["good", "all"], ["partial", "B"]]


def test_markdown(scores, tmp_path):
    write_markdown(tmp_path / "table.md", scores)
    text = (tmp_path / "table.md").read_text()
    assert text.startswith("| Tracker")
    assert text == markdown_table(scores) + "\n"


def test_json_has_full_precision(scores, tmp_path):
    write_json(tmp_path / "scores.json", scores)
    data = json.loads((tmp_path / "scores.json").read_text())
    assert list(data) == ["good", "partial"]
    assert list(data["good"]) == ["OVERALL", "A", "B"]
    assert list(data["good"]["A"]) == [*COLUMNS, "HOTA"]
    assert data["good"]["OVERALL"]["IDF1"] == 100 * (10 / 11)
    assert data["partial"]["OVERALL"] == data["partial"]["B"]
    assert isinstance(data["good"]["A"]["FP"], int)


def test_csv_lists_the_sequences_of_an_overall_row(scores, tmp_path):
    write_csv(tmp_path / "scores.csv", scores)
    with open(tmp_path / "scores.csv", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert [(row["Tracker"], row["Sequence"], row["Covers"]) for row in rows] == [
        ("good", "OVERALL", "A B"),
        ("good", "A", "A"),
        ("good", "B", "B"),
        ("partial", "OVERALL", "B"),
        ("partial", "B", "B"),
    ]
    assert float(rows[0]["IDF1"]) == 100 * (10 / 11)
    assert rows[0]["MT"] == "1"


def test_a_tracker_without_results_has_a_row_of_numbers(make_rows):
    truth, nothing = make_rows((1, 1, 0)), make_rows()
    table = text_table({"blind": {"A": score_rows(truth, nothing, 3, "MOT16")}})
    row = "blind A 0.0 0.0 0.0 0.0 0.0 0.00 0 0 1 0 1 0 0 0.0 0.0 0.0 0.0"
    assert cells(table.splitlines()[2]) == row.split()


def test_names_are_plain_text_in_markdown(scores):
    scores = {"a|b *c*\n<i>`d`": {"[x](y)": scores["good"]["A"]}}
    lines = markdown_table(scores).splitlines()
    assert lines[2].startswith(r"| a\|b \*c\* \<i\>\`d\` | \[x\](y) ")
    assert lines[4].startswith(r"1 sequence: \[x\](y) ")
    assert len(lines) == 5
