"""Write one table of all shipped descriptors, to choose from: docs/choosing.md.

The figures come from the files of other commands: the report on descriptors, the benchmarks of
speed and of accuracy, the evidence, and the weights. Nothing is measured here, so the command takes
a second. The table alone is written beside the page, for other pages.
"""

import argparse

from benchmarks.options import ROOT, add_page, make_parser
from flatsort.commands.cli import run

EXAMPLES = """\
examples:
  python -m benchmarks.choosing
"""


def main(words: list[str] | None = None) -> None:
    """Read the figures, and write the page and its table."""
    arguments = _parse(words)
    from benchmarks.choosing_inputs import read_inputs
    from benchmarks.choosing_page import make_page, make_table
    from flatsort.files.atomic import atomic_writer, check_writable

    page = arguments.out
    table = page.with_name(f"{page.stem}-table.md")
    for path in (page, table):
        check_writable(path)
    inputs = read_inputs(ROOT)
    texts = {table: make_table(inputs), page: make_page(inputs)}
    for path, text in texts.items():
        with atomic_writer(path) as handle:
            handle.write(text)
    print(texts[page])


def _parse(words: list[str] | None) -> argparse.Namespace:
    parser = make_parser("choosing", __doc__, EXAMPLES)
    add_page(parser, "choosing", "the page; its table lies beside it as NAME-table.md")
    return parser.parse_args(words)


if __name__ == "__main__":
    run(main)
