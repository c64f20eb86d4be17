"""Write and read a gallery as a folder, whose features are never all in memory."""

import importlib
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flatsort.errors import InputError
from flatsort.files.damaged_arrays import DAMAGED
from flatsort.reid_vae.whole_file import whole_folder
from flatsort.retrieval.box_gallery import EXACT_BOXES, stored_points
from flatsort.retrieval.gallery_recall import measure_recall
from flatsort.retrieval.index_file import assemble, check_sizes, pack, read_arrays
from flatsort.retrieval.inverted_lists import InvertedLists, build_lists
from flatsort.retrieval.track_index import TrackIndex, join

ENDING = ".gallery"
"""Ending of a gallery's name."""
_KIND = "flatsort gallery"
_TRACKS, _FEATURES, _PICTURES, _LISTS = "tracks.npz", "features.f32", "pictures.bin", "lists.faiss"


def write_gallery(
    folder: Path, parts: Iterable[TrackIndex], exact_boxes: int = EXACT_BOXES
) -> "FolderGallery":
    """Write a gallery; the folder appears whole or not at all.

    Features and pictures go to disk part by part. What stays in memory per box is its frame, its
    place and its track, 32 bytes. An older gallery of the same name is replaced.

    Args:
        folder: the folder, whose parent is made if it is missing.
        parts: indexes by one descriptor, each with other sources; at least one has tracks.
        exact_boxes: number of boxes up to which no approximate index is made.

    Returns:
        The gallery.

    Raises:
        InputError: the folder cannot be written, or it is there and is not a gallery.
    """
    # A missing package is noticed here, before hours of describing.
    importlib.import_module("faiss")
    if folder.exists() and not (folder / _TRACKS).is_file():
        raise InputError(f"{folder}: it is there and is not a gallery; give another name")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with whole_folder(folder) as made:
            _write_parts(made, parts)
            gallery = FolderGallery(made, named=folder)
            if len(gallery.index.owners) > exact_boxes:
                _add_lists(made, gallery)
    except OSError as error:
        # The footage is read meanwhile, too.
        place = error.filename or folder
        raise InputError(f"{place}: {error.strerror or error}") from error
    return FolderGallery(folder)


def _write_parts(made: Path, parts: Iterable[TrackIndex]) -> None:
    """Write the features, the pictures and the tracks."""
    bare, sizes = [], []
    with ExitStack() as stack:
        features = stack.enter_context(open(made / _FEATURES, "wb"))
        pictures = stack.enter_context(open(made / _PICTURES, "wb"))
        for part in parts:
            features.write(part.features.astype("<f4").tobytes())
            for picture in part.pictures:
                pictures.write(picture)
                sizes.append(len(picture))
            nothing = np.empty((len(part.owners), 0), np.float32)
            bare.append(replace(part, features=nothing, pictures=()))
    arrays = pack(join(bare), _KIND)
    del arrays["features"]
    np.savez(made / _TRACKS, picture_sizes=np.array(sizes, "<i8"), **arrays)


def _add_lists(made: Path, gallery: "FolderGallery") -> None:
    """Write the approximate index, and its recall into the tracks' file."""
    read = partial(stored_points, gallery.index)
    build_lists(made / _LISTS, read, len(gallery.index.owners))
    with np.load(made / _TRACKS) as file:
        arrays = {name: file[name] for name in file.files}
    recall = measure_recall(FolderGallery(made))
    np.savez(made / _TRACKS, recall=np.array(recall), **arrays)


class FolderGallery:
    """A gallery that :func:`write_gallery` made; see :class:`BoxGallery` for the attributes.

    Args:
        folder: the folder.
        named: its name in messages; None for the folder's own.

    Raises:
        InputError: the folder is not a gallery, is damaged, or has another version.
    """

    engine = "faiss"

    def __init__(self, folder: Path, named: Path | None = None) -> None:
        named = named or folder
        if not (folder / _TRACKS).is_file():
            raise InputError(f"{named}: no such gallery: write it with tools/search.py index")
        header, arrays = read_arrays(folder / _TRACKS, _KIND, named)
        try:
            sizes = arrays["picture_sizes"]
            pictures = np.memmap(folder / _PICTURES, np.uint8, "r")
            check_sizes(sizes, pictures)
            boxes = len(arrays["frames"])
            if boxes == 0:
                raise ValueError("it has no boxes")
            size = (folder / _FEATURES).stat().st_size
            shape = boxes, size // (4 * boxes)
            if size == 0 or size != 4 * shape[0] * shape[1]:
                raise ValueError(f"{_FEATURES} has {size} bytes for {boxes} boxes")
            arrays["features"] = StoredFeatures(folder / _FEATURES, shape, named)
            self.index = assemble(header, arrays, StoredPictures(pictures, sizes))
            self.recall = float(arrays["recall"]) if "recall" in arrays else None
            self._lists = None
            if (folder / _LISTS).is_file():
                self._lists = InvertedLists(folder / _LISTS, *shape)
            elif self.recall is not None:
                raise ValueError(f"{_LISTS} is missing")
        except (*DAMAGED, IndexError) as error:
            reason = str(error).splitlines()[0]
            raise InputError(f"{named} is damaged ({reason}): index the results again") from error

    def candidates(
        self, queries: NDArray[np.float32], count: int, sources: NDArray[np.int64] | None
    ) -> NDArray[np.int64]:
        """See :class:`BoxGallery`."""
        allowed = None
        if sources is not None:
            allowed = np.isin(self.index.track_sources, sources)[self.index.owners]
        return self._lists.candidates(queries, count, allowed)


class StoredFeatures:
    """Features (N, D) on disk; a subscript reads some of them.

    The file is mapped anew for each reading. Pages that were read once would else count as memory
    of this process until the kernel needs them.

    Args:
        path: the file, N x D float32.
        shape: (N, D).
        named: name of the gallery in messages.

    Attributes:
        shape: (N, D).
        dtype: type of the numbers.
    """

    dtype = np.dtype("<f4")

    def __init__(self, path: Path, shape: tuple[int, int], named: Path) -> None:
        self._path = path
        self._named = named
        self.shape = shape

    def __getitem__(self, rows: slice | NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the features of some rows.

        Raises:
            InputError: a feature is not finite.
        """
        found = np.array(np.memmap(self._path, self.dtype, "r", shape=self.shape)[rows])
        if not np.isfinite(found).all():
            raise InputError(
                f"{self._named} is damaged (a feature is not finite): index the results again"
            )
        return found


class StoredPictures(Sequence[bytes]):
    """The pictures of T tracks, one after another on disk.

    Args:
        data: the bytes of all pictures.
        sizes: (T,) bytes of each.
    """

    def __init__(self, data: NDArray[np.uint8], sizes: NDArray[np.int64]) -> None:
        self._data = data
        self._ends = np.cumsum(sizes)

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, track: int) -> bytes:
        """Return one JPEG file."""
        first = self._ends[track - 1] if track else 0
        return self._data[first : self._ends[track]].tobytes()
