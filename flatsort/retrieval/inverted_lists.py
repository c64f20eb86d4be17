"""The approximate index of a gallery: faiss sorts boxes into lists and rounds them to bytes."""

import errno
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Read = Callable[[NDArray[np.int64]], NDArray[np.float32]]
"""Returns the prepared features (K, D) of ascending rows (K,)."""
PROBED = 64
"""Lists that a query looks into. docs/galleries.md has the recall with fewer and with more: this
number keeps it above .95 in every gallery that was measured, with room for harder ones."""
_PER_ROOT = 2
"""Lists per square root of the number of boxes. With more lists, a query compares fewer boxes, but
the training takes longer by the square of their number."""
TRAINED_ON = 40
"""Boxes per list from which faiss learns the lists; it warns below 39."""
ROUNDS = 10
"""Rounds of k-means."""
BLOCK = 100_000
"""Boxes that are read at a time: 51 MB of features of 128 numbers."""
_SEED = 0


def lists_for(boxes: int) -> int:
    """Return the number of lists for a number of boxes, at least 1."""
    return max(1, min(round(_PER_ROOT * boxes**0.5), boxes // TRAINED_ON))


def build_lists(path: Path, read: Read, boxes: int) -> None:
    """Write the index of a gallery; only a block of boxes and the index itself are in memory.

    Args:
        path: the file to write.
        read: returns prepared features.
        boxes: number of boxes, at least 1.

    Raises:
        OSError: the file cannot be written.
    """
    import faiss

    lists = lists_for(boxes)
    rng = np.random.default_rng(_SEED)
    chosen = rng.choice(boxes, min(boxes, lists * TRAINED_ON), replace=False)
    sample = read(np.sort(chosen))
    index = faiss.index_factory(sample.shape[1], f"IVF{lists},SQ8")
    index.cp.niter = ROUNDS
    index.cp.min_points_per_centroid = 1
    index.train(sample)
    del sample
    for first in range(0, boxes, BLOCK):
        index.add(read(np.arange(first, min(first + BLOCK, boxes))))
    try:
        faiss.write_index(index, str(path))
    except RuntimeError as error:
        # faiss does not say which error of the system it was; most often the disk is full.
        raise OSError(errno.EIO, f"faiss cannot write {path.name}, is the disk full?") from error


class InvertedLists:
    """An index written by :func:`build_lists`; the file stays on disk and is read where needed.

    Args:
        path: the file.
        boxes: number of boxes that it must hold.
        columns: number of columns that they must have.
        probed: number of lists that a query looks into; None for PROBED.

    Raises:
        ValueError, RuntimeError: the file is damaged or belongs to another gallery.
    """

    def __init__(self, path: Path, boxes: int, columns: int, probed: int | None = None) -> None:
        import faiss

        self._faiss = faiss
        self._probed = probed or PROBED
        self._index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP | faiss.IO_FLAG_READ_ONLY)
        if (self._index.ntotal, self._index.d) != (boxes, columns):
            raise ValueError(
                f"the index holds {self._index.ntotal} boxes of {self._index.d} columns, not "
                f"{boxes} of {columns}"
            )

    def candidates(
        self,
        queries: NDArray[np.float32],
        count: int,
        allowed: NDArray[np.bool_] | None,
    ) -> NDArray[np.int64]:
        """Return rows (Q, count) near queries (Q, D); -1 where the lists do not have enough.

        Args:
            queries: prepared features.
            count: number of rows per query.
            allowed: (N,) the boxes that may be listed; None for all.
        """
        faiss = self._faiss
        parameters = faiss.SearchParametersIVF(nprobe=self._probed)
        if allowed is not None:
            bits = np.packbits(allowed, bitorder="little")
            parameters.sel = faiss.IDSelectorBitmap(bits)
        return self._index.search(queries, count, params=parameters)[1]
