"""Track people through footage of any kind. See `python tools/track.py --help`."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from flatsort.commands.track_arguments import parse_arguments
from flatsort.files.paths import BUILT_IN_SCENE

if TYPE_CHECKING:
    from flatsort.detectors.detector import Detector
    from flatsort.files.sequence import Sequence


def main(words: list[str] | None = None) -> None:
    """Track the footage, or each selected sequence, and write its results."""
    arguments = parse_arguments(words)
    from flatsort.descriptors import load_plugin
    from flatsort.errors import InputError
    from flatsort.files.sequence import find_sequences

    if arguments.plugin:
        load_plugin(arguments.plugin)
    check_arguments(arguments)
    if arguments.source is not None:
        track_footage(arguments)
        return
    if arguments.seq is None:
        render_if_missing(BUILT_IN_SCENE)
    sequences = find_sequences(arguments.seq or BUILT_IN_SCENE, arguments.mot_root)
    if arguments.video and arguments.video.suffix and len(sequences) > 1:
        raise InputError(
            f"--video {arguments.video}: {len(sequences)} sequences need a folder for their films, "
            "not one file"
        )
    for sequence in sequences:
        if not track_whole(arguments, sequence):
            return


def check_arguments(arguments: argparse.Namespace) -> None:
    """Refuse what does not go together.

    Raises:
        InputError: something does not.
    """
    from flatsort.errors import InputError

    if arguments.tracker and Path(arguments.tracker).name != arguments.tracker:
        raise InputError(f"--tracker {arguments.tracker}: take a name, not a path")
    if arguments.detector and arguments.detections:
        raise InputError("--detections and --detector: where the boxes come from is one of them")
    if arguments.source is not None and not arguments.detector:
        raise InputError(
            f"--source {arguments.source}: say what finds the people in it: --detector hog, or "
            "file:det.txt for boxes found before"
        )
    if arguments.source is None and arguments.fps is not None:
        raise InputError("--fps goes with --source FOLDER: a sequence's seqinfo.ini has the rate")
    if not arguments.detector:
        for option, is_given in (
            ("--classes", arguments.classes != ["person"]),
            ("--detector-nms", arguments.detector_nms is not None),
        ):
            if is_given:
                raise InputError(f"{option} goes with --detector")


def track_footage(arguments: argparse.Namespace) -> None:
    """Track --source; whatever ends it, the files hold what there was until then."""
    from flatsort.descriptors import load_descriptor
    from flatsort.sources.registry import open_source
    from flatsort.tracking.outputs import Footage, Outputs, make_options
    from flatsort.tracking.run import track_source

    source = open_source(
        arguments.source, arguments.mot_root, arguments.fps, timeout=arguments.timeout
    )
    footage = Footage(source.name, source.location, source.frame_rate, arguments.detector)
    detector = find_people(arguments)
    descriptor = load_descriptor(arguments.descriptor, None)
    outputs = Outputs(arguments, footage)
    outputs.refuse_to_replace()
    report = track_source(source, detector, descriptor, make_options(arguments), outputs.sinks)
    if report.frames:
        outputs.conclude(report, source.notes)
    if report.signal is not None:
        kept = f"whole up to frame {report.frames}" if report.frames else "not written"
        print(f"interrupted: the files are {kept}", file=sys.stderr)
        sys.exit(128 + report.signal)


def track_whole(arguments: argparse.Namespace, sequence: "Sequence") -> bool:
    """Track a sequence; whether it was done to its end, without which nothing is written."""
    from flatsort.descriptors import descriptor_label, load_descriptor
    from flatsort.descriptors.feature_cache import open_cache
    from flatsort.detectors.detection_file import DetectionTable
    from flatsort.files.mot_files import read_detections
    from flatsort.tracking.outputs import Footage, Outputs, make_options
    from flatsort.tracking.run import track_sequence

    if arguments.detector:
        boxes, detector = arguments.detector, find_people(arguments)
    else:
        boxes = find_detections(sequence, arguments.detections or "det.txt")
        detector = DetectionTable(read_detections(boxes, sequence.length))
    location = str(sequence.folder.resolve())
    footage = Footage(sequence.name, location, sequence.frame_rate, str(boxes))
    descriptor = load_descriptor(arguments.descriptor, sequence)
    outputs = Outputs(arguments, footage)
    folder = None if arguments.no_cache else arguments.cache
    label = descriptor_label(arguments.descriptor)
    with open_cache(folder, label, descriptor, sequence) as cache:
        report = track_sequence(
            sequence, detector, descriptor, make_options(arguments), outputs.sinks, cache
        )
    if report.frames == sequence.length:
        outputs.conclude(report, [])
        return True
    print(f"stopped at frame {report.frames} of {sequence.name}: no results written")
    if report.signal is not None:
        sys.exit(128 + report.signal)
    return False


def find_people(arguments: argparse.Namespace) -> "Detector":
    """The detector that --detector names."""
    from flatsort.detectors.detector_settings import DetectorSettings
    from flatsort.detectors.registry import load_detector

    settings = DetectorSettings(
        tuple(arguments.classes), arguments.min_confidence, arguments.detector_nms
    )
    return load_detector(arguments.detector, settings)


def find_detections(sequence: "Sequence", name: str) -> Path:
    """A name in the sequence's det/, else a path as given."""
    if not (sequence.folder / "det" / name).is_file() and Path(name).is_file():
        return Path(name)
    return sequence.find_detections(name)


def render_if_missing(folder: Path) -> None:
    """Render the built-in sequence unless it is there."""
    if not (folder / "seqinfo.ini").is_file():
        from flatsort.commands.make_scene import main as make_scene

        make_scene(["--out", str(folder)])
