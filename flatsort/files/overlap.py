"""Refuse to write a file over one that the same command reads."""

import os
from collections.abc import Iterable
from pathlib import Path

from flatsort.errors import InputError
from flatsort.files.file_word import named_path
from flatsort.images.image_file import IMAGE_SUFFIXES


def refuse_overlap(outputs: Iterable[Path], inputs: Iterable[str | Path]) -> None:
    """Check that no output is an input or part of a sequence, and that outputs differ.

    Links, relative parts and the case of letters do not hide that two paths are one file.

    Args:
        outputs: the files or folders to write; they need not exist.
        inputs: words of the command line, paths among them. A word such as ``file:det.txt`` or
            ``onnx:net.onnx,size=640`` names a file too. A folder stands for the pictures in it.

    Raises:
        InputError: an output is an input, belongs to a sequence, or is written twice.
    """
    read = [path for path in map(named_path, inputs) if path.exists()]
    written: list[Path] = []
    for output in outputs:
        if any(_is_same(output, other) for other in written):
            raise InputError(f"{output}: two outputs have this name: name another file")
        if any(_is_read(output, path) for path in read):
            kind = "folder" if output.is_dir() else "file"
            raise InputError(
                f"{output}: the command reads this {kind} and would overwrite it: name another "
                f"{kind} to write"
            )
        if _is_of_sequence(output):
            raise InputError(
                f"{output}: this file belongs to a sequence: name another file to write"
            )
        written.append(output)


def _is_read(output: Path, read: Path) -> bool:
    """Return whether an output is a path that is read, or a picture in a folder that is read."""
    is_picture = output.suffix.lower() in IMAGE_SUFFIXES and output.is_file()
    return _is_same(output, read) or (is_picture and _is_same(output.parent, read))


def _is_of_sequence(output: Path) -> bool:
    """Return whether a path is a frame, a table or the description of a MOTChallenge sequence."""
    if not output.is_file():
        return False
    path = Path(os.path.realpath(output))
    is_table = path.parent.name in ("det", "gt")
    is_part = is_table or path.suffix.lower() in IMAGE_SUFFIXES
    return path.name == "seqinfo.ini" or (is_part and (path.parents[1] / "seqinfo.ini").is_file())


def _is_same(one: Path, other: Path) -> bool:
    """Return whether two paths are the same file or folder; devices such as /dev/stdout never."""
    if one.is_relative_to("/dev"):
        return False
    try:
        return one.samefile(other)
    except OSError:
        return os.path.realpath(one) == os.path.realpath(other)
