"""Search an index for the tracks of a person, given as one of its tracks or as a picture."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flatsort.descriptors import descriptor_label
from flatsort.errors import InputError
from flatsort.images.image_file import read_image
from flatsort.images.track_picture import cut_picture, is_in_frame
from flatsort.retrieval.answer import Answer, make_hits
from flatsort.retrieval.descriptor_fingerprint import open_descriptor
from flatsort.retrieval.neighbours import ENGINES, installed_engines
from flatsort.retrieval.ranking import Ranking, TrackSearch
from flatsort.retrieval.track_distances import TrackDistances
from flatsort.retrieval.track_index import TrackIndex
from flatsort.tracker import AppearanceMetric


@dataclass(frozen=True)
class Query:
    """A person to look for.

    Attributes:
        name: name of the person in the answer: a track's name or a file name.
        picture: JPEG file.
        features: (S, D) float32, from the descriptor of the index.
        track: the person's own track in the index, which the answer leaves out; None if the person
            comes from a picture.
    """

    name: str
    picture: bytes
    features: NDArray[np.float32]
    track: int | None


def query_for_track(index: TrackIndex, name: str) -> Query:
    """Return the query for the person of a track.

    Args:
        index: the index to search.
        name: the track's name, SOURCE:ID.

    Raises:
        InputError: there is no such track.
    """
    track = index.find(name)
    return Query(name, index.pictures[track], index.features[index.rows(track)], track)


def query_for_picture(
    index: TrackIndex, path: Path, box_tlwh: NDArray[np.float32] | None, descriptor: str | None
) -> Query:
    """Return the query for the person in a picture.

    Args:
        index: the index to search.
        path: the picture.
        box_tlwh: (4,) box of the person in the picture's pixels; None for the whole picture.
        descriptor: name, as on the command line, of the descriptor that made the index; None for
            the name that is written in the index.

    Raises:
        InputError: the picture cannot be read, the box lies outside of it, or the descriptor is not
            the one that made the index.
    """
    image = read_image(path, "the person's picture")
    height, width = image.shape[:2]
    if box_tlwh is None:
        box_tlwh = np.array([0, 0, width, height], np.float32)
    elif not is_in_frame(image, box_tlwh[None])[0]:
        box = ",".join(f"{side:g}" for side in box_tlwh.tolist())
        raise InputError(f"--box {box} lies outside of {path}, which has {width} x {height} pixels")
    word = descriptor or index.descriptor
    describe, fingerprint = open_descriptor(word)
    if fingerprint != index.fingerprint:
        raise InputError(
            f"{word} is not the descriptor that made the index ({index.descriptor} at that time): "
            "name the right one with --descriptor, or index the results again"
        )
    describe.start_frame(1)
    features = describe(image, box_tlwh[None])
    # The fingerprint of a plug-in is only its name, so its features may have another width now.
    if features.shape[1] != index.features.shape[1]:
        raise InputError(
            f"{word} gives {features.shape[1]} numbers per person, but the index has "
            f"{index.features.shape[1]}: index the results again"
        )
    return Query(path.name, cut_picture(image, box_tlwh), features, None)


def search(
    index: TrackIndex,
    query: Query,
    sources: list[str] | None,
    distance: str,
    engine: str | None,
    top: int,
) -> Answer:
    """Return the tracks nearest to a person.

    Args:
        index: the index to search.
        query: the person.
        sources: names of the sources to search; None for all.
        distance: "calibrated" for the metric that the descriptor brings, or "euclidean".
        engine: name of the engine that finds neighbours; None for the fastest installed one.
        top: largest number of tracks in the answer.

    Raises:
        InputError: there is no such source, or the engine is not installed.
    """
    engines = installed_engines()
    if engine not in (None, *engines):
        raise InputError(f"--engine {engine} is not installed: pip install faiss-cpu")
    among = np.ones(len(index), bool)
    if sources is not None:
        places = [index.find_source(name) for name in sources]
        among = np.isin(index.track_sources, places)
    if query.track is not None:
        among[query.track] = False
    metric = index.metric
    if distance == "euclidean":
        metric = AppearanceMetric("euclidean", gate=1.0)
    ranking = _rank(index, query, np.flatnonzero(among), metric, engine or engines[-1], top)
    how = (
        f"{_explain(index, metric)} The search covered {int(among.sum())} tracks "
        f"({engine or engines[-1]})."
    )
    return Answer(query.name, query.picture, how, make_hits(index, ranking))


def _rank(
    index: TrackIndex,
    query: Query,
    tracks: NDArray[np.int64],
    metric: AppearanceMetric,
    engine: str,
    top: int,
) -> Ranking:
    """Rank the tracks of an index that may be in the answer."""
    rows = np.flatnonzero(np.isin(index.owners, tracks))
    if len(rows) == 0:
        return Ranking(tracks, np.empty(0))
    owners = np.searchsorted(tracks, index.owners[rows])
    distances = TrackDistances(metric, index.features[rows], owners)
    found = TrackSearch(distances, ENGINES[engine]).nearest(metric.prepare(query.features), top)
    return Ranking(tracks[found.tracks], found.distances)


def _explain(index: TrackIndex, metric: AppearanceMetric) -> str:
    """Name the distance that is compared, and the gate if it is the calibrated distance."""
    label = descriptor_label(index.descriptor)
    if metric.kind == "cosine":
        about = "" if metric.centre is None else ", about its centre"
        words = f"Cosine distance of {label}{about}."
    else:
        words = f"Euclidean distance of {label}."
    if metric is index.metric:
        words += f" Within one camera, a distance up to {metric.gate:.3g} means one person."
    return words
