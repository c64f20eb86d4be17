"""Write the encoder of weights as an ONNX file. See `python tools/export_onnx.py --help`."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from flatsort.commands.cli import OutputPath, make_parser
from flatsort.commands.options import add_mot_root_option

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from flatsort.files.sequence import Sequence

EXAMPLES = """\
The file holds everything that another program needs. The network takes crops as they are cut: N x
H x W x 3 bytes in RGB, for any N. It returns N x D float32 descriptors. The metadata
"flatsort-encoder" name the metric, its gate and, for cosines, the centre. The file is written only
if it returns what the same weights return in torch.

Training writes NAME.onnx beside NAME.safetensors by itself. Weights of earlier versions lack that
file: tools/track.py runs them in torch, more slowly, until you write the file with this command.

examples:
  python tools/export_onnx.py fmvae-track                       # -> fmvae-track.onnx
  python tools/track.py --seq MOT16-02 --descriptor onnx:fmvae-track.onnx

  # beside older weights of your own, so that they run without torch
  python tools/export_onnx.py weights/mine.safetensors --out weights/mine.onnx

  # checked on crops of a sequence too
  python tools/export_onnx.py weights/mine.safetensors --out mine.onnx --seq data/my-sequence
"""
# Largest allowed deviation from torch, as a fraction of the largest value. float32 rounds sums of a
# thousand terms to a hundredth of this; a gate of three digits is ten times as coarse.
TOLERANCE = 1e-4
# Number of crops that the check compares.
CROPS = 256


def parse_arguments(words: list[str] | None = None) -> argparse.Namespace:
    """Parse the command line."""
    parser = make_parser(
        "export_onnx",
        description="Write the encoder of trained weights as an ONNX file, checked against torch.",
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    add("weights", metavar="NAME|FILE.safetensors", help="as for tools/track.py --descriptor")
    add("--out", type=OutputPath, metavar="FILE.onnx", help="the file to write (NAME.onnx)")
    add("--seq", metavar="NAME|FOLDER", help="also check on crops of its detections")
    add_mot_root_option(parser)
    add(
        "--detections",
        default="det.txt",
        metavar="FILE",
        help="for --seq, in its det/ (det.txt)",
    )
    return parser.parse_args(words)


def main(words: list[str] | None = None) -> None:
    """Export the encoder, compare it with torch, and write it."""
    arguments = parse_arguments(words)
    from flatsort.descriptors.registry import weights_path
    from flatsort.errors import InputError

    path = weights_path(arguments.weights)
    if path is None:
        raise InputError(f"{arguments.weights}: no such weights: give a name or FILE.safetensors")
    out = arguments.out or Path(f"{path.stem}.onnx")
    if out.suffix != ".onnx":
        raise InputError(f"--out {out}: an ONNX file's name ends in .onnx")
    from flatsort.files.atomic import atomic_path, check_writable

    check_writable(out)
    from flatsort.descriptors.onnx_encoder import OnnxEncoder
    from flatsort.descriptors.onnx_session import open_session
    from flatsort.descriptors.vae import VaeDescriptor
    from flatsort.reid_vae.weights.encoder import CropEncoder
    from flatsort.reid_vae.weights.onnx_export import build_encoder
    from flatsort.reid_vae.weights.weights_file import WeightsError

    try:
        reference = CropEncoder(path)
        model = build_encoder(path)
    except WeightsError as error:
        raise InputError(str(error)) from error
    encoder = OnnxEncoder(open_session(model, out), out, model)
    # Raises InputError for a metric with which tools/track.py could not run the file.
    VaeDescriptor(encoder, [path], path)
    samples = {"random": random_crops(reference.image_size)}
    if arguments.seq:
        sequence = find_one(arguments.seq, arguments.mot_root)
        samples[sequence.name] = real_crops(sequence, arguments.detections, reference.image_size)
    for name, crops in samples.items():
        found, expected = encoder(crops), reference(crops)
        print(f"{len(crops)} {name} crops: {compare(found, expected, out)}")
    with atomic_path(out) as temporary:
        temporary.write_bytes(model)
    print(f"{out}: {len(model) / 1e6:.1f} MB, use it as --descriptor onnx:{out}")


def compare(found: "NDArray[np.float32]", expected: "NDArray[np.float32]", out: Path) -> str:
    """Return a sentence about the largest deviation of the exported encoder from torch.

    Args:
        found: (N, D), the descriptors of the exported encoder.
        expected: (N, D), the descriptors of torch.
        out: the file to write, for the error message.

    Raises:
        InputError: the deviation exceeds TOLERANCE of the largest value, or is not finite.
    """
    import numpy as np

    from flatsort.errors import InputError

    deviation = float(np.abs(found - expected).max()) / float(np.abs(expected).max())
    # "not <=" instead of ">", because a NaN must not pass.
    if not deviation <= TOLERANCE:
        raise InputError(
            f"{out}: not written: the exported encoder deviates from torch by {deviation:.1e} of "
            f"the largest value, more than {TOLERANCE:.0e}: please report it"
        )
    return f"the largest deviation from torch is {deviation:.1e} of the largest value"


def random_crops(side: int) -> "NDArray[np.uint8]":
    """Return CROPS crops (N, side, side, 3) uint8, each of one random colour with noise."""
    import numpy as np

    random = np.random.default_rng(0)
    colours = random.uniform(0, 255, (CROPS, 1, 1, 3))
    noise = random.normal(0, 40, (CROPS, side, side, 3))
    return np.clip(colours + noise, 0, 255).astype(np.uint8)


def real_crops(sequence: "Sequence", detections: str, side: int) -> "NDArray[np.uint8]":
    """Return up to CROPS crops (N, side, side, 3) RGB of detections, spread over a sequence.

    Raises:
        InputError: the sequence has no frames, or no detections that training would use.
    """
    import numpy as np

    from flatsort.errors import InputError
    from flatsort.evaluation.reid.judged_boxes import detected_boxes
    from flatsort.images.crops import cut_crops

    boxes = detected_boxes(sequence, detections)
    if not len(boxes):
        raise InputError(f"{sequence.find_detections(detections)}: no detections to check with")
    chosen = np.unique(np.linspace(0, len(boxes) - 1, CROPS).astype(int))
    frames, boxes_tlwh = boxes.frames[chosen], boxes.boxes_tlwh[chosen]
    return np.concatenate(
        [
            cut_crops(sequence.read_frame(int(frame)), boxes_tlwh[frames == frame], side, side)
            for frame in np.unique(frames)
        ]
    )


def find_one(selection: str, mot_root: str | None) -> "Sequence":
    """Return the one sequence that a word selects.

    Raises:
        InputError: the word selects no sequence, or several.
    """
    from flatsort.errors import InputError
    from flatsort.files.sequence import find_sequences

    sequences = find_sequences(selection, mot_root)
    if len(sequences) > 1:
        raise InputError(f"--seq {selection}: selects several sequences: name one of them")
    return sequences[0]
