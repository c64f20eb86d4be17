"""The score table and the table of times."""

from flatsort.evaluation.tracks.counts import COLUMNS
from flatsort.reports.score_section import Figure, group_figures
from flatsort.reports.speed_section import Stage, find_stages


def test_every_column_is_there_once_as_the_paper_prints_it():
    groups = group_figures({name: 12.345 for name in [*COLUMNS, "HOTA"]} | {"IDs": 1234})
    figures = {figure.name: figure for group in groups for figure in group.figures}
    assert sorted(figures) == sorted([*COLUMNS, "HOTA"])
    assert sum(len(group.figures) for group in groups) == 17
    assert (figures["MOTA"].value, figures["MOTA"].unit) == ("12.3", "%")
    assert (figures["FAR"].value, figures["FAR"].unit) == ("12.35", "")
    assert isinstance(figures["IDs"], Figure)
    assert (figures["IDs"].value, figures["IDs"].unit) == ("1234", "")


def test_stages():
    seconds = {"decoding": 3.0, "detection": 0.0, "description": 1.0}
    assert find_stages(seconds, 50) == [
        Stage("Waiting for frames", 3.0, 60.0, 75.0),
        Stage("Descriptor", 1.0, 20.0, 25.0),
    ]


def test_a_run_without_times_has_no_stages():
    assert find_stages({"decoding": 0.0}, 0) == []
