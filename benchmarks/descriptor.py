"""Measure the speed and the accuracy of descriptors: `python -m benchmarks.descriptor --help`."""

import argparse
from pathlib import Path

from flatsort.commands.cli import run
from flatsort.files.paths import PROJECT

EXAMPLES = """\
The table has crops per second of our encoders, OSNet x0.25 and three networks of torchvision, which
have random weights and serve for speed only. They run in torch, onnxruntime and, if it is
installed, OpenVINO, and in float32, bfloat16 and int8. Beside each speed stand the same-person AUC
on labelled crops 20 to 150 frames apart, with the metric that tracking uses, and the share of the
machine's float32 matrix product. Repetitions are interleaved, so that other work on the machine
affects all networks alike. Further tables have the time of cutting crops, of whole frames and of
starting. All cores of the process are used; `taskset -c 0` gives it one core.

    pip install -r requirements-bench.txt

examples:
  python -m benchmarks.descriptor --osnet reid_osnet_x025_market1501.onnx
  python -m benchmarks.descriptor --quick --out trial
"""


def parse_arguments(words: list[str] | None = None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description="Measure the speed and the accuracy of descriptors side by side.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add(
        "--seq",
        default="MOT16-09",
        metavar="NAME|FOLDER",
        help="a labelled sequence with frames (MOT16-09)",
    )
    add(
        "--mot-root",
        metavar="DIR",
        help="folder with the sequences of MOT16 ($MOT16_ROOT, data/MOT16)",
    )
    add(
        "--detections",
        default="det.txt",
        metavar="FILE",
        help="file in det/ of the sequence (det.txt)",
    )
    add("--osnet", type=Path, metavar="FILE.onnx", help="network of OSNet x0.25 (left out)")
    add("--rounds", type=int, default=7, metavar="N", help="repetitions (7)")
    add("--quick", action="store_true", help="two rounds, batches of 1 and 20, no torchvision")
    add(
        "--out",
        type=Path,
        default=PROJECT / "benchmarks" / "results",
        metavar="DIR",
        help="folder for descriptor.json and descriptor.md (benchmarks/results)",
    )
    return parser.parse_args(words)


def main(words: list[str] | None = None) -> None:
    """Measure, print the page and write the files."""
    arguments = parse_arguments(words)
    import json

    from benchmarks.descriptor_measure import measure
    from benchmarks.descriptor_page import page
    from flatsort.errors import InputError
    from flatsort.files.atomic import atomic_writer, check_writable
    from flatsort.files.sequence import find_sequences

    if arguments.rounds < 1:
        raise InputError(f"--rounds {arguments.rounds}: give at least one")
    if arguments.osnet and not arguments.osnet.is_file():
        raise InputError(f"{arguments.osnet}: no such ONNX file")
    files = [arguments.out / f"descriptor.{suffix}" for suffix in ("json", "md")]
    for path in files:
        check_writable(path)
    sequences = find_sequences(arguments.seq, arguments.mot_root)
    if len(sequences) > 1:
        raise InputError(f"--seq {arguments.seq}: one sequence is measured: name it")
    results = measure(
        sequences[0],
        arguments.detections,
        arguments.osnet,
        rounds=2 if arguments.quick else arguments.rounds,
        batches=(1, 20) if arguments.quick else (1, 8, 20, 64, 256),
        peers=() if arguments.quick else ("mobilenet_v3_small", "resnet18", "vgg16"),
    )
    for path, text in zip(files, (json.dumps(results, indent=1), page(results)), strict=True):
        with atomic_writer(path) as handle:
            handle.write(text + "\n")
    print(page(results))


if __name__ == "__main__":
    run(main)
