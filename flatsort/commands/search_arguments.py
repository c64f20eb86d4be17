"""The command lines of search.py: index, query and evaluate. Imports nothing heavy."""

import argparse
from pathlib import Path

from flatsort.commands.cli import OutputPath, make_parser
from flatsort.commands.options import add_mot_root_option

EXAMPLES = """\
examples:
  # index the tracks of several cameras; each track is described by up to 16 of its boxes
  python tools/search.py index --results results/fmvae/MOT16-09.txt results/fmvae/scene.txt \\
      --descriptor fmvae-track --out people.npz

  # find the tracks that look like track 12 of MOT16-09, or like the person in a picture
  python tools/search.py query --index people.npz --track MOT16-09:12 --out answer.jpg
  python tools/search.py query --index people.npz --picture person.jpg --top 20 --out answer.html

  # measure how well this index finds people whose identities are known
  python tools/search.py evaluate --index people.npz --markdown docs/search.md

`python tools/search.py COMMAND --help` explains each command.
"""

INDEX = """\
The record beside a result file (SEQ.json, written by track.py) names its footage. Without a record,
the footage is the sequence of the same name. --source names the footage of all files instead, in
the same order. The index holds no frames. For each track it holds the features of some boxes,
spread over the track's life, and one small picture.

The ending of --out names the form. An index (.npz) is one file, which a search reads whole. A
gallery (.gallery) is a folder whose features stay on disk. If it has more than a million boxes, it
also gets an index of faiss (pip install faiss-cpu) for approximate searches. A database (.lance) is
a folder of LanceDB (pip install 'flatsort[lancedb]'). It grows: each result file is added in one
transaction, a file that it holds is left out, and a run that was killed is completed by the same
command.

examples:
  python tools/search.py index --results results/fmvae/*.txt --out people.npz
  python tools/search.py index --results results/year/*.txt --out year.gallery
  python tools/search.py index --results cam1.txt cam2.txt --source cam1.mp4 cam2.mp4 \\
      --descriptor weights/mine.safetensors --out people.npz
"""

QUERY = """\
kd-tree and faiss give the same answer as a comparison of all tracks. faiss (pip install faiss-cpu)
is the faster one. A search among more than a million boxes of a gallery or a database is
approximate, unless --engine names one of the two: the distances are exact, but a near track may be
missing. The answer then says how many of the nearest boxes the gallery's engine finds.

examples:
  python tools/search.py query --index people.npz --track MOT16-09:12 --top 10 --out answer.jpg

  # a person in a larger picture: left, top, width, height in pixels
  python tools/search.py query --index people.npz --picture street.jpg --box 310,95,60,150

  # search two of the cameras; write a page, and JSON for a program
  python tools/search.py query --index people.npz --track cam1:7 --in cam2 cam3 \\
      --out answer.html --json answer.json
"""

EVALUATE = """\
Two tasks have known answers. Fragments: by the ground truth of the sequence, a person has several
tracks; each of these tracks must find the others. Halves: the first half of each track must find
the second half. In both tasks the tracks of all cameras are searched.

examples:
  python tools/search.py evaluate --index people.npz

  # compare descriptors on the same results
  python tools/search.py evaluate --index fmvae.npz osnet.npz --json figures.json
"""


def make_search_parser() -> tuple[argparse.ArgumentParser, dict[str, argparse.ArgumentParser]]:
    """Return the parser of search.py, and the parsers of its commands by name."""
    parser = make_parser(
        "search",
        description="Find one person's tracks among the tracks of many cameras.",
        epilog=EXAMPLES,
    )
    commands = parser.add_subparsers(required=True, title="commands")

    def command(name: str, text: str, epilog: str) -> argparse.ArgumentParser:
        return commands.add_parser(
            name,
            help=text,
            description=text[0].upper() + text[1:] + ".",
            epilog=epilog,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )

    made = {
        "index": command("index", "describe the tracks of result files", INDEX),
        "query": command("query", "rank tracks by likeness to a person", QUERY),
        "evaluate": command("evaluate", "measure how well an index finds people", EVALUATE),
    }
    _add_index_options(made["index"])
    _add_query_options(made["query"])
    _add_evaluate_options(made["evaluate"])
    return parser, made


def _add_index_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--results",
        nargs="+",
        type=Path,
        required=True,
        metavar="FILE",
        help="MOTChallenge result files",
    )
    add("--source", nargs="+", metavar="FOOTAGE", help="a video, folder or sequence for each file")
    add_mot_root_option(parser)
    add(
        "--descriptor",
        default="fmvae-track-unseen",
        metavar="NAME",
        help="as for track.py (fmvae-track-unseen, which suits footage of your own)",
    )
    # On MOT16-09, 16 boxes find more people than 8, and 32 boxes find no more than 16.
    add("--boxes", type=int, default=16, metavar="N", help="largest number of boxes per track (16)")
    add(
        "--out",
        type=OutputPath,
        required=True,
        metavar="PATH",
        help="the index to write, .npz, .gallery or .lance",
    )
    _add_plugin(parser)


def _add_query_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--index", type=Path, required=True, metavar="PATH", help="an index written by `index`")
    add("--track", metavar="SOURCE:ID", help="look for the person of this track of the index")
    add("--picture", type=Path, metavar="FILE", help="look for the person in this picture")
    add("--box", metavar="L,T,W,H", help="box of the person in pixels (the whole picture)")
    add("--in", nargs="+", dest="sources", metavar="SOURCE", help="sources to search (all)")
    add("--top", type=int, default=10, metavar="N", help="largest number of tracks (10)")
    add(
        "--distance",
        choices=("calibrated", "euclidean"),
        default="calibrated",
        help="the descriptor's calibrated distance, or the Euclidean distance of its features "
        "(calibrated)",
    )
    add(
        "--engine",
        choices=("kd-tree", "faiss", "approximate"),
        help="search engine (approximate for more than a million boxes of a gallery or a "
        "database, else faiss if it is installed)",
    )
    add(
        "--descriptor",
        metavar="NAME",
        help="present name of the index's descriptor, if its file was moved (name in the index)",
    )
    add("--out", type=OutputPath, metavar="FILE", help="draw the answer: .jpg, .png or .html")
    add("--json", type=OutputPath, metavar="FILE", help="write the answer as JSON")
    _add_plugin(parser)


def _add_evaluate_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--index",
        nargs="+",
        type=Path,
        required=True,
        metavar="FILE",
        help="indexes (.npz) written by `index`, also of several descriptors",
    )
    add("--json", type=OutputPath, metavar="FILE", help="write all figures in full precision")
    add("--markdown", type=OutputPath, metavar="FILE", help="write the tables as a page")


def _add_plugin(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--plugin", metavar="FILE.py", help="Python file that registers a descriptor of your own"
    )
