"""Film a result file: draw its tracks over the frames, without tracking again."""

import argparse
from pathlib import Path

from flatsort.commands.cli import OutputPath, make_parser
from flatsort.commands.options import add_mot_root_option

EXAMPLES = """\
examples:
  python tools/overlay.py --seq MOT16-09 --results results/fmvae/MOT16-09.txt --video out.mp4

  # one picture instead of a film
  python tools/overlay.py --seq MOT16-09 --results results/fmvae/MOT16-09.txt --frame 100 \\
      --image out.png

  # results of another program
  python tools/overlay.py --seq data/MOT17-04-FRCNN --results theirs.txt --video theirs.mp4
"""


def parse_arguments(words: list[str] | None = None) -> argparse.Namespace:
    """Parse the command line."""
    parser = make_parser(
        "overlay",
        description="Write an mp4 of a sequence with the tracks of a MOTChallenge result file.",
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    add("--seq", required=True, metavar="NAME|FOLDER", help="a sequence with its frames")
    add_mot_root_option(parser)
    add("--results", type=Path, required=True, metavar="FILE", help="MOTChallenge result file")
    add("--video", type=OutputPath, metavar="FILE", help="the film to write, .mp4")
    add("--image", type=OutputPath, metavar="FILE", help="the picture to write, .png or .jpg")
    add("--frame", type=int, metavar="N", help="frame of the picture (1)")
    return parser.parse_args(words)


def main(words: list[str] | None = None) -> None:
    """Write the film, the picture or both."""
    arguments = parse_arguments(words)
    from flatsort.errors import InputError
    from flatsort.files.mot_files import read_results
    from flatsort.files.sequence import find_sequences
    from flatsort.reports.result_film import write_film, write_picture

    if not arguments.video and not arguments.image:
        raise InputError("nothing to write: give --video FILE.mp4, or --image FILE.png")
    if arguments.frame is not None and not arguments.image:
        raise InputError("--frame goes with --image FILE.png: the film has all frames")
    if arguments.video and arguments.video.suffix.lower() != ".mp4":
        raise InputError(f"{arguments.video}: the video's name must end in .mp4")
    sequences = find_sequences(arguments.seq, arguments.mot_root)
    if len(sequences) > 1:
        raise InputError("--seq all: a result file belongs to one sequence: name it")
    sequence = sequences[0]
    rows = read_results(arguments.results, sequence.length)
    if not sequence.has_images:
        raise InputError(f"{sequence.image_folder} has no frames to draw on")
    if arguments.image:
        frame = 1 if arguments.frame is None else arguments.frame
        write_picture(sequence, rows, frame, arguments.image)
        print(f"wrote {arguments.image}")
    if arguments.video:
        write_film(sequence, rows, arguments.video)
        print(f"wrote {arguments.video}: {sequence.length} frames")
