"""Read crops of people from pictures: a folder or a tar archive with one person per picture."""

import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import cv2
import numpy as np
from numpy.typing import NDArray

from flatsort.errors import InputError
from flatsort.images.crops import cut_crops

ENDINGS = (".jpg", ".jpeg", ".png")
"""Endings of the names of pictures, in small letters; other files are skipped."""


def read_crop_pictures(place: Path, size: int) -> NDArray[np.uint8]:
    """Read all pictures, in the order of their names, as square crops.

    A picture shows one person and fills the crop, as the box of a detection does.

    Args:
        place: a folder, with all folders in it, or a tar archive, compressed or not.
        size: side of the crops in pixels.

    Returns:
        (M, size, size, 3) uint8 RGB.

    Raises:
        InputError: the place is missing, is neither of both, has no picture, or holds a picture
            that cannot be read.
    """
    if place.is_dir():
        files = _files_of_folder(place)
    elif place.is_file():
        files = _files_of_archive(place)
    else:
        raise InputError(f"--crops {place}: no such folder or archive")
    crops = [_square(data, f"{place}: {name}", size) for name, data in files]
    if not crops:
        raise InputError(f"--crops {place}: no picture there ends in {', '.join(ENDINGS)}")
    return np.concatenate(crops)


def _files_of_folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of each picture below a folder."""
    paths = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
    for name in sorted(filter(_is_picture, paths)):
        if paths[name].is_file():
            yield name, paths[name].read_bytes()


def _files_of_archive(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of each picture in a tar archive; nothing is unpacked."""
    try:
        with tarfile.open(path) as archive:
            members = [m for m in archive.getmembers() if m.isfile() and _is_picture(m.name)]
            for member in sorted(members, key=lambda member: member.name):
                yield member.name, archive.extractfile(member).read()
    except (tarfile.TarError, EOFError, OSError) as error:
        raise InputError(
            f"--crops {path}: not a whole tar archive ({error}): give a folder or a .tar"
        ) from error


def _is_picture(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in ENDINGS


def _square(data: bytes, place: str, size: int) -> NDArray[np.uint8]:
    """Decode a picture and resize it as training resizes boxes; return (1, size, size, 3) RGB."""
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if data else None
    if image is None:
        raise InputError(f"{place}: not a picture that can be read: remove it")
    height, width = image.shape[:2]
    return cut_crops(image, np.array([[0, 0, width, height]]), size, size)
