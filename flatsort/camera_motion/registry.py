"""The words of --camera-motion, and the measurement that each stands for."""

from pathlib import Path

from flatsort.camera_motion.measurement import CameraMeasurement
from flatsort.camera_motion.movement_file import MovementFile
from flatsort.camera_motion.optical_flow import OpticalFlow
from flatsort.errors import InputError
from flatsort.files.sequence import Sequence

WORDS = ("auto", "boxes", "frames", "none")
"""Words that are no file. Every word but none also uses the boxes."""


def load_camera_motion(
    word: str | None, name: str, sequence: Sequence | None
) -> CameraMeasurement | None:
    """Return the measurement that a word stands for; None if the tracker sees boxes only.

    Args:
        word: one of WORDS, a file of movements, or a folder with one file NAME.txt per footage;
            None for boxes.
        name: name of the footage.
        sequence: the footage, if it is a sequence; every other source has frames.

    Raises:
        InputError: the file is missing or damaged, or the frames are missing.
    """
    if word in (None, "boxes", "none"):
        return None
    if word in ("auto", "frames"):
        if sequence is None or sequence.has_images:
            return OpticalFlow()
        if word == "auto":
            return None
        raise InputError(
            f"--camera-motion frames: {sequence.image_folder} has no frames: get the images, or "
            "choose boxes"
        )
    path = Path(word)
    path = path / f"{name}.txt" if path.is_dir() else path
    if not path.is_file():
        raise InputError(
            f"--camera-motion {word}: no such file {path}: give a file of movements, or one of "
            f"{', '.join(WORDS)}"
        )
    return MovementFile(path, None if sequence is None else sequence.length)
