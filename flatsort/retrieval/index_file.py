"""Write and read a track index as one .npz file; a damaged file is refused."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flatsort.errors import InputError
from flatsort.files.atomic import atomic_path
from flatsort.files.damaged_arrays import DAMAGED
from flatsort.files.json_values import parse_json
from flatsort.retrieval.track_index import IndexedSource, TrackIndex
from flatsort.tracker import AppearanceMetric

VERSION = 1
"""Version of the format; raise it whenever older readers would misread a new file."""
_KIND = "flatsort track index"
"""Value of `kind` in the header, which tells an index from any other .npz file."""
_ARRAYS = {
    "track_sources": ("<i8", ("T",)),
    "track_ids": ("<i8", ("T",)),
    "spans": ("<i8", ("T", 2)),
    "pictured": ("<i8", ("T",)),
    "owners": ("<i8", ("N",)),
    "frames": ("<i8", ("N",)),
    "boxes_tlwh": ("<f4", ("N", 4)),
    "features": ("<f4", ("N", "D")),
}
"""Attributes of the index that are arrays in the file, with their types and shapes."""


def write_index(path: Path, index: TrackIndex) -> None:
    """Write an index; the file appears whole or not at all.

    Raises:
        InputError: the file cannot be written.
    """
    arrays = pack(index, _KIND)
    sizes = np.array([len(picture) for picture in index.pictures], "<i8")
    pictures = np.frombuffer(b"".join(index.pictures), np.uint8)
    with atomic_path(path) as temporary, open(temporary, "wb") as handle:
        np.savez(handle, picture_sizes=sizes, pictures=pictures, **arrays)


def pack(index: TrackIndex, kind: str) -> dict[str, NDArray[Any]]:
    """Return the arrays of an index and its header, without the pictures.

    Args:
        index: the index.
        kind: what the file is; a reader asks for the same.
    """
    metric = index.metric
    header = {
        "kind": kind,
        "version": VERSION,
        "descriptor": index.descriptor,
        "fingerprint": index.fingerprint,
        "metric": {"kind": metric.kind, "gate": metric.gate},
        "sources": [vars(source) for source in index.sources],
    }
    arrays = {name: getattr(index, name).astype(kind) for name, (kind, _) in _ARRAYS.items()}
    if metric.centre is not None:
        arrays["centre"] = metric.centre.astype("<f4")
    return {"header": np.array(json.dumps(header))} | arrays


def read_index(path: Path) -> TrackIndex:
    """Read an index.

    Raises:
        InputError: the file does not exist, is damaged, or has another version.
    """
    if path.is_dir():
        raise InputError(f"{path}: it is a folder; give an index in one file (.npz)")
    if not path.is_file():
        raise InputError(f"{path}: no such index: write it with tools/search.py index")
    header, arrays = read_arrays(path, _KIND, path)
    try:
        sizes, pictures = arrays["picture_sizes"], arrays["pictures"]
        check_sizes(sizes, pictures)
        split = np.split(pictures, np.cumsum(sizes)[:-1])
        index = assemble(header, arrays, tuple(each.tobytes() for each in split))
        # prepare() raises ValueError if a feature is not finite or not as wide as the centre.
        index.metric.prepare(index.features)
    except (*DAMAGED, IndexError) as error:
        raise InputError(f"{path} is damaged ({error}): index the results again") from error
    return index


def read_arrays(
    path: Path, kind: str, named: Path
) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return the header and the arrays of a file.

    Args:
        path: the file.
        kind: what the file must be.
        named: the path that the user gave, for messages.

    Raises:
        InputError: the file is damaged, or is of another kind or version.
    """
    try:
        # The file is opened here because np.load(path) does not close a damaged file.
        with open(path, "rb") as handle, np.load(handle, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        header = parse_json(str(arrays.pop("header")))
        is_ours = header["kind"] == kind
    except DAMAGED as error:
        raise InputError(
            f"{named} is damaged or is not an index of tools/search.py: index the results again"
        ) from error
    if not is_ours or header.get("version") != VERSION:
        raise InputError(
            f"{named} has version {header.get('version')}, but this program reads version "
            f"{VERSION}: index the results again"
        )
    return header, arrays


def check_sizes(sizes: NDArray[np.int64], pictures: NDArray[np.uint8]) -> None:
    """Raise ValueError unless sizes (T,) of pictures add up to the pictures' bytes."""
    if (sizes < 0).any() or sizes.sum() != len(pictures):
        raise ValueError("picture_sizes do not add up to the pictures")


def assemble(
    header: dict[str, Any], arrays: dict[str, NDArray[Any]], pictures: Sequence[bytes]
) -> TrackIndex:
    """Build the index from a file's contents; the features are not looked at.

    Raises:
        ValueError, KeyError, TypeError and the like: the contents do not fit together.
    """
    metric = header["metric"]
    lengths = {"T": len(pictures), "N": len(arrays["frames"]), "D": arrays["features"].shape[-1]}
    for name, (kind, shape) in _ARRAYS.items():
        array, wanted = arrays[name], tuple(lengths.get(side, side) for side in shape)
        if array.shape != wanted or array.dtype.str != kind:
            raise ValueError(f"{name} is {array.dtype.str} {array.shape}, not {kind} {wanted}")
    index = TrackIndex(
        descriptor=str(header["descriptor"]),
        fingerprint=str(header["fingerprint"]),
        metric=AppearanceMetric(metric["kind"], metric["gate"], arrays.get("centre")),
        sources=tuple(IndexedSource(**source) for source in header["sources"]),
        pictures=pictures,
        **{name: arrays[name] for name in _ARRAYS},
    )
    _check(index)
    return index


def _check(index: TrackIndex) -> None:
    """Raise ValueError if a track or a sample refers to something that is not in the index."""
    tracks, samples = len(index), len(index.owners)
    if tracks == 0 or not np.array_equal(np.unique(index.owners), np.arange(tracks)):
        raise ValueError("a track has no sample")
    if (np.diff(index.owners) < 0).any():
        raise ValueError("samples are out of order")
    limits = ((index.track_sources, len(index.sources)), (index.pictured, samples))
    if any((places < 0).any() or (places >= limit).any() for places, limit in limits):
        raise ValueError("a track refers to a source or a sample that is not there")
