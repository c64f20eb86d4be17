"""Tracks as rows of a LanceDB table, one row per box.

What belongs to a track stands in the row of its first box, so a track is whole or not there.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from flatsort.errors import InputError
from flatsort.files.json_values import parse_json
from flatsort.retrieval.track_index import IndexedSource, TrackIndex
from flatsort.tracker import AppearanceMetric

if TYPE_CHECKING:
    import pyarrow
    from lancedb.table import Table

VERSION = 1
"""Version of the table; raise it whenever older readers would misread a new one."""


def make_schema(index: TrackIndex) -> "pyarrow.Schema":
    """Return the columns of the table, with the descriptor and its metric as metadata."""
    import pyarrow as pa

    columns = index.features.shape[1]
    metric = index.metric
    header = {
        "version": VERSION,
        "descriptor": index.descriptor,
        "fingerprint": index.fingerprint,
        "kind": metric.kind,
        "gate": metric.gate,
        "centre": None if metric.centre is None else metric.centre.tolist(),
    }
    return pa.schema(
        [
            ("box", pa.int64()),
            ("source", pa.string()),
            ("frame", pa.int64()),
            ("place", pa.list_(pa.float32(), 4)),
            ("feature", pa.list_(pa.float32(), columns)),
            ("vector", pa.list_(pa.float32(), columns)),
            ("id", pa.int64()),
            ("first", pa.int64()),
            ("last", pa.int64()),
            ("pictured", pa.int64()),
            ("picture", pa.binary()),
            ("results", pa.string()),
            ("footage", pa.string()),
        ],
        metadata={"flatsort": json.dumps(header)},
    )


def to_rows(index: TrackIndex, start: int, schema: "pyarrow.Schema") -> "pyarrow.Table":
    """Return the rows of an index's boxes.

    Args:
        index: the index.
        start: number of the first box.
        schema: the columns, from :func:`make_schema`.
    """
    import pyarrow as pa

    boxes = len(index.owners)
    firsts = np.searchsorted(index.owners, np.arange(len(index)))
    places = np.full(boxes, -1)
    places[firsts] = np.arange(len(index))

    def per_track(values: list) -> list:
        """Return one value per box: the track's for its first box, else None."""
        return [None if track < 0 else values[track] for track in places.tolist()]

    def vectors(values: NDArray[np.float32]) -> pa.FixedSizeListArray:
        flat = pa.array(np.ascontiguousarray(values, np.float32).ravel())
        return pa.FixedSizeListArray.from_arrays(flat, values.shape[1])

    sources = [index.sources[place] for place in index.track_sources.tolist()]
    return pa.table(
        [
            np.arange(start, start + boxes),
            [sources[track].name for track in index.owners.tolist()],
            index.frames,
            vectors(index.boxes_tlwh),
            vectors(index.features),
            vectors(index.metric.prepare(index.features)),
            per_track(index.track_ids.tolist()),
            per_track(index.spans[:, 0].tolist()),
            per_track(index.spans[:, 1].tolist()),
            per_track((index.pictured + start).tolist()),
            per_track(list(index.pictures)),
            per_track([source.results for source in sources]),
            per_track([source.footage for source in sources]),
        ],
        schema=schema,
    )


def read_tracks(table: "Table") -> TrackIndex:
    """Return the index of a table; features and pictures stay in the table.

    Raises:
        ValueError, KeyError: the table's rows do not fit together.
    """
    header = parse_json(table.schema.metadata[b"flatsort"].decode())
    if header["version"] != VERSION:
        raise ValueError(f"version {header['version']}, but this program reads {VERSION}")
    boxes = table.search().select(["box", "frame", "place", "id"]).to_arrow()
    of_track = ["source", "results", "footage", "id", "first", "last", "pictured"]
    tracks = table.search().where("id IS NOT NULL").select(of_track).to_arrow()
    starts = np.flatnonzero(boxes["id"].is_valid().to_numpy())
    count = len(boxes)
    if not np.array_equal(boxes["box"].to_numpy(), np.arange(count)):
        raise ValueError("its boxes are out of order")
    if len(starts) != len(tracks) or starts[:1].tolist() != [0]:
        raise ValueError("its first box belongs to no track")
    named = list(zip(*(tracks[name].to_pylist() for name in of_track[:3]), strict=True))
    sources = {source: place for place, source in enumerate(dict.fromkeys(named))}
    centre = header["centre"]
    return TrackIndex(
        descriptor=header["descriptor"],
        fingerprint=header["fingerprint"],
        metric=AppearanceMetric(
            header["kind"],
            header["gate"],
            None if centre is None else np.array(centre, np.float32),
        ),
        sources=tuple(IndexedSource(*source) for source in sources),
        track_sources=np.array([sources[source] for source in named]),
        track_ids=tracks["id"].to_numpy(),
        spans=np.column_stack([tracks["first"].to_numpy(), tracks["last"].to_numpy()]),
        pictured=tracks["pictured"].to_numpy(),
        pictures=StoredPictures(table, starts),
        owners=np.repeat(np.arange(len(starts)), np.diff([*starts, count])),
        frames=boxes["frame"].to_numpy(),
        boxes_tlwh=_to_array(boxes["place"], 4),
        features=StoredFeatures(table, count),
    )


class StoredFeatures:
    """The features (N, D) of a table; a subscript reads some of them.

    Args:
        table: the table.
        count: number of boxes.

    Attributes:
        shape: (N, D).
    """

    def __init__(self, table: "Table", count: int) -> None:
        self._table = table
        self._folder = Path(table.uri).parent
        self.shape = (count, table.schema.field("feature").type.list_size)

    def __getitem__(self, rows: slice | NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the features of a slice, or of ascending rows without doubles.

        Raises:
            InputError: the table is damaged.
        """
        if isinstance(rows, slice):
            rows = np.arange(*rows.indices(self.shape[0]))
        if len(rows) == 0:
            return np.empty((0, self.shape[1]), np.float32)
        try:
            found = self._table.take_offsets(rows.tolist()).select(["feature"]).to_arrow()
            features = _to_array(found["feature"], self.shape[1])
        except (RuntimeError, ValueError, OSError) as error:
            raise damaged(self._folder, error) from error
        if len(features) != len(rows) or not np.isfinite(features).all():
            raise damaged(self._folder, ValueError("features are missing"))
        return features


class StoredPictures(Sequence[bytes]):
    """The pictures of T tracks of a table; a subscript reads one.

    Args:
        table: the table.
        firsts: (T,) the row of each track's first box.
    """

    def __init__(self, table: "Table", firsts: NDArray[np.int64]) -> None:
        self._table = table
        self._firsts = firsts

    def __len__(self) -> int:
        return len(self._firsts)

    def __getitem__(self, track: int) -> bytes:
        """Return one JPEG file."""
        row = int(self._firsts[track])
        return self._table.take_offsets([row]).select(["picture"]).to_arrow()["picture"][0].as_py()


def damaged(folder: Path, error: Exception) -> InputError:
    """Return the error that says that the database in a folder is damaged."""
    reason = (str(error).splitlines() or [type(error).__name__])[0]
    return InputError(f"{folder} is damaged ({reason}): index the results again under another name")


def _to_array(lists: "pyarrow.ChunkedArray", columns: int) -> NDArray[np.float32]:
    """Return lists of equal length as rows of an array (N, columns)."""
    return lists.combine_chunks().flatten().to_numpy(zero_copy_only=False).reshape(-1, columns)
