"""Read text files of numbers, with errors that name the line."""

from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import numpy as np

from flatsort.errors import InputError


@dataclass(frozen=True)
class NumberTable:
    """The numbers of a file and, for messages, the line each row stood on.

    Attributes:
        path: the file.
        values: (N, columns) float64.
        lines: the file's lines, blank ones too.
    """

    path: Path
    values: np.ndarray
    lines: list[str]

    def check(self, good: np.ndarray, complaint: str) -> None:
        """Raise InputError for the first row that is not `good`, (N,) bool."""
        if not good.all():
            self.fail(int(np.argmin(good)), complaint)

    def fail(self, row: int, complaint: str) -> NoReturn:
        """Raise InputError for a row, naming its line."""
        raise InputError(f"{self.path}, {self.place(row)}: {complaint}")

    def place(self, row: int) -> str:
        """The line of a row, from 1 as editors count; blank lines count too."""
        numbers = [number for number, line in enumerate(self.lines, 1) if line.strip()]
        return f"line {numbers[row]}"


class ArrayTable(NumberTable):
    """The numbers of an array, whose rows are named as numpy counts them.

    Args:
        name: of the array, for messages.
        values: (N, columns) float64.
    """

    def __init__(self, name: str, values: np.ndarray) -> None:
        super().__init__(Path(name), values, lines=[])

    def place(self, row: int) -> str:
        """The row, from 0."""
        return f"row {row}"


def read_number_table(path: Path, columns: int) -> NumberTable:
    """Read a text file of numbers, separated by commas or, if there are none, by white space.

    Args:
        path: the file.
        columns: how many columns it needs at least; an empty file passes, with ten.

    Raises:
        InputError: it cannot be read, or a row is ragged or no numbers; names file and line.
    """
    lines = _read_lines(path)
    filled = [line for line in lines if line.strip()]
    if not filled:
        return NumberTable(path, np.empty((0, max(columns, 10))), lines)
    delimiter = "," if "," in filled[0] else None
    try:
        values = np.loadtxt(filled, delimiter=delimiter, comments=None, ndmin=2, dtype=np.float64)
    except ValueError as error:
        # The parser's message counts differently: find the line ourselves.
        _raise_first_bad_line(path, lines, delimiter)
        raise InputError(f"{path}: not a MOTChallenge file: {error}") from error
    table = NumberTable(path, values, lines)
    if values.shape[1] < columns:
        table.fail(0, f"{values.shape[1]} columns, at least {columns} are needed")
    return table


def _read_lines(path: Path) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: cannot read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not a text file: give a MOTChallenge file") from error
    return text.split("\n")


def _raise_first_bad_line(path: Path, lines: list[str], delimiter: str | None) -> None:
    expected = None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        fields = line.split(delimiter)
        if expected is None:
            expected = len(fields)
        if len(fields) != expected:
            raise InputError(
                f"{path}, line {number}: {len(fields)} columns where the first row has {expected}"
            )
        for column, field in enumerate(fields, 1):
            try:
                float(field)
            except ValueError as error:
                raise InputError(
                    f"{path}, line {number}: column {column} is not a number: {field.strip()!r}"
                ) from error
