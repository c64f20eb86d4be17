"""Film a result file: draw its tracks over the frames, without tracking again."""

import argparse
from pathlib import Path

from flatsort.commands.cli import OutputPath, make_parser
from flatsort.commands.options import add_blur_option, add_mot_root_option, add_source_option

EXAMPLES = """\
The record that track.py writes beside its results names the footage. For results of another
program, name it with --seq or --source.

examples:
  # results of tools/track.py on your own video
  python tools/overlay.py --results results/fmvae/walk.txt --video out.mp4

  # one picture instead of a film
  python tools/overlay.py --results results/fmvae/MOT16-09.txt --frame 100 --image out.png

  # results of another program
  python tools/overlay.py --seq data/MOT17-04-FRCNN --results theirs.txt --video theirs.mp4

  # a film to show around
  python tools/overlay.py --results results/fmvae/walk.txt --video out.mp4 --blur-heads
"""


def parse_arguments(words: list[str] | None = None) -> argparse.Namespace:
    """Parse the command line."""
    parser = make_parser(
        "overlay",
        description="Write an mp4 of footage with the tracks of a MOTChallenge result file.",
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    add("--results", type=Path, required=True, metavar="FILE", help="MOTChallenge result file")
    add("--seq", metavar="NAME|FOLDER", help="the sequence of the results (the recorded footage)")
    add_source_option(parser, "the footage of the results, as for track.py (the recorded one)")
    add_mot_root_option(parser)
    add("--video", type=OutputPath, metavar="FILE", help="the film to write, .mp4")
    add("--image", type=OutputPath, metavar="FILE", help="the picture to write, .png or .jpg")
    add("--frame", type=int, metavar="N", help="frame of the picture (1)")
    add_blur_option(parser)
    return parser.parse_args(words)


def main(words: list[str] | None = None) -> None:
    """Write the film, the picture or both."""
    arguments = parse_arguments(words)
    from flatsort.errors import InputError
    from flatsort.reports.result_film import write_film, write_picture
    from flatsort.tracking.finished_run import RunRequest, find_run

    if not arguments.video and not arguments.image:
        raise InputError("nothing to write: give --video FILE.mp4, or --image FILE.png")
    if arguments.frame is not None and not arguments.image:
        raise InputError("--frame goes with --image FILE.png: the film has all frames")
    if arguments.video and arguments.video.suffix.lower() != ".mp4":
        raise InputError(f"{arguments.video}: the video's name must end in .mp4")
    if not arguments.results.is_file():
        raise InputError(f"{arguments.results}: cannot read it: there is no such file")
    run = find_run(
        RunRequest(
            results=arguments.results,
            seq=arguments.seq,
            tracker=None,
            source=arguments.source,
            mot_root=arguments.mot_root,
        )
    )
    if run.source is None:
        raise InputError(run.why_no_source)
    if arguments.image:
        frame = 1 if arguments.frame is None else arguments.frame
        write_picture(run, frame, arguments.image, arguments.blur_heads)
        print(f"wrote {arguments.image}")
    if arguments.video:
        frames = write_film(run, arguments.video, arguments.blur_heads)
        print(f"wrote {arguments.video}: {frames} frames")
