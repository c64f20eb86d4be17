"""The paper's columns, checked against its printed Table 2."""

from dataclasses import replace

import pytest

from flatsort.evaluation.tracks.counts import COLUMNS, Counts, paper_columns
from flatsort.paper.printed_table2 import PAPER_TABLE_2

TRUTH_BOXES, TRACKS, FRAMES = 110_407, 517, 5_316


@pytest.mark.parametrize("name", PAPER_TABLE_2)
def test_the_papers_rows_follow_from_their_counts(name):
    printed = dict(zip(COLUMNS, PAPER_TABLE_2[name], strict=True))
    matches = TRUTH_BOXES - printed["FN"]
    # IDTP and distance are computed from IDR and MOTP, so these two columns check nothing new.
    idtp = round(printed["IDR"] / 100 * TRUTH_BOXES)
    counts = Counts(
        idtp=idtp,
        idfp=matches + printed["FP"] - idtp,
        idfn=TRUTH_BOXES - idtp,
        false_positives=printed["FP"],
        misses=printed["FN"],
        switches=printed["IDs"],
        fragmentations=printed["FM"],
        mostly_tracked=printed["MT"],
        partially_tracked=printed["PT"],
        mostly_lost=printed["ML"],
        matches=matches,
        distance=matches * (1 - printed["MOTP"] / 100),
        truth_boxes=TRUTH_BOXES,
        result_boxes=matches + printed["FP"],
        truth_tracks=TRACKS,
        frames=FRAMES,
    )
    columns = paper_columns(counts)
    for column in ("Recall", "Precision", "MOTA", "MOTAL", "MOTP", "IDR"):
        assert columns[column] == pytest.approx(printed[column], abs=0.0501), column
    assert columns["FAR"] == pytest.approx(printed["FAR"], abs=0.00501)
    # IDF1 and IDP have the rounding error of IDR, up to 0.05 % of 110,407 boxes, and their own.
    assert columns["IDP"] == pytest.approx(printed["IDP"], abs=0.13)
    assert columns["IDF1"] == pytest.approx(printed["IDF1"], abs=0.11)
    for column in ("MT", "PT", "ML", "FP", "FN", "IDs", "FM"):
        assert columns[column] == printed[column]
    assert columns["MT"] + columns["PT"] + columns["ML"] == TRACKS


COUNTS = Counts(
    idtp=6,
    idfp=2,
    idfn=4,
    false_positives=1,
    misses=3,
    switches=9,
    matches=7,
    distance=1.4,
    truth_boxes=10,
    result_boxes=8,
    frames=4,
)


def test_columns_by_hand():
    columns = paper_columns(COUNTS)
    assert list(columns) == list(COLUMNS)
    assert columns["IDF1"] == pytest.approx(100 * 12 / 18)
    assert columns["IDP"] == 75
    assert columns["IDR"] == 60
    assert columns["Recall"] == 70
    assert columns["Precision"] == 87.5
    assert columns["FAR"] == 0.25
    assert columns["MOTA"] == pytest.approx(-30)  # 1 - (1 + 3 + 9) / 10
    assert columns["MOTAL"] == pytest.approx(50)  # 1 - (1 + 3 + log10(10)) / 10
    assert columns["MOTP"] == pytest.approx(80)  # 1 - 1.4 / 7


def test_counts_are_summed_before_they_are_divided():
    perfect = replace(COUNTS, idtp=90, idfp=0, idfn=0, false_positives=0, misses=0, switches=0)
    perfect = replace(perfect, matches=90, distance=0.0, truth_boxes=90, result_boxes=90)
    together = paper_columns(COUNTS + perfect)
    assert together["Recall"] == 97  # 97 of 100, not the mean of 70 and 100
    assert together["FAR"] == 1 / 8
    assert COUNTS + Counts() == COUNTS


def test_a_ratio_with_denominator_zero_is_zero():
    assert set(paper_columns(Counts()).values()) == {0}
