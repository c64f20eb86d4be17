"""Tracks as lines of text: MOTChallenge's format, JSON lines, CSV.

Each frame's lines are written when the frame is done, so that hours of tracking take no memory.
"""

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from flatsort.files.atomic import atomic_writer, check_writable
from flatsort.files.mot_files import result_line
from flatsort.sources.source import Frame
from flatsort.tracker import Track, Tracks

COLUMNS = (
    *("frame", "seconds", "id", "left", "top", "width", "height"),
    *("confidence", "time_since_update"),
)


class TextFile:
    """A file with a line for each track in each frame.

    Args:
        path: the file; folders are made.

    Raises:
        InputError: it cannot be written there; found out before the tracking, not after it.
    """

    needs_images = False
    header = ""

    def __init__(self, path: Path) -> None:
        check_writable(path)
        self._path = path
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._file = self._stack.enter_context(atomic_writer(self._path))
        self._file.write(self.header)
        return self

    def __exit__(self, kind: type[BaseException] | None, *error_and_trace: object) -> None:
        self._stack.__exit__(kind, *error_and_trace)

    def write(self, frame: Frame, tracks: Tracks) -> None:
        """Write the frame's lines."""
        self._file.writelines(self.line(frame, track) for track in tracks)

    def line(self, frame: Frame, track: Track) -> str:
        """One line, its end included."""
        raise NotImplementedError


class ResultFile(TextFile):
    """A MOTChallenge result file."""

    def line(self, frame: Frame, track: Track) -> str:
        """As SORT and DeepSORT write it."""
        return result_line(frame.number, track.id, *track.box_tlwh.tolist())


class CsvFile(TextFile):
    """A table with COLUMNS as its first line, for spreadsheets and pandas."""

    header = ",".join(COLUMNS) + "\n"

    def line(self, frame: Frame, track: Track) -> str:
        """The values, none of which needs quotes."""
        return ",".join(str(value) for value in row(frame, track)) + "\n"


class JsonLinesFile(TextFile):
    """One JSON object a line, with COLUMNS as its names."""

    def line(self, frame: Frame, track: Track) -> str:
        """The object."""
        return json.dumps(dict(zip(COLUMNS, row(frame, track), strict=True))) + "\n"


def row(frame: Frame, track: Track) -> tuple[float, ...]:
    """The values of COLUMNS: times to a tenth of a millisecond, boxes to a hundredth of a pixel."""
    box = [round(value, 2) for value in track.box_tlwh.tolist()]
    confidence = round(track.confidence, 4)
    times = frame.number, round(frame.seconds, 4), track.id
    return (*times, *box, confidence, track.time_since_update)
