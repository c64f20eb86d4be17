"""Read and write one image file; errors say what is wrong with it."""

from pathlib import Path
from typing import TYPE_CHECKING

from flatsort.errors import InputError
from flatsort.files.atomic import atomic_path

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff")
"""Suffixes of the image files that are read."""


def is_image(path: Path) -> bool:
    """Return whether a path is an image file by its name."""
    # macOS leaves hidden files such as ._1.jpg, which are not images.
    is_hidden = path.name.startswith(".")
    return path.suffix.lower() in IMAGE_SUFFIXES and not is_hidden and path.is_file()


def read_image(path: Path, what: str) -> "NDArray[np.uint8]":
    """Read an image.

    Args:
        path: the file.
        what: the image's name in messages, such as "frame 3 of MOT16-02".

    Returns:
        (H, W, 3) uint8, BGR.

    Raises:
        InputError: the file is missing, truncated or not an image.
    """
    import cv2
    import numpy as np

    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot read {what}: {error.strerror}") from error
    image = None
    # OpenCV silently fills the rest of a truncated image with grey, so look for the end first.
    if data and _is_complete(data):
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise InputError(f"{path}: truncated or not an image ({what}): restore the file")
    return image


def write_image(path: Path, image: "NDArray[np.uint8]") -> None:
    """Write an image, whole or not at all.

    Args:
        path: the file; its ending gives the format.
        image: (H, W, 3) uint8, BGR.

    Raises:
        InputError: no format has this ending, or the file cannot be written.
    """
    import cv2

    try:
        encoded, data = cv2.imencode(path.suffix, image)
    except cv2.error:
        encoded = False
    if not encoded:
        raise InputError(f"{path}: the picture's name must end in .png or .jpg")
    with atomic_path(path) as temporary:
        temporary.write_bytes(data)


def _is_complete(data: bytes) -> bool:
    """Whether a JPEG or PNG has its end marker; True for other formats."""
    if data.startswith(b"\xff\xd8"):
        # Entropy-coded data contain neither marker, because 0x00 follows each 0xff in them. An
        # embedded thumbnail has both markers too, so compare the last ones.
        return data.rfind(b"\xff\xd9") > data.rfind(b"\xff\xda")
    if data.startswith(b"\x89PNG"):
        return b"IEND" in data[-64:]
    return True
