"""Film a result file: tracks drawn over the frames, without tracking again."""

import argparse
from pathlib import Path

from tools.cli import run

EXAMPLES = """\
examples:
  python tools/overlay.py --seq MOT16-09 --results results/fmvae/MOT16-09.txt --video out.mp4

  # somebody else's results
  python tools/overlay.py --seq data/MOT17-04-FRCNN --results theirs.txt --video theirs.mp4
"""


def parse_arguments(words: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description="Write an mp4 of a sequence with the tracks of a MOTChallenge result file.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--seq", required=True, metavar="NAME|FOLDER", help="the sequence, with its frames")
    add("--mot-root", metavar="DIR", help="where names are looked up ($MOT16_ROOT, data/MOT16)")
    add("--results", type=Path, required=True, metavar="FILE", help="MOTChallenge result file")
    add("--video", type=Path, required=True, metavar="FILE", help="the film, .mp4")
    return parser.parse_args(words)


def main(words: list[str] | None = None) -> None:
    """Draw every frame and encode it."""
    arguments = parse_arguments(words)
    from tqdm import tqdm

    from tools.drawing import Overlay
    from tools.errors import InputError
    from tools.mot.files import read_results
    from tools.mot.sequence import find_sequences
    from tools.video import VideoWriter

    sequences = find_sequences(arguments.seq, arguments.mot_root)
    if len(sequences) > 1:
        raise InputError("--seq all: a result file is about one sequence, name it")
    sequence = sequences[0]
    rows = read_results(arguments.results, sequence.length)
    if not sequence.has_images:
        raise InputError(f"{sequence.image_folder} has no frames: a film needs them")
    overlay = Overlay()
    with VideoWriter(arguments.video, sequence.frame_rate) as video:
        for number in tqdm(range(1, sequence.length + 1), desc=sequence.name, unit="frame"):
            here = rows.frames == number
            image = sequence.read_frame(number)
            video.write(overlay.draw(image, number, rows.ids[here], rows.boxes_tlwh[here]))
    print(f"wrote {arguments.video}: {sequence.length} frames")


if __name__ == "__main__":
    run(main)
