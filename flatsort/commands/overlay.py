"""Film a result file: tracks drawn over the frames, without tracking again."""

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from flatsort.commands.cli import make_parser

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from flatsort.files.mot_files import Rows
    from flatsort.files.sequence import Sequence

EXAMPLES = """\
examples:
  python tools/overlay.py --seq MOT16-09 --results results/fmvae/MOT16-09.txt --video out.mp4

  # one picture instead of a film
  python tools/overlay.py --seq MOT16-09 --results results/fmvae/MOT16-09.txt --frame 100 \\
      --image out.png

  # somebody else's results
  python tools/overlay.py --seq data/MOT17-04-FRCNN --results theirs.txt --video theirs.mp4
"""


def parse_arguments(words: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = make_parser(
        "overlay",
        description="Write an mp4 of a sequence with the tracks of a MOTChallenge result file.",
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    add("--seq", required=True, metavar="NAME|FOLDER", help="the sequence, with its frames")
    add("--mot-root", metavar="DIR", help="where names are looked up ($MOT16_ROOT, data/MOT16)")
    add("--results", type=Path, required=True, metavar="FILE", help="MOTChallenge result file")
    add("--video", type=Path, metavar="FILE", help="the film, .mp4")
    add("--image", type=Path, metavar="FILE", help="a picture of --frame, .png or .jpg")
    add("--frame", type=int, metavar="N", help="the picture's frame (1)")
    return parser.parse_args(words)


def main(words: list[str] | None = None) -> None:
    """Write the film, the picture or both."""
    arguments = parse_arguments(words)
    from flatsort.errors import InputError
    from flatsort.files.mot_files import read_results
    from flatsort.files.sequence import find_sequences

    if not arguments.video and not arguments.image:
        raise InputError("nothing to write: give --video FILE.mp4, or --image FILE.png")
    if arguments.frame is not None and not arguments.image:
        raise InputError("--frame goes with --image FILE.png: the film has all frames")
    if arguments.video and arguments.video.suffix.lower() != ".mp4":
        raise InputError(f"{arguments.video}: the video's name must end in .mp4")
    sequences = find_sequences(arguments.seq, arguments.mot_root)
    if len(sequences) > 1:
        raise InputError("--seq all: a result file is about one sequence, name it")
    sequence = sequences[0]
    rows = read_results(arguments.results, sequence.length)
    if not sequence.has_images:
        raise InputError(f"{sequence.image_folder} has no frames: a film needs them")
    if arguments.image:
        frame = 1 if arguments.frame is None else arguments.frame
        write_image(sequence, rows, frame, arguments.image)
    if arguments.video:
        write_film(sequence, rows, arguments.video)


def write_film(sequence: "Sequence", rows: "Rows", path: Path) -> None:
    """All frames with their tracks."""
    from tqdm import tqdm

    from flatsort.images.video import VideoWriter

    with VideoWriter(path, sequence.frame_rate) as video:
        frames = tqdm(range(1, sequence.length + 1), desc=sequence.name, unit="frame")
        for image in draw_frames(sequence, rows, frames):
            video.write(image)
    print(f"wrote {path}: {sequence.length} frames")


def write_image(sequence: "Sequence", rows: "Rows", frame: int, path: Path) -> None:
    """One frame with its tracks and their trails."""
    import cv2

    from flatsort.errors import InputError
    from flatsort.files.atomic import atomic_path
    from flatsort.images.drawing import TRAIL_LENGTH

    if not 1 <= frame <= sequence.length:
        raise InputError(f"--frame {frame}: {sequence.name} has frames 1 to {sequence.length}")
    first = max(1, frame - TRAIL_LENGTH)
    *_, image = draw_frames(sequence, rows, range(first, frame + 1))
    try:
        encoded, data = cv2.imencode(path.suffix, image)
    except cv2.error:
        encoded = False
    if not encoded:
        raise InputError(f"{path}: the picture's name must end in .png or .jpg")
    with atomic_path(path) as temporary:
        temporary.write_bytes(data)
    print(f"wrote {path}")


def draw_frames(
    sequence: "Sequence", rows: "Rows", numbers: Iterable[int]
) -> Iterator["NDArray[np.uint8]"]:
    """The frames of these numbers, (H, W, 3) uint8 BGR, with the rows drawn in."""
    from flatsort.images.drawing import Overlay

    overlay = Overlay()
    by_frame = rows.by_frame(sequence.length)
    # TRACKER/SEQ.txt as ours are, else a file by whatever name.
    path = rows.path.resolve()
    caption = path.parent.name if path.stem == sequence.name else path.stem
    for number in numbers:
        here = by_frame[number - 1]
        image = sequence.read_frame(number)
        yield overlay.draw(image, number, rows.ids[here], rows.boxes_tlwh[here], caption)
