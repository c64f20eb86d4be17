"""The file and the settings in words such as ``onnx:net.onnx,size=640`` of a command line."""

import re
from pathlib import Path


def split_file_word(argument: str) -> tuple[Path, list[str]]:
    """Return the file and the settings of the text after the colon of a word.

    A comma may belong to the file's name, so the longest name of a file that is there counts.
    ``~`` is the user's own folder.

    Args:
        argument: such as ``net.onnx,size=640,norm=unit``.

    Returns:
        The path, which may not exist, and the texts between the commas after it.
    """
    parts = argument.split(",")
    for count in range(len(parts), 0, -1):
        path = Path(",".join(parts[:count])).expanduser()
        if path.is_file() or count == 1:
            break
    return path, parts[count:]


def named_path(word: str | Path) -> Path:
    """Return the path that a word names, without ``file:`` before it and settings after it.

    The path may not exist. A word that is itself an existing path names that path.
    """
    if Path(word).exists():
        return Path(word)
    return split_file_word(re.sub(r"^(file|onnx|features):", "", str(word)))[0]


def url_of_path(path: str | Path) -> str:
    """Return a file's path in the form in which FFmpeg takes no part of it for a protocol.

    Without it, FFmpeg refuses ``12:30:00.mp4``, because it knows no protocol ``12``.
    """
    return f"file:{path}"
