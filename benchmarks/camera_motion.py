"""Measure FlatSORT with the camera's motion from the boxes, from files, from frames, or unknown.

The footage is the seven training sequences of MOT16 with two detection sets. A folder has one file
of measured movements per sequence. Sequences with frames are measured by optical flow too, as they
are and through a moving window.
"""

import argparse
from pathlib import Path

from flatsort.commands.cli import run

PAGE = Path(__file__).resolve().parents[1] / "docs" / "camera_motion.md"
FILES = {"YOLOX": "yolox.txt", "Faster R-CNN": "det.txt"}
"""Name of a detection set -> its file in each sequence's det/."""
EXAMPLES = """\
examples:
  python -m benchmarks.camera_motion --movements ../data/gmc
"""


def main(words: list[str] | None = None) -> None:
    """Measure, print and write the page."""
    arguments = _parse(words)
    from benchmarks.camera_motion_page import Measured, make_page
    from benchmarks.camera_motion_runs import read_footage, variants_of
    from benchmarks.moving_window import through_window
    from flatsort.files.atomic import atomic_writer, check_writable
    from flatsort.files.sequence import default_mot_root, find_sequences
    from flatsort.progress import ProgressBar

    check_writable(arguments.out)
    sequences = find_sequences("all", arguments.mot_root or default_mot_root())
    measured, windows = [], []
    for name, file in FILES.items():
        for sequence in ProgressBar(sequences, desc=f"camera motion, {name}", unit="sequence"):
            footage = read_footage(sequence, file)
            variants = variants_of(footage, arguments.movements / f"{sequence.name}.txt")
            measured += [Measured.of(name, footage, variant) for variant in variants]
            if footage.image is not None:
                window = through_window(footage)
                variants = variants_of(window, file=None)
                windows += [Measured.of(name, window, variant) for variant in variants]
    page = make_page(measured, windows)
    with atomic_writer(arguments.out) as handle:
        handle.write(page)
    print(page)


def _parse(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add(
        "--movements",
        type=Path,
        required=True,
        metavar="DIR",
        help="folder with SEQ.txt, the camera's movements of each sequence",
    )
    add(
        "--mot-root",
        type=Path,
        metavar="DIR",
        help="folder with the sequences of MOT16 ($MOT16_ROOT, data/MOT16)",
    )
    add("--out", type=Path, default=PAGE, metavar="FILE", help="the page (docs/camera_motion.md)")
    return parser.parse_args(words)


if __name__ == "__main__":
    run(main)
