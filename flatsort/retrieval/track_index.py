"""The index of a search: the tracks of many cameras, each with the features of some boxes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flatsort.errors import InputError
from flatsort.tracker import AppearanceMetric


@dataclass(frozen=True)
class IndexedSource:
    """The tracks of one result file.

    Attributes:
        name: unique name of the source, the first part of its tracks' names.
        results: absolute path of the result file.
        footage: place of the frames: an absolute path or a URL.
    """

    name: str
    results: str
    footage: str


@dataclass(frozen=True)
class TrackIndex:
    """T tracks, and N samples: the boxes that stand for these tracks. It holds no frames.

    Attributes:
        descriptor: name, as on the command line, of the descriptor that made the features.
        fingerprint: fingerprint of that descriptor; features with another fingerprint cannot be
            compared.
        metric: the descriptor's own metric, with the centre and the gate of its calibration.
        sources: the result files, in the order in which they were given.
        track_sources: (T,) int64, place of each track's source in ``sources``.
        track_ids: (T,) int64, identity of each track in its result file.
        spans: (T, 2) int64, first and last frame of each track.
        pictured: (T,) int64, the sample that each track's picture shows.
        pictures: T JPEG files; in a gallery they stay on disk until one is asked for.
        owners: (N,) int64, ascending, the track of each sample; each track has at least one.
        frames: (N,) int64, frame of each sample, ascending within a track.
        boxes_tlwh: (N, 4) float32, box of each sample in pixels.
        features: (N, D) float32, as the descriptor made them; in a gallery they stay on disk, and
            rows are read when they are asked for.
    """

    descriptor: str
    fingerprint: str
    metric: AppearanceMetric
    sources: tuple[IndexedSource, ...]
    track_sources: NDArray[np.int64]
    track_ids: NDArray[np.int64]
    spans: NDArray[np.int64]
    pictured: NDArray[np.int64]
    pictures: Sequence[bytes]
    owners: NDArray[np.int64]
    frames: NDArray[np.int64]
    boxes_tlwh: NDArray[np.float32]
    features: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.track_ids)

    def name(self, track: int) -> str:
        """Return the name of a track, SOURCE:ID."""
        return f"{self.sources[self.track_sources[track]].name}:{self.track_ids[track]}"

    def rows(self, track: int) -> slice:
        """Return the samples of a track, as a slice of the arrays with N rows."""
        return slice(*np.searchsorted(self.owners, [track, track + 1]).tolist())

    def find(self, name: str) -> int:
        """Return the number of the track with the name SOURCE:ID.

        Raises:
            InputError: there is no such track; the message gives the range of identities.
        """
        source, _, identity = name.rpartition(":")
        ids = self.track_ids[self.track_sources == self.find_source(source)]
        found = np.flatnonzero([str(each) == identity for each in ids.tolist()])
        if len(found) == 0:
            span = f", from {ids.min()} to {ids.max()}" if len(ids) else ""
            raise InputError(
                f"no track {identity!r} in {source}, which has {len(ids)} tracks in this "
                f"index{span}: give SOURCE:ID"
            )
        return int(np.flatnonzero(self.track_sources == self.find_source(source))[found[0]])

    def find_source(self, name: str) -> int:
        """Return the place in ``sources`` of the source with a name.

        Raises:
            InputError: there is no such source; the message lists the sources.
        """
        names = [source.name for source in self.sources]
        if name not in names:
            raise InputError(f"no source {name!r} in this index, which has {', '.join(names)}")
        return names.index(name)


def join(parts: Sequence[TrackIndex]) -> TrackIndex:
    """Return one index with the tracks of several.

    Args:
        parts: indexes by one descriptor, each with other sources.

    Raises:
        InputError: none of them has tracks.
    """
    filled = [part for part in parts if len(part)]
    if not filled:
        names = ", ".join(source.results for part in parts for source in part.sources)
        raise InputError(f"no tracks to index in {names}: track people first")
    tracks = _starts([len(part) for part in filled])
    samples = _starts([len(part.owners) for part in filled])
    sources = dict(zip(map(id, parts), _starts([len(part.sources) for part in parts]), strict=True))

    def joined(name: str, starts: list[int] | None = None) -> NDArray[np.int64]:
        return np.concatenate(
            [
                getattr(part, name) + start
                for part, start in zip(filled, starts or [0] * len(filled), strict=True)
            ]
        )

    return TrackIndex(
        descriptor=parts[0].descriptor,
        fingerprint=parts[0].fingerprint,
        metric=parts[0].metric,
        sources=tuple(source for part in parts for source in part.sources),
        track_sources=joined("track_sources", [sources[id(part)] for part in filled]),
        track_ids=joined("track_ids"),
        spans=joined("spans"),
        pictured=joined("pictured", samples),
        pictures=tuple(picture for part in filled for picture in part.pictures),
        owners=joined("owners", tracks),
        frames=joined("frames"),
        boxes_tlwh=np.concatenate([part.boxes_tlwh for part in filled]),
        features=np.concatenate([part.features for part in filled]),
    )


def _starts(lengths: list[int]) -> list[int]:
    """Return where each part begins if parts of these lengths follow one another."""
    return [0, *np.cumsum(lengths).tolist()][:-1]
