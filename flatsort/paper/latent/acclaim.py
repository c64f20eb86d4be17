"""Read Acclaim motion files: .asf skeletons and .amc motions."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from flatsort.errors import InputError
from flatsort.paper.latent.acclaim_skeleton import Bone, Freedoms, Skeleton, column_names

_Block = dict[str, tuple[int, list[str]]]
"""The lines of one bone in an .asf file: first word -> number of the line and the other words."""


@dataclass(frozen=True)
class Motion:
    """One recording.

    Attributes:
        frames: (F,) int64, frame numbers. CMU's start at 1, with 120 frames per second; a trimmed
            recording starts later.
        names: names of the D values, in the form of `column_names`.
        values: (F, D) float64; angles are in degrees.
    """

    frames: NDArray[np.int64]
    names: tuple[str, ...]
    values: NDArray[np.float64]


def read_skeleton(path: Path) -> Skeleton:
    """Read an .asf skeleton with angles in degrees.

    The root's position and orientation at rest are ignored; in CMU's files all are zero.

    Raises:
        InputError: the file cannot be read, has no bones, has an incomplete bone, or its bones do
            not form a tree; the message names file and line.
    """
    freedoms: Freedoms = {}
    bones: dict[str, tuple[int, _Block]] = {}
    parents: dict[str, tuple[int, str]] = {}
    section, begun, block = "", 0, {}
    for line, (key, *words) in _lines(path):
        if key.startswith(":"):
            section = key
        elif section == ":units" and key == "angle" and words != ["deg"]:
            _fail(path, line, f"angles in {' '.join(words)}: convert it to deg")
        elif section == ":root" and key == "order":
            freedoms["root"] = tuple(word.lower() for word in words)
        elif section == ":bonedata" and key == "begin":
            begun, block = line, {}
        elif section == ":bonedata" and key == "end":
            _, name = block.get("name", (begun, []))
            if len(name) != 1 or name[0] in bones:
                _fail(path, begun, "a bone needs its own name: download the file again")
            bones[name[0]] = begun, block
        elif section == ":bonedata":
            block[key] = line, words
        elif section == ":hierarchy":
            for child in words:
                if child in parents or child not in bones or key not in {"root", *bones}:
                    _fail(
                        path, line, f"{child} cannot hang on {key}: it is unknown or listed twice"
                    )
                parents[child] = line, key
    if not bones:
        raise InputError(f"{path}: no bones: is it an .asf skeleton?")
    read = {name: _bone(path, begun, block, parents) for name, (begun, block) in bones.items()}
    freedoms |= {name: bone.freedoms for name, bone in read.items() if bone.freedoms}
    return Skeleton(tuple(read[name] for name in _from_root(path, parents)), freedoms)


def read_motion(path: Path, freedoms: Freedoms) -> Motion:
    """Read an .amc motion of a skeleton with these freedoms.

    Raises:
        InputError: the file cannot be read, is not in degrees, or does not fit the skeleton; the
            message names file and line.
    """
    frames, rows = [], []
    for line, frame, bones in _blocks(path, freedoms):
        missing = [bone for bone in freedoms if bone not in bones]
        if missing:
            _fail(path, line, f"frame {frame} lacks {', '.join(missing)}: is it cut short?")
        frames.append(frame)
        rows.append([value for bone in freedoms for value in bones[bone]])
    if not frames:
        raise InputError(f"{path}: no frames: is it an .amc motion?")
    return Motion(
        frames=np.array(frames, np.int64),
        names=column_names(freedoms),
        values=np.array(rows),
    )


def _bone(path: Path, begun: int, block: _Block, parents: dict[str, tuple[int, str]]) -> Bone:
    """Make a bone from the lines between its `begin`, at line `begun`, and its `end`."""
    _, (name,) = block["name"]
    if name not in parents:
        _fail(path, begun, f"{name} is not in the hierarchy: download the file again")
    line, words = block.get("axis", (begun, []))
    if words[3:] != ["XYZ"]:
        _fail(path, line, f"{name} needs an axis of three angles and XYZ, as CMU has it")
    axis = _numbers(path, line, f"axis of {name}", words[:3], 3)
    line, words = block.get("direction", (begun, []))
    direction = np.array(_numbers(path, line, f"direction of {name}", words, 3))
    if abs(np.linalg.norm(direction) - 1) > 0.001:
        _fail(path, line, f"direction of {name} needs to be a unit vector")
    line, words = block.get("length", (begun, []))
    (length,) = _numbers(path, line, f"length of {name}", words, 1)
    line, freedoms = block.get("dof", (begun, []))
    if not {*freedoms} <= {"rx", "ry", "rz"} or len({*freedoms}) != len(freedoms):
        _fail(path, line, f"dof of {name} needs to be some of rx, ry, rz")
    _, parent = parents[name]
    return Bone(name, parent, direction, length, np.array(axis), tuple(freedoms))


def _from_root(path: Path, parents: dict[str, tuple[int, str]]) -> list[str]:
    """List all bones, each after its parent."""
    placed = ["root"]
    # The loop also visits the bones that it appends.
    for parent in placed:
        placed += [child for child, (_, own) in parents.items() if own == parent]
    for child, (line, parent) in parents.items():
        if child not in placed:
            _fail(path, line, f"{child} hangs on {parent} in a circle: download the file again")
    return placed[1:]


def _blocks(path: Path, freedoms: Freedoms) -> Iterator[tuple[int, int, dict[str, list[float]]]]:
    """Yield the frames: number of the line, number of the frame, and bone -> values."""
    in_degrees, block = False, None
    for line, (key, *words) in _lines(path):
        if key.startswith(":"):
            in_degrees |= key == ":DEGREES"
        elif not words:
            if not in_degrees:
                _fail(path, line, "no :DEGREES line above the first frame: convert it to degrees")
            if not key.isdecimal():
                _fail(path, line, f"{key} is not a frame number: is it an .amc motion?")
            if block:
                yield block
            block = (line, int(key), {})
        elif block is None:
            _fail(path, line, f"{key} stands before the first frame: is it an .amc motion?")
        else:
            block[2][key] = _values(path, line, key, words, freedoms)
    if block:
        yield block


def _values(path: Path, line: int, bone: str, words: list[str], freedoms: Freedoms) -> list[float]:
    own = freedoms.get(bone)
    if own is None:
        _fail(path, line, f"no bone {bone} moves in the skeleton: take the subject's own .asf")
    return _numbers(path, line, bone, words, len(own), f" ({', '.join(own)})")


def _numbers(
    path: Path, line: int, name: str, words: list[str], count: int, meanings: str = ""
) -> list[float]:
    try:
        values = [float(word) for word in words]
    except ValueError:
        _fail(path, line, f"{name} has values that are not numbers: download the file again")
    if len(values) != count or not all(map(math.isfinite, values)):
        _fail(path, line, f"{name} needs {count} finite values{meanings}")
    return values


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the number (from 1) and the words of each line that is neither blank nor a comment."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path}: cannot be read ({error}): download it from mocap.cs.cmu.edu"
        ) from error
    for number, line in enumerate(text.split("\n"), 1):
        words = line.split()
        if words and not words[0].startswith("#"):
            yield number, words


def _fail(path: Path, line: int, complaint: str) -> NoReturn:
    raise InputError(f"{path}, line {line}: {complaint}")
