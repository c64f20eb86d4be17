"""Report how well descriptors tell people apart. See `python tools/descriptor_report.py --help`."""

import argparse
from pathlib import Path

from flatsort.commands.cli import OutputPath, make_parser
from flatsort.commands.distribution_options import add_jobs_option
from flatsort.commands.options import add_mot_root_option

EXAMPLES = """\
The report compares pairs of labelled crops of one sequence, 20 to 150 frames apart. It has:
  - ROC AUC, equal error rate, rank-1 and mAP for the cosine, centred cosine and Euclidean distance;
  - the gate that the sequence's detections recommend without labels, judged with labels;
  - for trained weights, the flatness of their decoder.
The centred cosine is taken about the mean of the detections. The own-centred cosine is taken about
the descriptor's own centre; for trained weights this is the mean of their training crops. Raw
pixels are always in the report, as a baseline. For weights named NAME, NAME-seed1, NAME-seed2, ...
the report also has mean and standard deviation over the seeds.

examples:
  python tools/descriptor_report.py --seq MOT16-09 --descriptor histogram fmvae vhpvae

  # a page with pictures, gates from another detector's boxes
  python tools/descriptor_report.py --seq MOT16-09 --descriptor fmvae onnx:osnet.onnx \\
    --detections yolox.txt --out docs/descriptors

  # your own weights on your own labelled folder, as numbers
  python tools/descriptor_report.py --seq data/my-sequence --descriptor weights/mine.safetensors \\
    --json mine.json
"""


def parse_arguments(words: list[str] | None = None) -> argparse.Namespace:
    """Parse the command line."""
    parser = make_parser(
        "descriptor_report",
        description="Report how well descriptors tell people apart on a labelled sequence.",
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    add("--descriptor", nargs="+", required=True, metavar="NAME", help="as for tools/track.py")
    add("--seq", required=True, metavar="NAME|FOLDER", help="a sequence with frames, gt/ and det/")
    add_mot_root_option(parser)
    add(
        "--detections",
        default="det.txt",
        metavar="FILE",
        help="file in det/ that sets the centre and the gates (det.txt)",
    )
    add_jobs_option(parser, "descriptors to score at the same time, one process each (1)")
    add("--json", type=OutputPath, metavar="FILE", help="write all figures, in full precision")
    add("--out", type=Path, metavar="DIR", help="write a page, its pictures and the figures")
    add("--plugin", metavar="FILE.py", help="Python file that registers a descriptor of your own")
    return parser.parse_args(words)


def check(arguments: argparse.Namespace) -> None:
    """Check, before any work is done, that the files can be written.

    Raises:
        InputError: a file cannot be written.
    """
    from flatsort.evaluation.reid.reid_report import PAGE
    from flatsort.files.atomic import check_writable

    if arguments.json:
        check_writable(arguments.json)
    if arguments.out:
        check_writable(arguments.out / PAGE)


def main(words: list[str] | None = None) -> None:
    """Evaluate the descriptors, write the requested files and print the tables."""
    arguments = parse_arguments(words)
    check(arguments)
    from flatsort.descriptors import load_plugin
    from flatsort.errors import InputError
    from flatsort.evaluation.reid.evaluate import evaluate
    from flatsort.evaluation.reid.reid_report import terminal_text, write_folder, write_json
    from flatsort.files.sequence import find_sequences

    if arguments.plugin:
        load_plugin(arguments.plugin)
    sequences = find_sequences(arguments.seq, arguments.mot_root)
    if len(sequences) > 1:
        raise InputError(f"--seq {arguments.seq}: the report covers one sequence: name it")
    report = evaluate(sequences[0], arguments.descriptor, arguments.detections, arguments.jobs)
    if arguments.json:
        write_json(arguments.json, report)
    if arguments.out:
        write_folder(arguments.out, report)
    print(terminal_text(report))
