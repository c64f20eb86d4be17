"""Asking an index for the tracks of a person, who is a track of it or in a picture."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flatsort.descriptors import descriptor_label
from flatsort.errors import InputError
from flatsort.images.image_file import read_image
from flatsort.images.track_picture import cut_picture, is_in_frame
from flatsort.retrieval.answer import Answer, make_hits
from flatsort.retrieval.distances import TrackDistances
from flatsort.retrieval.fingerprint import open_descriptor
from flatsort.retrieval.index import TrackIndex
from flatsort.retrieval.neighbours import ENGINES, installed_engines
from flatsort.retrieval.ranking import Ranking, TrackSearch
from flatsort.tracker.gallery import AppearanceMetric


@dataclass(frozen=True)
class Query:
    """A person to look for.

    Attributes:
        name: for people.
        picture: JPEG.
        features: (S, D) float32, as the index's descriptor makes them.
        track: of the index, which is not among the answers; None of a picture.
    """

    name: str
    picture: bytes
    features: NDArray[np.float32]
    track: int | None


def ask_for_track(index: TrackIndex, name: str) -> Query:
    """The person of the track called SOURCE:ID.

    Raises:
        InputError: there is no such track.
    """
    track = index.find(name)
    return Query(name, index.pictures[track], index.features[index.rows(track)], track)


def ask_for_picture(
    index: TrackIndex, path: Path, box: str | None, descriptor: str | None
) -> Query:
    """The person in a picture.

    Args:
        index: to be asked.
        path: the picture.
        box: "left,top,width,height" in its pixels; None for all of it.
        descriptor: the word for what made the index; None for the word that was used then.

    Raises:
        InputError: no picture, no such box in it, or another descriptor than the index's.
    """
    image = read_image(path, "the person's picture")
    box_tlwh = np.array([0, 0, *image.shape[1::-1]], np.float32)
    if box is not None:
        box_tlwh = _read_box(box)
        if not is_in_frame(image, box_tlwh[None])[0]:
            size = f"{image.shape[1]} x {image.shape[0]}"
            raise InputError(f"--box {box}: nothing of it is in {path}, of {size} pixels")
    word = descriptor or index.descriptor
    describe, fingerprint = open_descriptor(word)
    if fingerprint != index.fingerprint:
        raise InputError(
            f"{word} is not what the index was made with, {index.descriptor} as it was then: name "
            "that with --descriptor, or index the results anew"
        )
    describe.start_frame(1)
    features = describe(image, box_tlwh[None])
    # A plug-in is known by its name only.
    if features.shape[1] != index.features.shape[1]:
        raise InputError(
            f"{word} describes by {features.shape[1]} numbers, in the index it did by "
            f"{index.features.shape[1]}: index the results anew"
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
    """The tracks nearest to a person.

    Args:
        index: to search.
        query: who is looked for.
        sources: names of those to look in; None for all.
        distance: "calibrated" for the descriptor's own, or "euclidean".
        engine: what finds neighbours; None for the fastest installed.
        top: how many tracks, at most.

    Raises:
        InputError: no such source, or an engine that is not installed.
    """
    engines = installed_engines()
    if engine not in (None, *engines):
        raise InputError(f"--engine {engine}: not installed: pip install faiss-cpu")
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
        f"{_explain(index, metric)} {int(among.sum())} tracks were looked through "
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
    rows = np.flatnonzero(np.isin(index.owners, tracks))
    if len(rows) == 0:
        return Ranking(tracks, np.empty(0))
    owners = np.searchsorted(tracks, index.owners[rows])
    distances = TrackDistances(metric, index.features[rows], owners)
    found = TrackSearch(distances, ENGINES[engine]).nearest(metric.prepare(query.features), top)
    return Ranking(tracks[found.tracks], found.distances)


def _explain(index: TrackIndex, metric: AppearanceMetric) -> str:
    """What is compared, and up to where it may be one person."""
    label = descriptor_label(index.descriptor)
    if metric.kind == "cosine":
        about = "" if metric.centre is None else ", about its centre"
        words = f"Cosine distance of {label}{about}."
    else:
        words = f"Euclidean distance of {label}."
    if metric is index.metric:
        words += f" Within one camera it takes up to {metric.gate:.3g} for one person."
    return words


def _read_box(text: str) -> NDArray[np.float32]:
    """(4,) of "left,top,width,height"."""
    try:
        box_tlwh = np.array([float(word) for word in text.split(",")], np.float32)
    except ValueError:
        box_tlwh = np.empty(0, np.float32)
    if box_tlwh.shape != (4,) or not np.isfinite(box_tlwh).all() or (box_tlwh[2:] <= 0).any():
        raise InputError(f"--box {text}: give left,top,width,height in pixels")
    return box_tlwh
