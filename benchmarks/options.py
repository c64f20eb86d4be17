"""The options that several benchmarks share, and the parser that they are added to."""

import argparse
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def make_parser(name: str, purpose: str | None, examples: str) -> argparse.ArgumentParser:
    """Return the parser of `python -m benchmarks.NAME`; its help keeps the lines of both texts."""
    return argparse.ArgumentParser(
        prog=f"python -m benchmarks.{name}",
        description=purpose,
        epilog=examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def add_mot_root(parser: argparse.ArgumentParser) -> None:
    """Add --mot-root: the sequences of MOT16."""
    parser.add_argument(
        "--mot-root",
        metavar="DIR",
        help="folder with the sequences of MOT16 ($MOT16_ROOT, data/MOT16)",
    )


def add_boxes(parser: argparse.ArgumentParser) -> None:
    """Add --mot-root and --detector: the boxes of MOT16."""
    add_mot_root(parser)
    parser.add_argument(
        "--detector",
        type=Path,
        metavar="FILE",
        help="YOLOX-nano as an ONNX file, which finds people in MOT16-09 (its boxes are left out)",
    )


def add_folder(
    parser: argparse.ArgumentParser, name: str, content: str, option: str = "--folder"
) -> None:
    """Add a folder for intermediate files, by default runs/NAME of the project."""
    parser.add_argument(
        option,
        type=Path,
        default=ROOT / "runs" / name,
        metavar="DIR",
        help=f"{content} (runs/{name})",
    )


def add_page(parser: argparse.ArgumentParser, name: str, content: str = "the page") -> None:
    """Add --out, the page that the benchmark writes, by default docs/NAME.md of the project."""
    parser.add_argument(
        "--out",
        type=Path,
        default=ROOT / "docs" / f"{name}.md",
        metavar="FILE",
        help=f"{content} (docs/{name}.md)",
    )
