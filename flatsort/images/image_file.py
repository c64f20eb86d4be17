"""Read one image file, or say what is wrong with it."""

from pathlib import Path
from typing import TYPE_CHECKING

from flatsort.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def read_image(path: Path, what: str) -> "NDArray[np.uint8]":
    """Read an image.

    Args:
        path: the file.
        what: it is, for messages: "frame 3 of MOT16-02".

    Returns:
        (H, W, 3) uint8, BGR.

    Raises:
        InputError: it is missing, truncated or no image.
    """
    import cv2
    import numpy as np

    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot read {what}: {error.strerror}") from error
    image = None
    # OpenCV pads a truncated image with grey and says nothing, so look for its end first.
    if data and _is_complete(data):
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise InputError(f"{path}: truncated or no image ({what}): restore the file")
    return image


def _is_complete(data: bytes) -> bool:
    """Whether a JPEG or PNG has its end marker (other formats are left to the decoder)."""
    if data.startswith(b"\xff\xd8"):
        # Neither marker can occur inside entropy-coded data, where 0xff is followed by 0x00; an
        # embedded thumbnail has its own pair, so the end must come after the last scan's start.
        return data.rfind(b"\xff\xd9") > data.rfind(b"\xff\xda")
    if data.startswith(b"\x89PNG"):
        return b"IEND" in data[-64:]
    return True
