"""A gallery in LanceDB, a vector database that runs inside this process and keeps a folder.

It shows what a database needs to take over: :class:`LanceGallery` is a
:class:`flatsort.retrieval.box_gallery.BoxGallery`. Only lance_tracks.py knows LanceDB besides.
"""

import importlib
import json
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from flatsort.errors import InputError
from flatsort.files.atomic import atomic_writer
from flatsort.files.json_values import parse_json
from flatsort.retrieval.box_gallery import EXACT_BOXES
from flatsort.retrieval.gallery_recall import measure_recall
from flatsort.retrieval.inverted_lists import PROBED, ROUNDS, TRAINED_ON, lists_for
from flatsort.retrieval.lance_tracks import damaged, make_schema, read_tracks, to_rows
from flatsort.retrieval.track_index import TrackIndex

if TYPE_CHECKING:
    from lancedb.table import Table

ENDING = ".lance"
"""Ending of a database's name."""
_TABLE = "boxes"
_RECALL = "recall.json"
_WAIT = timedelta(hours=24)
"""Longest time to wait for the database's index; ten million boxes take minutes."""


def write_lance(
    folder: Path, parts: Iterable[TrackIndex], exact_boxes: int = EXACT_BOXES
) -> "LanceGallery":
    """Add tracks to a database, which is made if it is not there.

    Each part is one transaction: after a kill, the database has all of it or nothing.

    Args:
        folder: the folder of the database.
        parts: indexes by one descriptor; none of their sources is in the database.
        exact_boxes: number of boxes up to which no approximate index is made.

    Returns:
        The gallery.

    Raises:
        InputError: the database is damaged, was made by another descriptor, or holds no track.
    """
    # Missing packages are noticed here, before hours of describing.
    for package in ("lancedb", "faiss"):
        importlib.import_module(package)
    table = _open(folder)
    for part in parts:
        if len(part) == 0:
            continue
        if table is None:
            table = _create(folder, part)
        check_descriptor(folder, table, part.fingerprint)
        table.add(to_rows(part, table.count_rows(), table.schema))
    if table is None:
        raise InputError(f"{folder}: there are no tracks to index: track people first")
    gallery = LanceGallery(folder)
    boxes = len(gallery.index.owners)
    if boxes > exact_boxes and gallery.recall is None:
        _add_index(table, boxes)
        # A table that was opened before does not know the index.
        recall = measure_recall(LanceGallery(folder))
        with atomic_writer(folder / _RECALL) as handle:
            json.dump({"boxes": boxes, "recall": recall}, handle)
    return LanceGallery(folder)


def stored_sources(folder: Path, fingerprint: str) -> dict[str, str]:
    """Return the sources of a database and their result files; none if it is not there.

    Raises:
        InputError: the database is damaged, or was made by another descriptor.
    """
    table = _open(folder)
    if table is None:
        return {}
    check_descriptor(folder, table, fingerprint)
    return {source.name: source.results for source in LanceGallery(folder).index.sources}


def check_descriptor(folder: Path, table: "Table", fingerprint: str) -> None:
    """Raise InputError unless a database was made by the descriptor with a fingerprint."""
    header = parse_json(table.schema.metadata[b"flatsort"].decode())
    if header["fingerprint"] != fingerprint:
        raise InputError(
            f"{folder} was made by another descriptor ({header['descriptor']} at that time): give "
            "another name"
        )


class LanceGallery:
    """A gallery that :func:`write_lance` made; see :class:`BoxGallery` for the attributes.

    Args:
        folder: the folder of the database.

    Raises:
        InputError: there is no such database, or it is damaged.
    """

    engine = "LanceDB"

    def __init__(self, folder: Path) -> None:
        table = _open(folder)
        if table is None:
            raise InputError(f"{folder}: no such database: write it with tools/search.py index")
        self._table = table
        try:
            self.index = read_tracks(table)
            self.recall = _read_recall(folder, len(self.index.owners))
        except (ValueError, KeyError, TypeError, RuntimeError, OSError) as error:
            raise damaged(folder, error) from error

    def candidates(
        self, queries: NDArray[np.float32], count: int, sources: NDArray[np.int64] | None
    ) -> NDArray[np.int64]:
        """See :class:`BoxGallery`."""
        search = self._table.search(list(queries), vector_column_name="vector")
        search = search.distance_type("l2").limit(count).nprobes(PROBED)
        if sources is not None:
            names = [self.index.sources[place].name for place in sources.tolist()]
            quoted = ", ".join("'" + name.replace("'", "''") + "'" for name in names)
            search = search.where(f"source IN ({quoted})", prefilter=True)
        found = search.select(["box", "_distance"]).to_arrow()
        rows = np.full((len(queries), count), -1)
        boxes = found["box"].to_numpy()
        owners = np.zeros(len(boxes), np.int64)
        if len(queries) > 1:
            owners = found["query_index"].to_numpy()
        for query in range(len(queries)):
            own = boxes[owners == query]
            rows[query, : len(own)] = own
        return rows


def _add_index(table: "Table", boxes: int) -> None:
    """Make the database's index: lists of boxes that are rounded to bytes."""
    from lancedb.index import IvfSq

    config = IvfSq(
        distance_type="l2",
        num_partitions=lists_for(boxes),
        max_iterations=ROUNDS,
        sample_rate=TRAINED_ON,
    )
    table.create_index("vector", config=config, replace=True, wait_timeout=_WAIT)


def _connect(folder: Path) -> Any:
    import lancedb

    return lancedb.connect(folder)


def _create(folder: Path, part: TrackIndex) -> "Table":
    """Make the database with an empty table for the tracks of a part's descriptor."""
    if folder.exists() and any(folder.iterdir()):
        raise InputError(f"{folder}: it is there and is not a database; give another name")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        return _connect(folder).create_table(_TABLE, schema=make_schema(part))
    except OSError as error:
        raise InputError(f"{folder}: cannot write here: {error.strerror or error}") from error


def _open(folder: Path) -> "Table | None":
    """Return the table of a database, or None if the database or the table is not there."""
    if not (folder / f"{_TABLE}.lance").is_dir():
        return None
    try:
        table = _connect(folder).open_table(_TABLE)
        if b"flatsort" not in (table.schema.metadata or {}):
            raise ValueError("its table is not one of FlatSORT")
    except (ValueError, RuntimeError, OSError) as error:
        raise damaged(folder, error) from error
    return table


def _read_recall(folder: Path, boxes: int) -> float | None:
    """Return the recall if it was measured with all boxes that are there now."""
    if not (folder / _RECALL).is_file():
        return None
    measured = parse_json((folder / _RECALL).read_text(encoding="utf-8"))
    return float(measured["recall"]) if measured["boxes"] == boxes else None
