"""Find one person's tracks among those of many cameras. See `python tools/search.py --help`."""

import argparse
from pathlib import Path

from flatsort.commands.cli import make_parser
from flatsort.errors import InputError

EXAMPLES = """\
examples:
  # the tracks of several cameras, each described by up to 16 of its boxes
  python tools/search.py index --results results/fmvae/MOT16-09.txt results/fmvae/scene.txt \\
      --descriptor fmvae-track --out people.npz

  # who looks like track 12 of MOT16-09, and like the person of a picture
  python tools/search.py query --index people.npz --track MOT16-09:12 --out answer.jpg
  python tools/search.py query --index people.npz --picture person.jpg --top 20 --out answer.html

  # how well that finds people whose identities are known
  python tools/search.py evaluate --index people.npz --markdown docs/search.md

`python tools/search.py COMMAND --help` tells more of each.
"""

INDEX = """\
A result file's frames are where the record beside it (SEQ.json, written by track.py) says, else
those of the sequence of its name, else given by --source, one for each file in the same order. The
index holds no frames, but some boxes of each track as the descriptor sees them, spread over its
life, and a small picture.

examples:
  python tools/search.py index --results results/fmvae/*.txt --out people.npz
  python tools/search.py index --results cam1.txt cam2.txt --source cam1.mp4 cam2.mp4 \\
      --descriptor weights/mine.safetensors --out people.npz
"""

QUERY = """\
The order is that of comparing everything. faiss, where it is installed (pip install faiss-cpu),
only finds it sooner.

examples:
  python tools/search.py query --index people.npz --track MOT16-09:12 --top 10 --out answer.jpg

  # a person in a larger picture: left, top, width, height in pixels
  python tools/search.py query --index people.npz --picture street.jpg --box 310,95,60,150

  # in two of the cameras, as a page and for a program
  python tools/search.py query --index people.npz --track cam1:7 --in cam2 cam3 \\
      --out answer.html --json answer.json
"""

EVALUATE = """\
Two questions whose answers are known. Fragments: a person who has several tracks, by the ground
truth of the sequence; each asks for the others. Halves: the first half of each track asks for the
second among everybody's. Other cameras' tracks stand between.

examples:
  python tools/search.py evaluate --index people.npz

  # descriptors beside each other, on the same results
  python tools/search.py evaluate --index fmvae.npz osnet.npz --json figures.json
"""


DISTANCE = "what the descriptor was calibrated for, or Euclidean in its latents (calibrated)"


def main(words: list[str] | None = None) -> None:
    """Index, query or evaluate."""
    arguments = parse_arguments(words)
    if arguments.plugin:
        from flatsort.descriptors import load_plugin

        load_plugin(arguments.plugin)
    arguments.command(arguments)


