"""How well descriptors tell people apart. See `python tools/descriptor_report.py --help`."""

import argparse
from pathlib import Path

from flatsort.commands.cli import make_parser

EXAMPLES = """\
Labelled crops of one sequence, pairs of them 20 to 150 frames apart: ROC AUC, equal error rate,
rank-1 and mAP for cosine, centred cosine and Euclidean distance; the gate that the sequence's
detections recommend without labels; and, for trained weights, how flat their decoder is. Cosines
are centred on the mean of the detections, and once more (own-centred cosine) on the centre that a
descriptor brings, with weights the mean of their training crops. Raw pixels stand beside whatever
is asked for. Weights called NAME-seed1, NAME-seed2, ... are summed up too.

examples:
  python tools/descriptor_report.py --seq MOT16-09 --descriptor histogram fmvae vhpvae

  # a page with pictures, gates from another detector's boxes
  python tools/descriptor_report.py --seq MOT16-09 --descriptor fmvae onnx:osnet.onnx \\
    --detections yolox.txt --out docs/descriptors

  # one's own weights on one's own labelled folder, as numbers
  python tools/descriptor_report.py --seq data/my-sequence --descriptor weights/mine.safetensors \\
    --json mine.json
"""


def parse_arguments(words: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = make_parser(
        "descriptor_report",
        description="Report how well descriptors tell people apart on a labelled sequence.",
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    add("--descriptor", nargs="+", required=True, metavar="NAME", help="as for tools/track.py")
    add("--seq", required=True, metavar="NAME|FOLDER", help="with frames, gt/ and det/")
    add("--mot-root", metavar="DIR", help="where names are looked up ($MOT16_ROOT, data/MOT16)")
    add(
        "--detections",
        default="det.txt",
        metavar="FILE",
        help="for the centre and the gate, in det/ (det.txt)",
    )
    add("--json", type=Path, metavar="FILE", help="write all figures, in full precision")
    add("--out", type=Path, metavar="DIR", help="write a page, its pictures and the figures")
    add("--plugin", metavar="FILE.py", help="Python file that registers a descriptor of your own")
    return parser.parse_args(words)


def main(words: list[str] | None = None) -> None:
    """Judge the descriptors, print the tables and write what was asked for."""
    arguments = parse_arguments(words)
    from flatsort.descriptors import load_plugin
    from flatsort.errors import InputError
    from flatsort.evaluation.reid.evaluate import evaluate
    from flatsort.evaluation.reid.reid_report import PAGE, terminal_text, write_folder, write_json
    from flatsort.files.atomic import check_writable
    from flatsort.files.sequence import find_sequences

    if arguments.json:
        check_writable(arguments.json)
    if arguments.out:
        check_writable(arguments.out / PAGE)
    if arguments.plugin:
        load_plugin(arguments.plugin)
    sequences = find_sequences(arguments.seq, arguments.mot_root)
    if len(sequences) > 1:
        raise InputError(f"--seq {arguments.seq}: the report is about one sequence: name it")
    report = evaluate(sequences[0], arguments.descriptor, arguments.detections)
    if arguments.json:
        write_json(arguments.json, report)
    if arguments.out:
        write_folder(arguments.out, report)
    print(terminal_text(report))
