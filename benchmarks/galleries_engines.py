"""Build and search one gallery with one engine, in a process of its own.

benchmarks/galleries.py starts this file for each size and engine.
"""

import argparse
import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.galleries_latents import BOXES_PER_TRACK, DESCRIPTOR
from benchmarks.galleries_simulation import BLOCK
from flatsort.descriptors import load_descriptor
from flatsort.files.atomic import atomic_writer
from flatsort.retrieval.box_gallery import BoxGallery, nearest_boxes
from flatsort.retrieval.gallery_folder import FolderGallery, StoredFeatures, write_gallery
from flatsort.retrieval.inverted_lists import InvertedLists
from flatsort.retrieval.lance_gallery import LanceGallery, write_lance
from flatsort.retrieval.neighbours import ENGINES
from flatsort.retrieval.track_index import IndexedSource, TrackIndex
from flatsort.tracker import AppearanceMetric

NEAREST = 10
BATCH = 256
PROBED = (8, 16, 32, 64, 128, 256)
"""Numbers of lists among which the default was chosen."""
Search = Callable[[NDArray[np.float32]], NDArray[np.int64]]
"""Returns the rows (Q, NEAREST) of the nearest boxes of prepared queries (Q, D)."""
_INTERVAL_S = 0.02
"""Time between two looks at this process's memory."""


class MemoryWatch:
    """Follows the memory of this process in a thread of its own.

    The kernel's own peak, ru_maxrss, does not serve: a new process inherits that of its parent.

    Attributes:
        anonymous: largest number of bytes that the process itself holds.
        of_files: largest number of bytes of mapped files; the kernel drops these pages when memory
            is short.
    """

    def __init__(self) -> None:
        self.anonymous = self.of_files = 0
        threading.Thread(target=self._follow, daemon=True).start()

    def facts(self) -> dict[str, int]:
        """Return both peaks in bytes."""
        self._look()
        return {"anonymous": self.anonymous, "of_files": self.of_files}

    def _follow(self) -> None:
        while True:
            self._look()
            time.sleep(_INTERVAL_S)

    def _look(self) -> None:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        sizes = {line.partition(":")[0]: line.split() for line in lines if line.startswith("Rss")}
        self.anonymous = max(self.anonymous, int(sizes["RssAnon"][1]) * 1024)
        self.of_files = max(self.of_files, int(sizes["RssFile"][1]) * 1024)


def build(engine: str, latents: StoredFeatures, folder: Path) -> dict[str, Any]:
    """Write the gallery of an engine that keeps one, and return seconds and memory."""
    watch, begin = MemoryWatch(), time.perf_counter()
    if engine == "approximate":
        write_gallery(folder / "x.gallery", _parts(latents), exact_boxes=0)
    else:
        write_lance(folder / "x.lance", _parts(latents), exact_boxes=0)
    return {"seconds": time.perf_counter() - begin, "memory": watch.facts()}


def search(engine: str, latents: StoredFeatures, folder: Path) -> dict[str, Any]:
    """Search with the measured queries; return seconds per query, shares found and memory."""
    watch, begin = MemoryWatch(), time.perf_counter()
    metric = _metric()
    find = _open(engine, latents, folder, metric)
    opened = time.perf_counter() - begin
    queries, true = _read_queries(folder, "measured", metric)
    # The first searches read what the kernel does not hold yet; the others are timed.
    find(queries[:BATCH])
    begin = time.perf_counter()
    for query in queries[:BATCH]:
        find(query[None])
    one_s = (time.perf_counter() - begin) / BATCH
    begin = time.perf_counter()
    batches = [find(queries[first : first + BATCH]) for first in range(0, len(queries), BATCH)]
    batch_s = (time.perf_counter() - begin) / len(queries)
    shares = found_shares(np.concatenate(batches), true)
    return {
        "seconds_to_open": opened,
        "seconds_per_query": one_s,
        "seconds_per_query_in_batches": batch_s,
        "shares": shares.tolist(),
        "memory": watch.facts(),
    }


