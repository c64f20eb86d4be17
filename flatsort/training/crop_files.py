"""The files of a crop set: pictures that are mapped into memory, and an index with a checksum."""

import zlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from flatsort.files.damaged_arrays import DAMAGED

_IMAGES, _INDEX = "images.npy", "index.npz"
_CHUNK = 1 << 24
"""Bytes that are read at a time for the checksum."""


def write_crops(
    folder: Path,
    shape: tuple[int, ...],
    pieces: Iterable[NDArray[np.uint8]],
    **index: NDArray[np.generic],
) -> None:
    """Write crops piece by piece, so that they need not fit into memory.

    A file that is mapped into memory would kill the process if the disk were full.

    Args:
        folder: the folder, which exists.
        shape: shape of all crops together.
        pieces: the crops in order, uint8.
        index: further arrays, one row per crop.

    Raises:
        OSError: the disk is full.
    """
    checksum = 0
    with open(folder / _IMAGES, "wb") as file:
        header = {"descr": "|u1", "fortran_order": False, "shape": shape}
        npy.write_array_header_2_0(file, header)
        for piece in pieces:
            data = np.ascontiguousarray(piece).tobytes()
            checksum = zlib.crc32(data, checksum)
            file.write(data)
    np.savez(folder / _INDEX, checksum=np.array(checksum), **index)


def read_crops(folder: Path) -> tuple[NDArray[np.uint8], dict[str, NDArray[np.generic]]] | None:
    """Return the crops, mapped into memory, and the arrays of the index; None if damaged."""
    try:
        with open(folder / _INDEX, "rb") as handle, np.load(handle, allow_pickle=False) as file:
            index = {name: file[name] for name in file.files}
        images = np.load(folder / _IMAGES, mmap_mode="r", allow_pickle=False)
        if int(index.pop("checksum")) != _checksum(images):
            return None
    except DAMAGED:
        return None
    if images.dtype != np.uint8 or any(len(each) != len(images) for each in index.values()):
        return None
    return images, index


def _checksum(images: NDArray[np.uint8]) -> int:
    data, checksum = images.reshape(-1), 0
    for start in range(0, len(data), _CHUNK):
        checksum = zlib.crc32(data[start : start + _CHUNK], checksum)
    return checksum
