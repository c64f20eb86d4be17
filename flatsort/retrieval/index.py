"""What is kept of the tracks of many cameras so that one person's can be found among them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flatsort.errors import InputError
from flatsort.tracker.gallery import AppearanceMetric


@dataclass(frozen=True)
class IndexedSource:
    """The tracks of one result file.

    Attributes:
        name: of the source, by which its tracks are called; no two are alike.
        results: the result file, an absolute path.
        footage: where its frames are: an absolute path, a URL.
    """

    name: str
    results: str
    footage: str


@dataclass(frozen=True)
class TrackIndex:
    """T tracks and the N boxes that stand for them; no frames.

    Attributes:
        descriptor: the command line's word for what made the features.
        fingerprint: of it; features of others compare with none of these.
        metric: the descriptor's own, with the centre and the gate it was calibrated for.
        sources: the result files, in the order they were given.
        track_sources: (T,) int64, place in ``sources``.
        track_ids: (T,) int64, identity in the result file.
        spans: (T, 2) int64, first and last frame.
        pictured: (T,) int64, the sample that the track's picture is of.
        pictures: T JPEG files.
        owners: (N,) int64, the track of each sample, ascending; each track has one at least.
        frames: (N,) int64, ascending within a track.
        boxes_tlwh: (N, 4) float32, pixels.
        features: (N, D) float32, as the descriptor made them.
    """

    descriptor: str
    fingerprint: str
    metric: AppearanceMetric
    sources: tuple[IndexedSource, ...]
    track_sources: NDArray[np.int64]
    track_ids: NDArray[np.int64]
    spans: NDArray[np.int64]
    pictured: NDArray[np.int64]
    pictures: tuple[bytes, ...]
    owners: NDArray[np.int64]
    frames: NDArray[np.int64]
    boxes_tlwh: NDArray[np.float32]
    features: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.track_ids)

    def name(self, track: int) -> str:
        """What a track is called: SOURCE:ID."""
        return f"{self.sources[self.track_sources[track]].name}:{self.track_ids[track]}"

    def rows(self, track: int) -> slice:
        """The samples of a track."""
        return slice(*np.searchsorted(self.owners, [track, track + 1]).tolist())

    def find(self, name: str) -> int:
        """The track called SOURCE:ID.

        Raises:
            InputError: there is none; the message says what there is.
        """
        source, _, identity = name.rpartition(":")
        ids = self.track_ids[self.track_sources == self.find_source(source)]
        found = np.flatnonzero([str(each) == identity for each in ids.tolist()])
        if len(found) == 0:
            span = f", from {ids.min()} to {ids.max()}" if len(ids) else ""
            raise InputError(
                f"no track {identity!r} in {source}, which has {len(ids)} in this index{span}: "
                "give SOURCE:ID"
            )
        return int(np.flatnonzero(self.track_sources == self.find_source(source))[found[0]])

    def find_source(self, name: str) -> int:
        """The place of the source of a name.

        Raises:
            InputError: there is none; the message says what there is.
        """
        names = [source.name for source in self.sources]
        if name not in names:
            raise InputError(f"no source {name!r} in this index; there: {', '.join(names)}")
        return names.index(name)
