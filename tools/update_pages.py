"""Copy tables and programs into README.md and docs/, so that nobody copies them by hand.

A pair of marker lines names the file to copy, relative to the page:

    <!-- table: docs/scene.md -->
    <!-- end -->

    <!-- program: ../examples/train.py -->
    <!-- end -->
"""

import argparse
import re
from pathlib import Path

from flatsort import InputError
from flatsort.commands.cli import run

ROOT = Path(__file__).resolve().parent.parent
_INCLUDED = re.compile(
    r"^<!-- (?P<kind>table|program): (?P<path>\S+) -->\n.*?^<!-- end -->$", re.MULTILINE | re.DOTALL
)


def main(words: list[str] | None = None) -> None:
    """Rewrite each page whose copies differ from their files."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="examples:\n  python tools/update_pages.py",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--file",
        nargs="+",
        type=Path,
        default=[ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))],
        help="the pages (README.md and docs/*.md)",
    )
    paths = parser.parse_args(words).file
    # Read everything before writing, so that a missing file leaves every page as it was.
    texts = {path: _read(path) for path in paths}
    pages = {path: include_files(text, path.parent) for path, text in texts.items()}
    for path, page in pages.items():
        if page != texts[path]:
            path.write_text(page, encoding="utf-8")
            print(f"updated {path}")


def include_files(text: str, folder: Path) -> str:
    """Return a page with each table and program replaced by the file that its marker names.

    Args:
        text: Markdown with markers.
        folder: the page's folder; paths in markers are relative to it.

    Raises:
        InputError: a marker names a missing file.
    """

    def include(match: re.Match[str]) -> str:
        path = folder / match["path"]
        if not path.is_file():
            raise InputError(f"{path}: no such {match['kind']}: run `make results` to write it")
        content = path.read_text(encoding="utf-8").strip()
        if match["kind"] == "program":
            content = f"```python\n{content}\n```"
        return f"<!-- {match['kind']}: {match['path']} -->\n\n{content}\n\n<!-- end -->"

    return _INCLUDED.sub(include, text)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot read: {error}") from error


if __name__ == "__main__":
    run(main)
