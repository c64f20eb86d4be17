"""Read text files of numbers; errors name the line."""

import codecs
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import numpy as np

from flatsort.errors import InputError


@dataclass(frozen=True)
class NumberTable:
    """The numbers of a file, and its lines for messages.

    Attributes:
        path: the file.
        values: (N, columns) float64.
        lines: all lines of the file, including blank ones.
    """

    path: Path
    values: np.ndarray
    lines: list[str]

    def check(self, good: np.ndarray, complaint: str) -> None:
        """Raise InputError for the first row where `good`, (N,) bool, is False."""
        if not good.all():
            self.fail(int(np.argmin(good)), complaint)

    def fail(self, row: int, complaint: str) -> NoReturn:
        """Raise InputError with the line of a row."""
        raise InputError(f"{self.path}, {self.place(row)}: {complaint}")

    def place(self, row: int) -> str:
        """Return a row's line, counted from 1 as editors do, including blank lines."""
        numbers = [number for number, line in enumerate(self.lines, 1) if line.strip()]
        return f"line {numbers[row]}"


class ArrayTable(NumberTable):
    """The numbers of an array; messages count its rows from 0, as numpy does.

    Args:
        name: the array's name, for messages.
        values: (N, columns) float64.
    """

    def __init__(self, name: str, values: np.ndarray) -> None:
        super().__init__(Path(name), values, lines=[])

    def place(self, row: int) -> str:
        """Return a row's number, counted from 0."""
        return f"row {row}"


def read_number_table(path: Path, columns: Sequence[str]) -> NumberTable:
    """Read a text file of numbers, separated by commas or, if it has none, by white space.

    A comma at the end of every line is left out.

    Args:
        path: the file, in UTF-8, or in UTF-16 with a byte-order mark.
        columns: names of the columns that it must have. More may follow. An empty file passes and
            gets at least ten columns.

    Raises:
        InputError: the file cannot be read, a row has a wrong number of columns, or a field is not
            a number; the message names file and line.
    """
    lines = _read_lines(path)
    filled = [line for line in lines if line.strip()]
    if not filled:
        return NumberTable(path, np.empty((0, max(len(columns), 10))), lines)
    delimiter = "," if "," in filled[0] else None
    try:
        values = np.loadtxt(filled, delimiter=delimiter, comments=None, ndmin=2, dtype=np.float64)
    except ValueError as error:
        # numpy's message counts lines without blank ones, so look for the bad line here.
        _raise_first_bad_line(path, lines, delimiter)
        raise InputError(f"{path}: not a MOTChallenge file: {error}") from error
    table = NumberTable(path, values, lines)
    if values.shape[1] < len(columns):
        table.fail(
            0,
            f"{values.shape[1]} columns, at least {len(columns)} are needed: {', '.join(columns)}",
        )
    return table


def _read_lines(path: Path) -> list[str]:
    try:
        data = path.read_bytes()
        # PowerShell writes UTF-16.
        is_wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        text = data.decode("utf-16" if is_wide else "utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: cannot read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not a text file: give a MOTChallenge file") from error
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if all(line.rstrip().endswith(",") for line in lines if line.strip()):
        return [line.rstrip().removesuffix(",") for line in lines]
    return lines


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
