"""A text file that names sources."""

from pathlib import Path

from flatsort.errors import InputError


def read_source_list(path: Path) -> dict[str, int]:
    """Return the sources that a text file names, one per line, with the numbers of their lines.

    Empty lines, and lines that begin with #, are left out.

    Raises:
        InputError: the file cannot be read, names no source, or names a source twice.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not a text file in UTF-8: save it as one") from error
    except OSError as error:
        raise InputError(
            f"{path}: cannot read it ({error.strerror}): give a text file with one source per line"
        ) from error
    lines: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        word = line.strip()
        if not word or word.startswith("#"):
            continue
        if word in lines:
            raise InputError(
                f"{path}, line {number}: line {lines[word]} names {word} too: remove one of them"
            )
        lines[word] = number
    if not lines:
        raise InputError(f"{path}: it names no source: write one per line")
    return lines
