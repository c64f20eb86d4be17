"""A track index as a file: one .npz, whole or refused."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flatsort.descriptors.feature_rows import DAMAGED
from flatsort.errors import InputError
from flatsort.files.atomic import atomic_path
from flatsort.retrieval.index import IndexedSource, TrackIndex
from flatsort.tracker.gallery import AppearanceMetric

# To be raised whenever a reader of the older files would take the newer ones for something else.
VERSION = 1
_KIND = "flatsort track index"
# Attributes of the index that are arrays in the file, their types and their lengths.
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


def write_index(path: Path, index: TrackIndex) -> None:
    """Write an index; the file appears whole.

    Raises:
        InputError: it cannot be written there.
    """
    metric = index.metric
    header = {
        "kind": _KIND,
        "version": VERSION,
        "descriptor": index.descriptor,
        "fingerprint": index.fingerprint,
        "metric": {"kind": metric.kind, "gate": metric.gate},
        "sources": [vars(source) for source in index.sources],
    }
    arrays = {name: getattr(index, name).astype(kind) for name, (kind, _) in _ARRAYS.items()}
    if metric.centre is not None:
        arrays["centre"] = metric.centre.astype("<f4")
    sizes = np.array([len(picture) for picture in index.pictures], "<i8")
    pictures = np.frombuffer(b"".join(index.pictures), np.uint8)
    with atomic_path(path) as temporary, open(temporary, "wb") as handle:
        np.savez(
            handle,
            header=np.array(json.dumps(header)),
            picture_sizes=sizes,
            pictures=pictures,
            **arrays,
        )


def read_index(path: Path) -> TrackIndex:
    """Read an index.

    Raises:
        InputError: there is none, it is another version's, or damaged.
    """
    if not path.is_file():
        raise InputError(f"{path}: no such index: write it with tools/search.py index")
    try:
        # NumPy leaves a damaged file open that it opened itself.
        with open(path, "rb") as handle, np.load(handle, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        header = json.loads(str(arrays.pop("header")))
        is_ours = header["kind"] == _KIND
    except (*DAMAGED, MemoryError, RecursionError) as error:
        raise InputError(
            f"{path}: damaged, or no index that tools/search.py wrote: index the results anew"
        ) from error
    if not is_ours or header.get("version") != VERSION:
        raise InputError(
            f"{path}: an index of version {header.get('version')}, and this program reads "
            f"{VERSION}: index the results anew"
        )
    try:
        return _assemble(header, arrays)
    except (*DAMAGED, AttributeError, IndexError, OverflowError) as error:
        raise InputError(f"{path}: a damaged index: {error}: index the results anew") from error


def _assemble(header: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> TrackIndex:
    """The index of a file's contents; ValueError and the like where they do not fit together."""
    metric = header["metric"]
    sizes, pictures = arrays["picture_sizes"], arrays["pictures"]
    lengths = {"T": len(sizes), "N": len(arrays["frames"]), "D": arrays["features"].shape[-1]}
    for name, (kind, shape) in _ARRAYS.items():
        array, wanted = arrays[name], tuple(lengths.get(side, side) for side in shape)
        if array.shape != wanted or array.dtype.str != kind:
            raise ValueError(f"{name} is {array.dtype.str} {array.shape}, not {kind} {wanted}")
    ends = np.cumsum(sizes)
    if (sizes < 0).any() or ends[-1:].sum() != len(pictures):
        raise ValueError("pictures of other sizes")
    index = TrackIndex(
        descriptor=str(header["descriptor"]),
        fingerprint=str(header["fingerprint"]),
        metric=AppearanceMetric(metric["kind"], metric["gate"], arrays.get("centre")),
        sources=tuple(IndexedSource(**source) for source in header["sources"]),
        pictures=tuple(each.tobytes() for each in np.split(pictures, ends[:-1])),
        **{name: arrays[name] for name in _ARRAYS},
    )
    _check(index)
    return index


def _check(index: TrackIndex) -> None:
    """Raise ValueError where places point to what is not there."""
    tracks, samples = len(index), len(index.owners)
    if tracks == 0 or not np.array_equal(np.unique(index.owners), np.arange(tracks)):
        raise ValueError("a track without a sample")
    if (np.diff(index.owners) < 0).any():
        raise ValueError("samples out of order")
    limits = ((index.track_sources, len(index.sources)), (index.pictured, samples))
    if any((places < 0).any() or (places >= limit).any() for places, limit in limits):
        raise ValueError("a place beyond the end")
    # Raises ValueError where a feature is not finite or not as wide as the centre.
    index.metric.prepare(index.features)
