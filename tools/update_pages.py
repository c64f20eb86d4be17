"""Copy tables and programs into README and docs/, so that none is copied by hand.

Each stands between two marker lines, alone on their lines, that name a file relative to the page:

    <!-- table: docs/scene.md -->
    <!-- end -->

    <!-- program: ../examples/train.py -->
    <!-- end -->
"""

import argparse
import re
from pathlib import Path

from flatsort.commands.cli import run
from flatsort.errors import InputError
from flatsort.files.paths import DOCS, PROJECT

_INCLUDED = re.compile(
    r"^<!-- (?P<kind>table|program): (?P<path>\S+) -->\n.*?^<!-- end -->$", re.MULTILINE | re.DOTALL
)


def main(words: list[str] | None = None) -> None:
    """Rewrite in place the pages that include something else than they should."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="examples:\n  python tools/update_pages.py",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--file",
        nargs="+",
        type=Path,
        default=[PROJECT / "README.md", *sorted(DOCS.glob("*.md"))],
        help="the pages (README.md and docs/*.md)",
    )
    paths = parser.parse_args(words).file

    from flatsort.files.atomic import atomic_writer

    # All are read before one is written: what is missing leaves every page as it was.
    texts = {path: _read(path) for path in paths}
    pages = {path: include_files(text, path.parent) for path, text in texts.items()}
    for path, page in pages.items():
        if page != texts[path]:
            with atomic_writer(path) as handle:
                handle.write(page)
            print(f"updated {path}")


def include_files(text: str, folder: Path) -> str:
    """The text with each table and program replaced by the file that its marker names.

    Args:
        text: Markdown with markers.
        folder: where the markers' relative paths start.

    Raises:
        InputError: a file named is missing.
    """

    def include(match: re.Match[str]) -> str:
        path = folder / match["path"]
        if not path.is_file():
            raise InputError(f"{path}: no such {match['kind']}: tables are made by `make results`")
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
