"""YOLO's text files: one file per frame, one line per box, in fractions of the picture."""

import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from flatsort.errors import InputError
from flatsort.exchange.foreign_boxes import ForeignBox, ForeignBoxes, collect, first_is_one
from flatsort.files.atomic import atomic_writer, check_writable
from flatsort.reid_vae.whole_file import whole_folder
from flatsort.sources.source import Frame
from flatsort.tracker import Tracks

_NAMES = "classes.txt"
"""The file with the classes' names, one per line; annotation programs write it beside the boxes."""
_COLUMNS = "class, centre x, centre y, width, height, and perhaps a confidence and an identity"


def read_yolo(folder: Path) -> ForeignBoxes:
    """Read a folder of text files, or its folder labels/.

    The last number of a file's name is its frame; if there is a frame 0, it is the first one. A
    frame without boxes may lack a file.

    Args:
        folder: the folder; classes.txt in it, or beside it, has the names of the classes.

    Raises:
        InputError: there are no such files, or a line is wrong.
    """
    labels = folder / "labels" if (folder / "labels").is_dir() else folder
    paths = [path for path in labels.glob("*.txt") if path.name != _NAMES]
    if not paths:
        raise InputError(f"{folder}: no boxes here: give a folder with one .txt per frame")
    numbers = {path: _frame(path) for path in sorted(paths)}
    shift = first_is_one(numbers.values())
    boxes = [box for path, number in numbers.items() for box in _read_file(path, number + shift)]
    return collect(labels, boxes, _read_names(labels), is_relative=True)


def _frame(path: Path) -> int:
    found = re.findall(r"\d+", path.stem)
    if not found:
        raise InputError(f"{path}: its name has no frame number: name it such as walk_000001.txt")
    return int(found[-1])


def _read_file(path: Path, frame: int) -> Iterator[ForeignBox]:
    for number, line in enumerate(_lines(path), 1):
        words = line.split()
        if not words:
            continue
        try:
            kind, *values = map(float, words)
            identity = values.pop() if len(values) == 6 else -1
            if len(values) not in (4, 5) or kind < 0 or not (kind % 1 == identity % 1 == 0):
                raise ValueError
        except ValueError:
            raise InputError(f"{path}, line {number}: give {_COLUMNS}") from None
        x, y, width, height, *confidence = values
        yield ForeignBox(
            *(frame, x - width / 2, y - height / 2, width, height),
            confidence=confidence[0] if confidence else 1.0,
            class_number=int(kind),
            identity=int(identity),
            place=f"{path.name}, line {number}",
        )


def _read_names(labels: Path) -> dict[int, str]:
    for folder in (labels, labels.parent):
        if (folder / _NAMES).is_file():
            lines = enumerate(_lines(folder / _NAMES))
            return {number: line.strip() for number, line in lines if line.strip()}
    return {}


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise InputError(f"{path}: cannot read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not a text file: {error.reason}") from error


class YoloFolder:
    """A sink that writes a folder with one text file per frame, and classes.txt.

    Each line is the class, the centre, width and height in fractions of the picture, the confidence
    and the identity, as ultralytics writes tracks.

    Args:
        path: the folder. An older folder is replaced if it has nothing but text files.
        class_names: number -> name of the classes, from 0.

    Raises:
        InputError: the folder has other files, or cannot be written.
    """

    needs_images = True

    def __init__(self, path: Path, class_names: Mapping[int, str]) -> None:
        if path.exists() and not (
            path.is_dir() and all(each.suffix == ".txt" for each in path.iterdir())
        ):
            raise InputError(f"{path}: it has more than text files: move it away")
        check_writable(path / _NAMES)
        self._path, self._class_names = path, dict(class_names)
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._made = self._stack.enter_context(whole_folder(self._path))
        last = max(self._class_names, default=0)
        names = [self._class_names.get(number, f"class {number + 1}") for number in range(last + 1)]
        with atomic_writer(self._made / _NAMES) as file:
            file.write("\n".join(names) + "\n")
        return self

    def __exit__(self, kind: type[BaseException] | None, *error_and_trace: object) -> None:
        self._stack.__exit__(kind, *error_and_trace)

    def write(self, frame: Frame, tracks: Tracks) -> None:
        """Write one frame's file; a frame without tracks has an empty one."""
        height, width = frame.image.shape[:2]
        lines = []
        for track in tracks:
            left, top, wide, high = track.box_tlwh.tolist()
            values = (
                (left + wide / 2) / width,
                (top + high / 2) / height,
                wide / width,
                high / height,
            )
            numbers = " ".join(f"{value:.6f}" for value in values)
            lines.append(f"{track.class_number or 0} {numbers} {track.confidence:.4f} {track.id}\n")
        with atomic_writer(self._made / f"{frame.number:06d}.txt") as file:
            file.writelines(lines)
