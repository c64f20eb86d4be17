"""Text files of tracks: MOTChallenge's format, JSON lines and CSV.

Each frame's lines are written as soon as they come, so that memory does not grow over hours.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from flatsort.files.atomic import atomic_writer, check_writable
from flatsort.files.mot_files import result_line
from flatsort.sources.source import Frame
from flatsort.tracker import Track, Tracks

COLUMNS = (
    *("frame", "seconds", "id", "left", "top", "width", "height"),
    *("confidence", "time_since_update", "class"),
)


class TextFile(ABC):
    """A file with one line per track and frame.

    Args:
        path: the file; missing folders are made.
        class_names: number -> name of the classes.

    Raises:
        InputError: the file cannot be written; the check comes before any frame is tracked.
    """

    needs_images = False
    header = ""

    def __init__(self, path: Path, class_names: Mapping[int, str] | None = None) -> None:
        check_writable(path)
        self._path, self._class_names = path, class_names or {}
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._file = self._stack.enter_context(atomic_writer(self._path))
        self._file.write(self.header)
        return self

    def __exit__(self, kind: type[BaseException] | None, *error_and_trace: object) -> None:
        self._stack.__exit__(kind, *error_and_trace)

    def write(self, frame: Frame, tracks: Tracks) -> None:
        """Write the lines of one frame."""
        self._file.writelines(self.line(frame, track) for track in tracks)

    @abstractmethod
    def line(self, frame: Frame, track: Track) -> str:
        """Return the line of one track, with its line feed."""


class ResultFile(TextFile):
    """A MOTChallenge result file."""

    def line(self, frame: Frame, track: Track) -> str:
        """Return the line in the format of SORT and DeepSORT; a filled box has confidence 0."""
        is_filled = track.time_since_update > 0 and track.confidence == 0
        box = track.box_tlwh.tolist()
        number = -1 if track.class_number is None else track.class_number + 1
        return result_line(frame.number, track.id, *box, 0 if is_filled else 1, number)


class CsvFile(TextFile):
    """A table for spreadsheets and pandas; its first line is COLUMNS."""

    header = ",".join(COLUMNS) + "\n"

    def line(self, frame: Frame, track: Track) -> str:
        """Return the values with commas between them; an unknown class is empty."""
        *numbers, name = row(frame, track, self._class_names)
        return ",".join([*map(str, numbers), _quoted(name or "")]) + "\n"


class JsonLinesFile(TextFile):
    """A file with one JSON object per line, whose keys are COLUMNS."""

    def line(self, frame: Frame, track: Track) -> str:
        """Return the track as a JSON object."""
        return (
            json.dumps(dict(zip(COLUMNS, row(frame, track, self._class_names), strict=True))) + "\n"
        )


def row(
    frame: Frame, track: Track, class_names: Mapping[int, str]
) -> tuple[float | str | None, ...]:
    """Return the values of COLUMNS, rounded: times to 0.1 ms, boxes to 0.01 pixels.

    The class is its name, without a name its number from 1, and None if it is unknown.
    """
    box = [round(value, 2) for value in track.box_tlwh.tolist()]
    confidence = round(track.confidence, 4)
    times = frame.number, round(frame.seconds, 4), track.id
    number = track.class_number
    name = None if number is None else class_names.get(number, f"{number + 1}")
    return (*times, *box, confidence, track.time_since_update, name)


def _quoted(name: str) -> str:
    """Return a name as a cell of a table; a comma or a quote needs quotes around it."""
    return f'"{name.replace(chr(34), chr(34) * 2)}"' if set(name) & set(',"') else name
