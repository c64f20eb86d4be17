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
from flatsort.retrieval.box_gallery import EXACT_BOXES, BoxGallery
from flatsort.retrieval.descriptor_fingerprint import open_descriptor
from flatsort.retrieval.gallery_search import rank_gallery
from flatsort.retrieval.neighbours import ENGINES, installed_engines
from flatsort.retrieval.ranking import Ranking, TrackSearch
from flatsort.retrieval.track_distances import TrackDistances
from flatsort.retrieval.track_index import TrackIndex
from flatsort.tracker import AppearanceMetric

APPROXIMATE = "approximate"
"""Name of the engine that a gallery brings with it."""


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
    gallery: BoxGallery | None = None,
) -> Answer:
    """Return the tracks nearest to a person.

    Args:
        index: the index to search.
        query: the person.
        sources: names of the sources to search; None for all.
        distance: "calibrated" for the metric that the descriptor brings, or "euclidean".
        engine: name of the engine that finds neighbours, or APPROXIMATE for the gallery's own; None
            for the fastest installed one, or for APPROXIMATE if more than EXACT_BOXES boxes are
            searched and the gallery has one.
        top: largest number of tracks in the answer.
        gallery: the gallery to which the index belongs; None if all of it is in memory.

    Raises:
        InputError: there is no such source, the engine is not installed, or the index has no
            approximate engine for this distance.
    """
    among = np.ones(len(index), bool)
    places = None
    if sources is not None:
        places = np.array([index.find_source(name) for name in sources])
        among = np.isin(index.track_sources, places)
    if query.track is not None:
        among[query.track] = False
    metric = index.metric
    if distance == "euclidean":
        metric = AppearanceMetric("euclidean", gate=1.0)
    rows = np.flatnonzero(among[index.owners])
    has_approximate = gallery is not None and gallery.recall is not None
    if engine is None:
        is_large = len(rows) > EXACT_BOXES and has_approximate and metric is index.metric
        engine = APPROXIMATE if is_large else installed_engines()[-1]
    elif engine == APPROXIMATE and not has_approximate:
        raise InputError(
            f"--engine {APPROXIMATE} needs a gallery (.gallery or .lance) of more than "
            f"{EXACT_BOXES} boxes: leave --engine out for an exact search"
        )
    elif engine == APPROXIMATE and metric is not index.metric:
        raise InputError(
            f"--engine {APPROXIMATE} knows neighbours by the calibrated distance only: leave out "
            "--distance or --engine"
        )
    elif engine not in (APPROXIMATE, *installed_engines()):
        raise InputError(f"--engine {engine} is not installed: pip install faiss-cpu")
    if engine == APPROXIMATE:
        ranking = rank_gallery(gallery, metric.prepare(query.features), top, among, places)
        engine = (
            f"approximate, by {gallery.engine}, which finds {100 * gallery.recall:.1f} % of the "
            "ten nearest boxes of this gallery"
        )
        if places is not None:
            engine += " in a search of all sources, and perhaps fewer among some"
    else:
        ranking = _rank(index, query, rows, metric, engine, top)
    how = f"{_explain(index, metric)} The search covered {int(among.sum())} tracks ({engine})."
    return Answer(query.name, query.picture, how, make_hits(index, ranking))


def _rank(
    index: TrackIndex,
    query: Query,
    rows: NDArray[np.int64],
    metric: AppearanceMetric,
    engine: str,
    top: int,
) -> Ranking:
    """Rank the tracks of some rows of an index exactly; the rows are whole tracks."""
    if len(rows) == 0:
        return Ranking(rows, np.empty(0))
    tracks, owners = np.unique(index.owners[rows], return_inverse=True)
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
