"""Copy tables that commands wrote under docs/ into the README, so that none is copied by hand.

A table stands between two marker lines, each alone on its line:

    <!-- table: docs/scene.md -->
    <!-- end -->
"""

import argparse
import re
from pathlib import Path

from tools.cli import run
from tools.errors import InputError
from tools.paths import PROJECT

_TABLE = re.compile(r"^<!-- table: (?P<path>\S+) -->\n.*?^<!-- end -->$", re.MULTILINE | re.DOTALL)


def main(words: list[str] | None = None) -> None:
    """Rewrite the file's tables in place."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="examples:\n  python tools/update_readme.py",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--file", type=Path, default=PROJECT / "README.md", help="the page (README.md)"
    )
    path = parser.parse_args(words).file

    from tools.atomic import atomic_writer

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot read: {error}") from error
    page = include_tables(text, path.parent)
    with atomic_writer(path) as handle:
        handle.write(page)


def include_tables(text: str, folder: Path) -> str:
    """The text with each table replaced by the file that its marker names.

    Args:
        text: Markdown with markers.
        folder: where the markers' relative paths start.

    Raises:
        InputError: a file named is missing.
    """

    def include(match: re.Match[str]) -> str:
        path = folder / match["path"]
        if not path.is_file():
            raise InputError(f"{path}: no such table: run `make results` first")
        return (
            f"<!-- table: {match['path']} -->\n\n"
            f"{path.read_text(encoding='utf-8').strip()}\n\n<!-- end -->"
        )

    return _TABLE.sub(include, text)


if __name__ == "__main__":
    run(main)