def parse_arguments(words: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = make_parser(
        "search",
        description="Find one person's tracks among those of many cameras.",
        epilog=EXAMPLES,
    )
    commands = parser.add_subparsers(required=True, title="commands")

    def command(name: str, function: object, text: str, examples: str) -> argparse.ArgumentParser:
        made = commands.add_parser(
            name,
            help=text,
            description=text[0].upper() + text[1:] + ".",
            epilog=examples,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        made.set_defaults(command=function, plugin=None)
        return made

    files = {"type": Path, "required": True, "metavar": "FILE"}
    plugin = "Python file that registers a descriptor of your own"
    add = command("index", index_results, "describe the tracks of result files", INDEX).add_argument
    add("--results", nargs="+", **files, help="MOTChallenge result files")
    add("--source", nargs="+", metavar="FOOTAGE", help="a video, folder or sequence for each")
    add("--mot-root", metavar="DIR", help="where names are looked up ($MOT16_ROOT, data/MOT16)")
    add("--descriptor", default="fmvae-track", metavar="NAME", help="as for track.py (fmvae-track)")
    # On MOT16-09 16 find more than 8, and 32 no more than 16.
    add("--boxes", type=int, default=16, metavar="N", help="of a track, at most (16)")
    add("--out", **files, help="the index, .npz")
    add("--plugin", metavar="FILE.py", help=plugin)
    add = command("query", query_index, "rank tracks by likeness to a person", QUERY).add_argument
    add("--index", **files, help="what index wrote")
    add("--track", metavar="SOURCE:ID", help="the person of a track in the index")
    add("--picture", type=Path, metavar="FILE", help="the person in a picture")
    add("--box", metavar="L,T,W,H", help="where in the picture, pixels (all of it)")
    add("--in", nargs="+", dest="sources", metavar="SOURCE", help="look only there (everywhere)")
    add("--top", type=int, default=10, metavar="N", help="how many tracks (10)")
    add("--distance", choices=("calibrated", "euclidean"), default="calibrated", help=DISTANCE)
    add("--engine", choices=("kd-tree", "faiss"), help="(faiss if it is installed)")
    add("--descriptor", metavar="NAME", help="where the index's weights are now (where they were)")
    add("--out", type=Path, metavar="FILE", help="pictures: .jpg, .png or .html")
    add("--json", type=Path, metavar="FILE", help="write what was found as JSON")
    add("--plugin", metavar="FILE.py", help=plugin)
    add = command("evaluate", evaluate_indexes, "measure how well people are found", EVALUATE)
    add = add.add_argument
    add("--index", nargs="+", **files, help="what index wrote, also of several descriptors")
    add("--json", type=Path, metavar="FILE", help="write all figures, in full precision")
    add("--markdown", type=Path, metavar="FILE", help="write the tables as a page")
    return parser.parse_args(words)


def index_results(arguments: argparse.Namespace) -> None:
    """Describe the tracks and write the index."""
    from flatsort.files.atomic import check_writable
    from flatsort.retrieval.build_index import build_index
    from flatsort.retrieval.fingerprint import open_descriptor
    from flatsort.retrieval.index_file import write_index
    from flatsort.retrieval.result_footage import open_result_sets

    if arguments.boxes < 1:
        raise InputError(f"--boxes {arguments.boxes}: a track is described by one at least")
    check_writable(arguments.out)
    sets = open_result_sets(arguments.results, arguments.source, arguments.mot_root)
    descriptor, fingerprint = open_descriptor(arguments.descriptor)
    index = build_index(sets, arguments.descriptor, descriptor, fingerprint, arguments.boxes)
    write_index(arguments.out, index)
    for note in (note for each in sets for note in each.source.notes):
        print(f"note: {note}")
    print(
        f"wrote {arguments.out}: {len(index)} tracks of {len(sets)} sources by "
        f"{arguments.descriptor}, {len(index.owners)} boxes of {index.features.shape[1]} columns"
    )


def query_index(arguments: argparse.Namespace) -> None:
    """Rank, print, draw and write."""
    from flatsort.files.atomic import check_writable
    from flatsort.retrieval.answer import text_table, write_json, write_page
    from flatsort.retrieval.index_file import read_index
    from flatsort.retrieval.query import ask_for_picture, ask_for_track, search

    check_query(arguments)
    for path in filter(None, (arguments.out, arguments.json)):
        check_writable(path)
    index = read_index(arguments.index)
    if arguments.track is not None:
        query = ask_for_track(index, arguments.track)
    else:
        query = ask_for_picture(index, arguments.picture, arguments.box, arguments.descriptor)
    answer = search(
        *(index, query, arguments.sources),
        *(arguments.distance, arguments.engine, arguments.top),
    )
    print(f"{text_table(answer)}\n\n{answer.query}: {answer.how}")
    if arguments.out and is_page(arguments.out):
        write_page(arguments.out, answer)
    elif arguments.out:
        from flatsort.retrieval.contact_sheet import write_sheet

        write_sheet(arguments.out, answer)
    if arguments.json:
        write_json(arguments.json, answer)
    for path in filter(None, (arguments.out, arguments.json)):
        print(f"wrote {path}")


def check_query(arguments: argparse.Namespace) -> None:
    """Raise InputError unless the words of a query fit together."""
    if (arguments.track is None) == (arguments.picture is None):
        raise InputError("whom to look for: give either --track SOURCE:ID or --picture FILE")
    for name in ("box", "descriptor"):
        if arguments.track is not None and getattr(arguments, name) is not None:
            raise InputError(f"--{name} goes with --picture: a track has been described already")
    if arguments.top < 1:
        raise InputError(f"--top {arguments.top}: an answer has at least one track")
    if arguments.out and not is_page(arguments.out):
        from flatsort.evaluation.switches.strip import check_picture

        check_picture(arguments.out)


def is_page(path: Path) -> bool:
    """Whether a name is that of an HTML page."""
    return path.suffix.lower() in (".html", ".htm")


def evaluate_indexes(arguments: argparse.Namespace) -> None:
    """Measure, print and write."""
    from flatsort.files.atomic import check_writable
    from flatsort.retrieval.index_file import read_index
    from flatsort.retrieval.search_report import (
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
