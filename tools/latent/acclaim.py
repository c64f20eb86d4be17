"""Acclaim motion files: .asf skeletons and .amc motions."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from tools.errors import InputError

# Of each bone that moves, by name, and of "root": rx, ry, rz (the root tx, ty, tz too), in the
# order in which a motion lists their values.
Skeleton = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Motion:
    """One recording.

    Attributes:
        frames: (F,) int64, CMU's run from 1 at 120 a second; a trimmed recording starts later.
        names: of the D values, see `column_names`.
        values: (F, D) float64, angles in degrees.
    """

    frames: NDArray[np.int64]
    names: tuple[str, ...]
    values: NDArray[np.float64]


def read_skeleton(path: Path) -> Skeleton:
    """What can move in an .asf skeleton; bones without `dof` cannot and are left out.

    Raises:
        InputError: it cannot be read or has no bones that move; names file and line.
    """
    skeleton: Skeleton = {}
    section, bone = "", ""
    for line, (key, *words) in _lines(path):
        if key.startswith(":"):
            section = key
        elif section == ":root" and key == "order":
            skeleton["root"] = tuple(word.lower() for word in words)
        elif section == ":bonedata" and key == "begin":
            bone = ""
        elif section == ":bonedata" and key == "name":
            bone = " ".join(words)
        elif section == ":bonedata" and key == "dof":
            if not bone:
                _fail(path, line, "dof of a bone without a name: mend it or fetch it again")
            skeleton[bone] = tuple(words)
    if not skeleton:
        raise InputError(f"{path}: no bone has a dof line: is it an .asf skeleton?")
    return skeleton


def column_names(skeleton: Skeleton) -> tuple[str, ...]:
    """Of a motion's values: "lfemur rx", bones in the skeleton's order."""
    return tuple(f"{bone} {freedom}" for bone, freedoms in skeleton.items() for freedom in freedoms)


def read_motion(path: Path, skeleton: Skeleton) -> Motion:
    """An .amc motion of a skeleton.

    Raises:
        InputError: it cannot be read, is not in degrees, or does not fit the skeleton; names file
            and line.
    """
    frames, rows = [], []
    for line, frame, bones in _blocks(path, skeleton):
        missing = [bone for bone in skeleton if bone not in bones]
        if missing:
            _fail(path, line, f"frame {frame} lacks {', '.join(missing)}: is it cut short?")
        frames.append(frame)
        rows.append([value for bone in skeleton for value in bones[bone]])
    if not frames:
        raise InputError(f"{path}: no frames: is it an .amc motion?")
    return Motion(
        frames=np.array(frames, np.int64),
        names=column_names(skeleton),
        values=np.array(rows),
    )


def _blocks(path: Path, skeleton: Skeleton) -> Iterator[tuple[int, int, dict[str, list[float]]]]:
    """The frames: line, number, and each bone's values."""
    in_degrees, block = False, None
    for line, (key, *words) in _lines(path):
        if key.startswith(":"):
            in_degrees |= key == ":DEGREES"
        elif not words:
            if not in_degrees:
                _fail(path, line, "no :DEGREES line above the first frame: convert it to degrees")
            if not key.isdecimal():
                _fail(path, line, f"{key} is no frame number: is it an .amc motion?")
            if block:
                yield block
            block = (line, int(key), {})
        elif block is None:
            _fail(path, line, f"{key} stands before the first frame: is it an .amc motion?")
        else:
            block[2][key] = _values(path, line, key, words, skeleton)
    if block:
        yield block


def _values(path: Path, line: int, bone: str, words: list[str], skeleton: Skeleton) -> list[float]:
    freedoms = skeleton.get(bone)
    if freedoms is None:
        _fail(path, line, f"no bone {bone} moves in the skeleton: take the subject's own .asf")
    try:
        values = [float(word) for word in words]
    except ValueError:
        _fail(path, line, f"{bone} has values that are no numbers: mend it or fetch it again")
    if len(values) != len(freedoms) or not all(map(math.isfinite, values)):
        _fail(path, line, f"{bone} needs {len(freedoms)} finite values ({', '.join(freedoms)})")
    return values


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Number, from 1, and words of each line that is neither blank nor a comment."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path}: cannot be read ({error}): fetch it from mocap.cs.cmu.edu"
        ) from error
    for number, line in enumerate(text.split("\n"), 1):
        words = line.split()
        if words and not words[0].startswith("#"):
            yield number, words


def _fail(path: Path, line: int, complaint: str) -> NoReturn:
    raise InputError(f"{path}, line {line}: {complaint}")
