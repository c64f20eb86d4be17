"""Track people through MOTChallenge sequences. See `python tools/track.py --help`."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tools.cli import run
from tools.paths import BUILT_IN_SCENE, FEATURE_CACHE

if TYPE_CHECKING:
    from tools.mot.sequence import Sequence


DESCRIPTORS = """\
descriptors:
  none                 no appearance: plain SORT; needs no images
  histogram            hue-saturation strips
  fmvae, vhpvae        weights/NAME.safetensors: trained without labels
  FILE.safetensors     weights of your own, see tools/train_descriptor.py
  onnx:FILE            any re-identification network; input size read from the file, ImageNet
                       normalisation, or stated: onnx:FILE,size=256x128,norm=unit,colour=bgr
                       (norm: imagenet, unit, symmetric, bytes); what tools/export_onnx.py wrote
                       needs no settings
  features:FILE.npy    computed before, in DeepSORT's N x (10 + D) format; also looked up in det/

examples:
  # the built-in sequence, rendered on first use
  python tools/track.py --descriptor fmvae --video videos/scene.mp4

  # MOT16 with its public detections, then the whole training set
  python tools/track.py --seq MOT16-02 --descriptor fmvae
  python tools/track.py --seq all --descriptor none

  # another detector's boxes, from the sequence's det/ folder
  python tools/track.py --seq MOT16-09 --detections yolox.txt --min-confidence 0.4

  # score what was tracked
  python tools/eval_mot.py
"""


def parse_arguments(words: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description="Track people through MOTChallenge sequences (MOT15, 16, 17, 20 layouts).",
        epilog=DESCRIPTORS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add(
        "--seq",
        metavar="NAME|FOLDER|all",
        help="a name under the MOT root (train or test), a sequence folder, or all; "
        "the built-in sequence if left out",
    )
    add("--mot-root", metavar="DIR", help="where names are looked up ($MOT16_ROOT, data/MOT16)")
    add("--descriptor", default="none", metavar="NAME", help="how people look (none)")
    add(
        "--detections",
        default="det.txt",
        metavar="FILE",
        help="a path, or a file in the sequence's det/ (det.txt)",
    )
    add(
        "--min-confidence",
        type=float,
        default=0.3,
        metavar="C",
        help="detections below are ignored (0.3)",
    )
    add(
        "--nms-overlap",
        type=float,
        metavar="O",
        help="largest covered fraction of a detection that survives (0.7; SORT has none)",
    )
    add(
        "--max-distance",
        type=float,
        metavar="D",
        help="appearance gate (the one calibrated for the descriptor, else 0.2)",
    )
    add(
        "--appearance",
        choices=("always", "lazy"),
        default="always",
        help="lazy: describe only those whom motion leaves in doubt, and all now and then (always)",
    )
    add(
        "--paper",
        action="store_true",
        help="the paper's metric instead of the calibrated one: cosine, not centred, at 0.2",
    )
    add(
        "--max-age",
        type=int,
        metavar="N",
        help="frames a track survives without a detection (30 with a descriptor, 1 for none)",
    )
    add(
        "--coasted",
        type=int,
        metavar="N",
        help="also write boxes predicted for up to N frames without a detection "
        "(upstream's: 1 with a descriptor as in DeepSORT, 0 for none as in SORT)",
    )
    add(
        "--results",
        type=Path,
        default=Path("results"),
        metavar="DIR",
        help="RESULTS/TRACKER/SEQ.txt is written (results)",
    )
    add(
        "--tracker",
        metavar="NAME",
        help="TRACKER's name (the descriptor's, -lazy, @detections' if any)",
    )
    add("--video", type=Path, metavar="FILE", help="an overlay film, .mp4; a folder for --seq all")
    add("--show", action="store_true", help="a live window; q stops, and writes nothing")
    add(
        "--cache",
        type=Path,
        default=FEATURE_CACHE,
        metavar="DIR",
        help="features are kept here, so that a second run encodes nothing (runs/descriptors)",
    )
    add("--no-cache", action="store_true", help="neither look features up nor keep them")
    add("--plugin", metavar="FILE.py", help="Python file that registers a descriptor of your own")
    return parser.parse_args(words)


def main(words: list[str] | None = None) -> None:
    """Track each selected sequence and write its results."""
    arguments = parse_arguments(words)
    from tools.descriptors import create_descriptor, descriptor_label, load_plugin
    from tools.descriptors.cache import open_cache
    from tools.errors import InputError
    from tools.mot.files import read_detections
    from tools.mot.sequence import find_sequences
    from tools.sinks import OverlayVideo, ResultFile, Window
    from tools.tracking import Options, track_sequence

    if arguments.plugin:
        load_plugin(arguments.plugin)
    options = Options(
        min_confidence=arguments.min_confidence,
        nms_overlap=arguments.nms_overlap,
        paper_metric=arguments.paper,
        max_distance=arguments.max_distance,
        lazy=arguments.appearance == "lazy",
        max_age=arguments.max_age,
        max_coasted=arguments.coasted,
    )
    if arguments.seq is None:
        render_if_missing(BUILT_IN_SCENE)
    sequences = find_sequences(arguments.seq or BUILT_IN_SCENE, arguments.mot_root)
    if arguments.video and arguments.video.suffix and len(sequences) > 1:
        raise InputError(
            f"--video {arguments.video}: {len(sequences)} sequences need a folder for their films, "
            "not one file"
        )
    if arguments.tracker and Path(arguments.tracker).name != arguments.tracker:
        raise InputError(f"--tracker {arguments.tracker}: take a name, not a path")
    name = arguments.tracker or descriptor_label(arguments.descriptor) + (
        ("-lazy" if options.lazy else "")
        + ("" if arguments.detections == "det.txt" else f"@{Path(arguments.detections).stem}")
    )
    for sequence in sequences:
        rows = read_detections(find_detections(sequence, arguments.detections), sequence.length)
        descriptor = create_descriptor(arguments.descriptor, sequence)
        results = arguments.results / name / f"{sequence.name}.txt"
        sinks = [ResultFile(results)]
        if arguments.video:
            path = video_path(arguments.video, sequence.name)
            sinks.append(OverlayVideo(path, sequence, caption=name))
        if arguments.show:
            sinks.append(Window(f"{sequence.name} {name}"))
        folder = None if arguments.no_cache else arguments.cache
        with open_cache(
            folder, descriptor_label(arguments.descriptor), descriptor, sequence
        ) as cache:
            report = track_sequence(sequence, rows, descriptor, options, sinks, cache)
        if report.frames < sequence.length:
            print(f"stopped at frame {report.frames} of {sequence.name}: no results written")
            break
        print(f"{results}: {report.line()}")
        if report.confident == 0:
            print(
                f"note: no detection of {sequence.name} has confidence >= "
                f"{arguments.min_confidence:g}: nothing was tracked"
            )


def find_detections(sequence: "Sequence", name: str) -> Path:
    """A name in the sequence's det/, else a path as given."""
    if not (sequence.folder / "det" / name).is_file() and Path(name).is_file():
        return Path(name)
    return sequence.find_detections(name)


def video_path(given: Path, sequence: str) -> Path:
    """A file as given, or SEQ.mp4 in the folder given."""
    return given if given.suffix else given / f"{sequence}.mp4"


def render_if_missing(folder: Path) -> None:
    """Render the built-in sequence unless it is there."""
    if not (folder / "seqinfo.ini").is_file():
        from tools.make_scene import main as make_scene

        make_scene(["--out", str(folder)])


if __name__ == "__main__":
    run(main)
