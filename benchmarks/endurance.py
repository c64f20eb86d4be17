"""Measure memory over hours of footage: one clip is tracked again and again, as in track.py.

The run writes all files of a long run: result file, table and film. Each frame of the clip is
detected once and then remembered. An interrupted run writes the figures that it has.
"""

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flatsort.commands.cli import run

if TYPE_CHECKING:
    from benchmarks.endurance_loop import MemoryLog
    from flatsort.tracking.run_statistics import RunStatistics

RESULTS = Path(__file__).resolve().parent / "results"
NOTES = 60
"""Number of memory readings, spread evenly over the run."""
EXAMPLES = """\
examples:
  # one hour of video at 30 frames per second
  python -m benchmarks.endurance --source walk.mp4

  # a trial run of a minute or two
  python -m benchmarks.endurance --source walk.mp4 --frames 3000 --descriptor none --no-film
"""


def main(words: list[str] | None = None) -> None:
    """Track, print and write the table."""
    arguments = _parse(words)
    from benchmarks.endurance_loop import LoopedSource, MemoryLog, Remembered
    from benchmarks.machine import facts_line, machine_facts, write_results
    from flatsort.descriptors import descriptor_label, load_descriptor
    from flatsort.detectors.registry import detector_label, load_detector
    from flatsort.errors import InputError
    from flatsort.files.atomic import check_writable
    from flatsort.sinks import CsvFile, OverlayVideo, ResultFile
    from flatsort.sources.registry import open_source
    from flatsort.tracking.feed import SourceFeed
    from flatsort.tracking.run import track_feed
    from flatsort.tracking.tracker_options import TrackerOptions

    if arguments.frames < NOTES:
        raise InputError(f"--frames {arguments.frames}: give at least {NOTES}")
    for kind in ("json", "md"):
        check_writable(arguments.out / f"endurance.{kind}")
    clip = open_source(arguments.source)
    if clip.is_live:
        raise InputError(f"{arguments.source} is live: give a clip, which can be read again")
    source = LoopedSource(clip, arguments.frames)
    detector = Remembered(load_detector(arguments.detector), source)
    descriptor = load_descriptor(arguments.descriptor)
    log = MemoryLog(arguments.frames // NOTES)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        sinks: list[Any] = [ResultFile(folder / "r.txt"), CsvFile(folder / "r.csv"), log]
        if not arguments.no_film:
            sinks.append(OverlayVideo(folder / "r.mp4", source.frame_rate, "endurance"))
        report = track_feed(SourceFeed(source), detector, descriptor, TrackerOptions(), sinks)
    facts = machine_facts("numpy", "opencv-python", "av", "onnxruntime")
    results = {
        "machine": facts,
        "descriptor": descriptor_label(arguments.descriptor),
        "detector": detector_label(arguments.detector),
        "film": not arguments.no_film,
        "frame_rate": source.frame_rate,
        "frames": report.frames,
        "identities": report.identities,
        "mib_an_hour": log.slope(),
        "notes": log.notes,
    }
    page = _page(report, log, results, facts_line(facts))
    write_results(arguments.out, "endurance", results, page)


def _parse(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--source", required=True, metavar="FILE|FOLDER", help="the clip")
    add("--frames", type=int, default=108_000, help="number of frames to track (108000)")
    add("--detector", default="hog", help="as for track.py (hog)")
    add("--descriptor", default="fmvae-track", help="as for track.py (fmvae-track)")
    add("--no-film", action="store_true", help="write no overlay film")
    add(
        "--out",
        type=Path,
        default=RESULTS,
        metavar="DIR",
        help="folder for endurance.json and .md (benchmarks/results)",
    )
    return parser.parse_args(words)


def _page(report: "RunStatistics", log: "MemoryLog", results: dict[str, Any], machine: str) -> str:
    from tabulate import tabulate

    from benchmarks.endurance_loop import MIB, peak_bytes

    step = max(1, len(log.notes) // 12)
    rows = [
        {"minutes of footage": f"{seconds / 60:.1f}", "MiB resident": f"{resident / MIB:.0f}"}
        for seconds, resident in log.notes[step - 1 :: step]
    ]
    late = [resident / MIB for _, resident in log.notes[len(log.notes) // 2 :]]
    span = f"between {min(late):.0f} and {max(late):.0f} MiB" if late else "not measured"
    film = "with a film" if results["film"] else "without a film"
    hours = report.frames / results["frame_rate"] / 3600
    return (
        "# Memory over time\n\nWritten by `python -m benchmarks.endurance`; do not edit by hand. "
        f"{report.frames:,} frames ({hours:.2f} hours of footage, one clip repeated), detector "
        f"{results['detector']}, descriptor {results['descriptor']}, {film}; "
        f"{report.identities:,} identities. In the second half memory was {span}; a least-squares "
        f"line through it has a slope of {log.slope():+.1f} MiB per hour of footage. The peak of "
        f"the whole run was {peak_bytes() / MIB:.0f} MiB.\n\n"
        + tabulate(rows, headers="keys", tablefmt="github", disable_numparse=True)
        + f"\n\n{machine}\n"
    )


if __name__ == "__main__":
    run(main)