def tune(folder: Path) -> dict[str, float]:
    """Return the recall with several numbers of lists, for queries that nothing else uses."""
    metric = _metric()
    queries, true = _read_queries(folder, "tuning", metric)
    gallery = FolderGallery(folder / "x.gallery")
    recalls = {}
    for probed in PROBED:
        rows = nearest_boxes(Probing(gallery, folder / "x.gallery", probed), queries, NEAREST)[1]
        recalls[str(probed)] = float(found_shares(rows, true).mean())
    return recalls


class Probing:
    """A gallery whose queries look into another number of lists; see :class:`BoxGallery`."""

    engine = "faiss"
    recall = None

    def __init__(self, gallery: FolderGallery, folder: Path, probed: int) -> None:
        self.index = gallery.index
        boxes, columns = gallery.index.features.shape
        self._lists = InvertedLists(folder / "lists.faiss", boxes, columns, probed)

    def candidates(
        self, queries: NDArray[np.float32], count: int, sources: NDArray[np.int64] | None
    ) -> NDArray[np.int64]:
        """See :class:`BoxGallery`; all sources are searched."""
        return self._lists.candidates(queries, count, None)


def found_shares(found: NDArray[np.int64], true: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the share (Q,) of the true rows (Q, K) that are among the rows found."""
    return (true[:, :, None] == found[:, None, :]).any(axis=2).mean(axis=1)


def open_latents(path: Path, size: int, columns: int) -> StoredFeatures:
    """Return the first boxes of the simulated gallery, on disk."""
    return StoredFeatures(path, (size, columns), path)


def _open(engine: str, latents: StoredFeatures, folder: Path, metric: AppearanceMetric) -> Search:
    """Return the search of an engine; the exact ones are built in memory."""
    if engine in ENGINES:
        neighbours = ENGINES[engine](metric.prepare(latents[:]))
        return lambda queries: neighbours.nearest(queries, NEAREST)[1]
    gallery: BoxGallery
    if engine == "approximate":
        gallery = FolderGallery(folder / "x.gallery")
    else:
        gallery = LanceGallery(folder / "x.lance")
    return lambda queries: nearest_boxes(gallery, queries, NEAREST)[1]


def _parts(latents: StoredFeatures) -> Iterator[TrackIndex]:
    """Yield the blocks of a gallery, each as the tracks of one camera, without real pictures."""
    metric, tracks = _metric(), BLOCK // BOXES_PER_TRACK
    for number in range(latents.shape[0] // BLOCK):
        yield TrackIndex(
            descriptor=DESCRIPTOR,
            fingerprint="simulated",
            metric=metric,
            sources=(IndexedSource(f"camera-{number}", f"/{number}.txt", f"/{number}.mp4"),),
            track_sources=np.zeros(tracks, np.int64),
            track_ids=np.arange(tracks),
            spans=np.tile([1, BOXES_PER_TRACK], (tracks, 1)),
            pictured=np.arange(0, BLOCK, BOXES_PER_TRACK),
            pictures=(b"-",) * tracks,
            owners=np.repeat(np.arange(tracks), BOXES_PER_TRACK),
            frames=np.tile(np.arange(1, BOXES_PER_TRACK + 1), tracks),
            boxes_tlwh=np.ones((BLOCK, 4), np.float32),
            features=latents[number * BLOCK : (number + 1) * BLOCK],
        )


def _metric() -> AppearanceMetric:
    return load_descriptor(DESCRIPTOR).metric


def _read_queries(
    folder: Path, name: str, metric: AppearanceMetric
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return prepared queries (Q, D) and the rows (Q, NEAREST) of their nearest boxes."""
    with np.load(folder / f"{name}.npz") as file:
        return metric.prepare(file["queries"]), file["true"]


def main() -> None:
    """Do one step and write its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("step", choices=("build", "search", "tune"))
    parser.add_argument("engine")
    parser.add_argument("latents", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    size, folder = int(arguments.folder.name), arguments.folder
    latents = open_latents(arguments.latents, size, len(_metric().centre))
    if arguments.step == "tune":
        figures = tune(folder)
    else:
        step = {"build": build, "search": search}[arguments.step]
        figures = step(arguments.engine, latents, folder)
    with atomic_writer(arguments.out) as handle:
        json.dump(figures, handle)
