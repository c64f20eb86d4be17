"""The score as groups of figures, each with its meaning."""

from collections.abc import Mapping
from dataclasses import dataclass

from flatsort.evaluation.tracks.score_table import format_cell

_GROUPS = {
    "Overall": {
        "HOTA": "detection and association in balance",
        "MOTA": "100 % minus misses, false alarms and switches per true box",
        "MOTAL": "MOTA with the logarithm of the switches",
        "MOTP": "mean overlap of boxes that match",
    },
    "Identities": {
        "IDF1": "boxes with the right identity: harmonic mean of IDP and IDR",
        "IDP": "share of the reported boxes with the right identity",
        "IDR": "share of the true boxes with the right identity",
        "IDs": "switches: the track on a person changes",
        "FM": "fragments: a person is lost and found again",
    },
    "Boxes": {
        "Recall": "share of the true boxes that are found",
        "Precision": "share of the reported boxes that are people",
        "FAR": "false alarms per frame",
        "FP": "false alarms",
        "FN": "missed boxes",
    },
    "People": {
        "MT": "mostly tracked: in at least 80 % of their frames",
        "PT": "partially tracked",
        "ML": "mostly lost: in less than 20 % of their frames",
    },
}
_PERCENT = {
    *("HOTA", "MOTA", "MOTAL", "MOTP"),
    *("IDF1", "IDP", "IDR", "Recall", "Precision"),
}


@dataclass(frozen=True)
class Figure:
    """One column of a score.

    Attributes:
        name: name of the column.
        value: the value as the paper prints it.
        unit: "%" or "".
        meaning: the meaning in a few words.
    """

    name: str
    value: str
    unit: str
    meaning: str


@dataclass(frozen=True)
class FigureGroup:
    """Columns that measure the same thing, under one title."""

    title: str
    figures: list[Figure]


def group_figures(columns: Mapping[str, float]) -> list[FigureGroup]:
    """Return all columns of a score in groups.

    Args:
        columns: name -> value, from :meth:`flatsort.evaluation.tracks.score.Score.columns`.
    """
    return [
        FigureGroup(
            title,
            [
                Figure(
                    name=name,
                    value=format_cell(name, columns[name]),
                    unit="%" if name in _PERCENT else "",
                    meaning=meaning,
                )
                for name, meaning in names.items()
            ],
        )
        for title, names in _GROUPS.items()
    ]
