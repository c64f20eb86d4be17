"""Find one person's tracks among the tracks of many cameras: `python tools/search.py --help`."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from flatsort.commands.search_arguments import make_search_parser
from flatsort.errors import InputError
from flatsort.messages import LOGGER

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def main(words: list[str] | None = None) -> None:
    """Run one of the commands `index`, `query` and `evaluate`."""
    parser, commands = make_search_parser()
    commands["index"].set_defaults(run=_index)
    commands["query"].set_defaults(run=_query)
    commands["evaluate"].set_defaults(run=_evaluate, plugin=None)
    arguments = parser.parse_args(words)
    if arguments.plugin:
        from flatsort.descriptors import load_plugin

        load_plugin(arguments.plugin)
    arguments.run(arguments)


def _index(arguments: argparse.Namespace) -> None:
    """Describe the tracks, write the index and print its size."""
    from flatsort.files.atomic import check_writable
    from flatsort.retrieval.box_gallery import EXACT_BOXES
    from flatsort.retrieval.build_index import index_cameras
    from flatsort.retrieval.descriptor_fingerprint import open_descriptor
    from flatsort.retrieval.result_footage import open_result_sets
    from flatsort.retrieval.stored_index import FOLDERS, left_to_index, write_stored

    if arguments.boxes < 1:
        raise InputError(f"--boxes {arguments.boxes}: a track needs at least one box")
    if arguments.out.suffix not in FOLDERS:
        check_writable(arguments.out)
    sets = open_result_sets(arguments.results, arguments.source, arguments.mot_root)
    descriptor, fingerprint = open_descriptor(arguments.descriptor)
    left = left_to_index(arguments.out, sets, fingerprint)
    cameras = index_cameras(left, arguments.descriptor, descriptor, fingerprint, arguments.boxes)
    index = write_stored(arguments.out, cameras if left else ())
    for note in (note for each in sets for note in each.source.notes):
        LOGGER.info(note)
    print(
        f"wrote {arguments.out}: {len(index)} tracks of {len(index.sources)} sources by "
        f"{arguments.descriptor}, {len(index.owners)} boxes of {index.features.shape[1]} columns"
    )
    if arguments.out.suffix not in FOLDERS and len(index.owners) > EXACT_BOXES:
        LOGGER.info(
            f"{arguments.out} has more than {EXACT_BOXES} boxes: a gallery (.gallery) is searched "
            "faster and in less memory"
        )


def _query(arguments: argparse.Namespace) -> None:
    """Rank the tracks, print the table and write the requested files."""
    from flatsort.files.atomic import check_writable
    from flatsort.retrieval.answer import text_table, write_json, write_page
    from flatsort.retrieval.query import query_for_picture, query_for_track, search
    from flatsort.retrieval.stored_index import open_stored

    _check_query(arguments)
    outputs = [path for path in (arguments.out, arguments.json) if path]
    for path in outputs:
        check_writable(path)
    box_tlwh = None if arguments.box is None else _parse_box(arguments.box)
    index, gallery = open_stored(arguments.index)
    if arguments.track is not None:
        query = query_for_track(index, arguments.track)
    else:
        query = query_for_picture(index, arguments.picture, box_tlwh, arguments.descriptor)
    answer = search(
        index,
        query,
        sources=arguments.sources,
        distance=arguments.distance,
        engine=arguments.engine,
        top=arguments.top,
        gallery=gallery,
    )
    print(f"{text_table(answer)}\n\n{answer.query}: {answer.how}")
    if arguments.out and _is_page(arguments.out):
        write_page(arguments.out, answer)
    elif arguments.out:
        from flatsort.retrieval.contact_sheet import write_sheet

        write_sheet(arguments.out, answer)
    if arguments.json:
        write_json(arguments.json, answer)
    for path in outputs:
        print(f"wrote {path}")


def _evaluate(arguments: argparse.Namespace) -> None:
    """Score the indexes, print the tables and write the requested files."""
    from flatsort.files.atomic import check_writable
    from flatsort.retrieval.index_file import read_index
    from flatsort.retrieval.search_score_tables import (
        agreement,
        make_tables,
        summary,
        write_json,
        write_markdown,
    )
    from flatsort.retrieval.search_scores import evaluate

    for path in filter(None, (arguments.json, arguments.markdown)):
        check_writable(path)
    findings = [evaluate(read_index(path)) for path in arguments.index]
    for table in make_tables(findings):
        print(f"{table.title}\n\n{table.text('simple')}\n\n{table.note}\n")
    print("\n".join([*summary(findings), *agreement(findings)]))
    if arguments.json:
        write_json(arguments.json, findings)
    if arguments.markdown:
        write_markdown(arguments.markdown, findings)


def _check_query(arguments: argparse.Namespace) -> None:
    """Raise InputError unless the options of a query fit together."""
    if (arguments.track is None) == (arguments.picture is None):
        raise InputError("name one person: give either --track SOURCE:ID or --picture FILE")
    for name in ("box", "descriptor"):
        if arguments.track is not None and getattr(arguments, name) is not None:
            raise InputError(
                f"--{name} goes with --picture: the index already holds the features of its tracks"
            )
    if arguments.top < 1:
        raise InputError(f"--top {arguments.top}: ask for at least one track")
    if arguments.out and not _is_page(arguments.out):
        from flatsort.images.figure_file import check_figure_name

        check_figure_name(arguments.out)


def _is_page(path: Path) -> bool:
    """Return whether a name ends like an HTML page."""
    return path.suffix.lower() in (".html", ".htm")


def _parse_box(text: str) -> "NDArray[np.float32]":
    """Parse "left,top,width,height" to a box (4,)."""
    import numpy as np

    try:
        box_tlwh = np.array([float(word) for word in text.split(",")], np.float32)
    except ValueError:
        box_tlwh = np.empty(0, np.float32)
    if box_tlwh.shape != (4,) or not np.isfinite(box_tlwh).all() or (box_tlwh[2:] <= 0).any():
        raise InputError(f"--box {text}: give left,top,width,height in pixels")
    return box_tlwh
