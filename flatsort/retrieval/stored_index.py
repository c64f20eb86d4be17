"""Write and open an index in the form that the ending of its name asks for."""

from collections.abc import Iterable
from pathlib import Path

from flatsort.retrieval import gallery_folder
from flatsort.retrieval.box_gallery import BoxGallery
from flatsort.retrieval.gallery_folder import FolderGallery, write_gallery
from flatsort.retrieval.index_file import read_index, write_index
from flatsort.retrieval.track_index import TrackIndex, join

FOLDERS = (gallery_folder.ENDING,)
"""Endings of the forms that are folders."""


def write_stored(path: Path, cameras: Iterable[TrackIndex]) -> TrackIndex:
    """Write the tracks of cameras as a gallery if the name ends so, else as one file.

    Args:
        path: the file or folder.
        cameras: one index per camera, of which one at a time is in memory for a gallery.

    Returns:
        The index of all cameras.

    Raises:
        InputError: it cannot be written.
    """
    if path.suffix == gallery_folder.ENDING:
        return write_gallery(path, cameras).index
    index = join(list(cameras))
    write_index(path, index)
    return index


def open_stored(path: Path) -> tuple[TrackIndex, BoxGallery | None]:
    """Return an index, and its gallery if it is a folder.

    Raises:
        InputError: there is no such index, or it is damaged.
    """
    if path.suffix == gallery_folder.ENDING:
        gallery = FolderGallery(path)
        return gallery.index, gallery
    return read_index(path), None
