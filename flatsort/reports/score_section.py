"""The score as a table that says what its columns mean."""

from collections.abc import Mapping
from dataclasses import dataclass

from flatsort.evaluation.tracks.score_table import format_cell

_GROUPS = {
    "Overall": {
        "HOTA": "detection and association in balance",
        "MOTA": "boxes right less misses, false alarms and switches",
        "MOTAL": "the same, with the logarithm of the switches",
        "MOTP": "overlap of the boxes that match",
    },
    "Identities": {
        "IDF1": "boxes with the right identity",
        "IDP": "of the boxes reported",
        "IDR": "of the boxes there are",
        "IDs": "switches: another track is on a person than before",
        "FM": "fragments: a person is lost and found again",
    },
    "Boxes": {
        "Recall": "people found",
        "Precision": "reports that are people",
        "FAR": "false alarms a frame",
        "FP": "false alarms",
        "FN": "people missed, frame by frame",
    },
    "People": {
        "MT": "mostly tracked: in at least 80 % of their frames",
        "PT": "partially tracked",
        "ML": "mostly lost: in less than 20 %",
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
        name: of the column.
        value: as the paper prints it.
        unit: "%" or nothing.
        meaning: in a few words.
    """

    name: str
    value: str
    unit: str
    meaning: str


@dataclass(frozen=True)
class FigureGroup:
    """Columns about one thing."""

    title: str
    figures: list[Figure]


def group_figures(columns: Mapping[str, float]) -> list[FigureGroup]:
    """All columns of a score, by what they are about.

    Args:
        columns: from :meth:`flatsort.evaluation.tracks.score.Score.columns`.
    """
    return [
        FigureGroup(
            title,
            [
                Figure(name, format_cell(name, columns[name]), "%" if name in _PERCENT else "", why)
                for name, why in names.items()
            ],
        )
        for title, names in _GROUPS.items()
    ]
