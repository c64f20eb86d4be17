"""Write and open an index in the form that the ending of its name asks for."""

from collections.abc import Iterable
from pathlib import Path

from flatsort.errors import InputError
from flatsort.retrieval import gallery_folder, lance_gallery
from flatsort.retrieval.box_gallery import BoxGallery
from flatsort.retrieval.gallery_folder import FolderGallery, write_gallery
from flatsort.retrieval.index_file import read_index, write_index
from flatsort.retrieval.lance_gallery import LanceGallery, stored_sources, write_lance
from flatsort.retrieval.result_footage import ResultSet
from flatsort.retrieval.track_index import TrackIndex, join

FOLDERS = (gallery_folder.ENDING, lance_gallery.ENDING)
"""Endings of the forms that are folders."""


def write_stored(path: Path, cameras: Iterable[TrackIndex]) -> TrackIndex:
    """Write the tracks of cameras as a gallery or into a database if the name ends so.

    Any other name is that of one file.

    Args:
        path: the file or folder.
        cameras: one index per camera; except for a file, one at a time is in memory.

    Returns:
        The index of all cameras.

    Raises:
        InputError: it cannot be written.
    """
    if path.suffix == gallery_folder.ENDING:
        return write_gallery(path, cameras).index
    if path.suffix == lance_gallery.ENDING:
        return write_lance(path, cameras).index
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
    if path.suffix == lance_gallery.ENDING:
        database = LanceGallery(path)
        return database.index, database
    return read_index(path), None


def left_to_index(path: Path, sets: list[ResultSet], fingerprint: str) -> list[ResultSet]:
    """Return the result files that a database does not hold yet; all of them for other forms.

    Args:
        path: the file or folder that will be written.
        sets: the result files.
        fingerprint: fingerprint of the descriptor.

    Raises:
        InputError: the database was made by another descriptor, or gives the name of a source to
            another result file.
    """
    if path.suffix != lance_gallery.ENDING:
        return sets
    stored = stored_sources(path, fingerprint)
    for each in sets:
        results = stored.get(each.name)
        if results not in (None, str(each.rows.path.resolve())):
            raise InputError(
                f"{each.rows.path}: {path} already has a source {each.name}, from {results}: "
                "rename the result file"
            )
    return [each for each in sets if each.name not in stored]
