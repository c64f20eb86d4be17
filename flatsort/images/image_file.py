"""Read and write one image file; errors say what is wrong with it."""

from pathlib import Path
from typing import TYPE_CHECKING

from flatsort.errors import InputError
from flatsort.files.atomic import atomic_path
from flatsort.images.image_ends import is_whole

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff")
"""Suffixes of the image files that are read."""
_DARKEST_AND_BRIGHTEST = (0.1, 99.9)
"""Percentiles of the values of a deep image that become 0 and 255: single pixels may be broken."""


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
        (H, W, 3) uint8, BGR. An image of more than 8 bits is stretched from its darkest to its
        brightest values.

    Raises:
        InputError: the file is missing, truncated, too large or not an image, or has several pages.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot read {what}: {error.strerror}") from error
    image = _decode(path, data, what) if data and is_whole(data) else None
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


def is_deep(path: Path) -> bool:
    """Return whether an image has more than 8 bits per value, such as a thermal camera's."""
    import cv2

    image = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    return image is not None and image.itemsize > 1


def _decode(path: Path, data: bytes, what: str) -> "NDArray[np.uint8] | None":
    """Return the image, (H, W, 3) uint8 BGR; None if the data are no image.

    Raises:
        InputError: the image is larger than OpenCV decodes, or the file has several pages.
    """
    import cv2
    import numpy as np

    if path.suffix.lower() in (".tif", ".tiff") and (pages := cv2.imcount(str(path))) > 1:
        raise InputError(
            f"{path}: it has {pages} pages, and one image per frame is read: save each page as a "
            "file of its own"
        )
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH)
    except cv2.error as error:
        raise InputError(f"{path}: cannot decode {what}: {error.err}") from error
    if image is None or image.dtype == np.uint8:
        return image
    # Cutting to the top byte would leave a thermal image almost black.
    values = np.nan_to_num(image.astype(np.float32))
    low, high = np.percentile(values, _DARKEST_AND_BRIGHTEST)
    return (np.clip((values - low) / max(high - low, 1e-9), 0, 1) * 255).round().astype(np.uint8)
