"""The rules of `python tools/track.py`: options that need or exclude other options."""

import argparse
from pathlib import Path

from flatsort.commands.track_adapt import check_adapt
from flatsort.commands.track_many import check_distribution
from flatsort.commands.track_streams import check_streams


def check_combinations(arguments: argparse.Namespace) -> None:
    """Check the options that need or exclude other options.

    Raises:
        InputError: two options exclude each other, or an option needs another one.
    """
    from flatsort.errors import InputError
    from flatsort.tracking.tracker_options import chosen_preset

    has_source = arguments.source is not None
    has_detector = has_source or bool(arguments.detector)
    has_descriptor = arguments.descriptor != "none"
    check_distribution(arguments)
    if arguments.adapt is not None:
        check_adapt(arguments)
    if has_source and len(arguments.source) > 1:
        check_streams(arguments)
        check_several(arguments, len(arguments.source), "sources", "one source")
    if arguments.offline:
        _check_offline(arguments)
    elif arguments.fill:
        raise InputError("--fill goes with --offline")
    preset = "flatsort" if arguments.offline else chosen_preset(arguments.preset, has_descriptor)
    if preset == "flatsort" and arguments.coasted:
        raise InputError(
            f"--coasted {arguments.coasted} does not go with --preset flatsort: it learns for how "
            "many frames predicted boxes are right; --coasted 0 leaves them out"
        )
    if arguments.thresholds == "auto" and (preset != "flatsort" or has_detector):
        raise InputError(
            "--thresholds auto goes with --preset flatsort and the boxes of a file: it learns from "
            "all of them before tracking"
        )
    if arguments.blur_heads and not arguments.video:
        raise InputError("--blur-heads goes with --video: it is about the film")
    if preset != "flatsort" and arguments.camera_motion is not None:
        raise InputError("--camera-motion goes with --preset flatsort")
    motion = arguments.camera_motion
    if arguments.every > 1 and motion is not None and Path(motion).exists():
        raise InputError(
            f"--camera-motion {motion} has the movement from each frame to the next: leave out "
            "--every, or choose another way to follow the camera"
        )
    if arguments.memory is not None and not (preset == "flatsort" and has_descriptor):
        raise InputError("--memory goes with --preset flatsort and a descriptor")
    if arguments.tracker and Path(arguments.tracker).name != arguments.tracker:
        raise InputError(f"--tracker {arguments.tracker}: give a name, not a path")
    if arguments.detector and arguments.detections:
        raise InputError("--detections and --detector: give only one of them")
    if has_source and arguments.detections:
        raise InputError(
            f"--detections goes with --seq: give --detector file:{arguments.detections} for the "
            "boxes of a source"
        )
    needs_source = {"--fps": arguments.fps is not None}
    needs_detector = {
        "--classes": arguments.classes != ["person"],
        "--detector-nms": arguments.detector_nms is not None,
        "--save-detections": arguments.save_detections is not None,
    }
    needs_descriptor = {
        "--paper": arguments.paper,
        "--nms-overlap": arguments.nms_overlap not in (None, 1),
        "--max-distance": arguments.max_distance is not None,
        "--appearance lazy": arguments.appearance == "lazy",
    }
    for is_there, given, rule in (
        (preset != "flatsort", needs_descriptor, "goes with --preset deepsort"),
        (has_source, needs_source, "goes with --source FOLDER: sequences state their own rate"),
        (has_detector, needs_detector, "goes with --detector or --source"),
        (has_descriptor, needs_descriptor, "needs a descriptor: motion alone has no such setting"),
    ):
        wrong = [option for option, is_given in given.items() if is_given and not is_there]
        if wrong:
            raise InputError(f"{wrong[0]} {rule}")


def check_several(arguments: argparse.Namespace, count: int, noun: str, one: str) -> None:
    """Check the options that name one file, where there are several sequences or sources.

    Args:
        arguments: the command line.
        count: number of sequences or sources.
        noun: "sequences" or "sources".
        one: what to give for a single one, such as "one --seq".

    Raises:
        InputError: an option names a file where a folder is needed.
    """
    from flatsort.errors import InputError

    if arguments.video and arguments.video.suffix:
        raise InputError(
            f"--video {arguments.video}: {count} {noun} need a folder for their films, not one file"
        )
    if arguments.save_detections:
        raise InputError(
            f"--save-detections {arguments.save_detections}: {count} {noun} do not go into one "
            f"file: give {one}"
        )
    if Path(arguments.camera_motion or "").is_file():
        raise InputError(
            f"--camera-motion {arguments.camera_motion}: {count} {noun} need a folder with one "
            "file each, not one file"
        )


def _check_offline(arguments: argparse.Namespace) -> None:
    """Check the options that go with --offline.

    Raises:
        InputError: an option excludes --offline, or a value is out of range.
    """
    from flatsort.errors import InputError

    if arguments.preset not in (None, "flatsort"):
        raise InputError(
            f"--offline tracks with --preset flatsort, not {arguments.preset}: tools/link.py links "
            "the results of any tracker"
        )
    if arguments.show:
        raise InputError("--show shows tracks as they come: leave it out with --offline")
