"""Draw any number of latents that spread as the latents of labelled people do."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.galleries_latents import BOXES_PER_TRACK, LabelledLatents
from flatsort.files.atomic import atomic_path

PEOPLE, TRACKS = 125, 5
"""People of a block, and tracks of a person: as if each person passed five cameras."""
BLOCK = PEOPLE * TRACKS * BOXES_PER_TRACK
"""Boxes of a block; each block holds other people."""
WORDS = """\
The latent of a box is the sum of three normal parts: the place of its person around the mean of all
people, the place of its track around the person, and the place of the box around the track. The
covariances are those of the labelled latents; the covariance of people does not count what tracks
and boxes add to it. Consecutive boxes of a track are correlated. Tracks differ in their distance
from the person and in their own spread: each draws both factors from the labelled tracks. Each
person has {tracks} tracks of {boxes} boxes. A query is one box of one more track of a person."""
_MIN_BOXES = 8
"""Boxes from which a track tells how far it spreads."""


@dataclass(frozen=True)
class Spread:
    """How latents of D numbers spread.

    Attributes:
        mean: (D,) mean of all people.
        person: (D, D) root of the covariance of people around the mean.
        track: (D, D) root of the covariance of a person's tracks around the person.
        box: (D, D) root of the covariance of a track's boxes around the track.
        track_scales: (J,) factors of a track's place around its person; each track draws one.
        box_scales: (K,) factors of a track's boxes around it; each track draws one.
        correlation: correlation of consecutive boxes around their track.
    """

    mean: NDArray[np.float64]
    person: NDArray[np.float64]
    track: NDArray[np.float64]
    box: NDArray[np.float64]
    track_scales: NDArray[np.float64]
    box_scales: NDArray[np.float64]
    correlation: float


def fit_spread(latents: LabelledLatents) -> Spread:
    """Return the spread of labelled latents, by their moments."""
    features = latents.features.astype(np.float64)
    _, first, boxes = np.unique(latents.tracks, return_index=True, return_counts=True)
    track_means = _means(features, latents.tracks)
    track_people = latents.people[first]
    tracks = np.bincount(track_people)
    person_means = _means(track_means, track_people)

    around_track = features - track_means[latents.tracks]
    box = around_track.T @ around_track / (boxes - 1).sum()
    around_person = track_means - person_means[track_people]
    track = around_person.T @ around_person / (tracks - 1).sum() - box * (1 / boxes).mean()
    person = np.cov(person_means.T) - track * (1 / tracks).mean() - box * (1 / boxes).mean()

    squares = np.bincount(latents.tracks, (around_track**2).sum(axis=1))
    box_spreads = squares[boxes >= _MIN_BOXES] / (boxes - 1)[boxes >= _MIN_BOXES]
    several = tracks[track_people] > 1
    shares = 1 - 1 / tracks[track_people][several]
    track_spreads = (around_person[several] ** 2).sum(axis=1) / shares
    steps = np.diff(features, axis=0)[np.diff(latents.tracks) == 0]
    correlation = 1 - (steps**2).sum(axis=1).mean() / (2 * np.trace(box))
    return Spread(
        mean=person_means.mean(axis=0),
        person=_root(person),
        track=_root(track),
        box=_root(box),
        track_scales=np.sqrt(track_spreads / track_spreads.mean()),
        box_scales=np.sqrt(box_spreads / box_spreads.mean()),
        correlation=float(np.clip(correlation, 0, 1)),
    )


def draw(
    spread: Spread,
    people: NDArray[np.float32],
    of_track: NDArray[np.int64],
    of_box: NDArray[np.int64],
    rng: np.random.Generator,
) -> NDArray[np.float32]:
    """Return latents (N, D) of boxes.

    Args:
        spread: how latents spread.
        people: (P, D) latents of people, from :func:`draw_people`.
        of_track: (T,) the person of each track.
        of_box: (N,) the track of each box, ascending.
        rng: source of randomness.
    """
    track_scales = rng.choice(spread.track_scales, len(of_track)).astype(np.float32)
    box_scales = rng.choice(spread.box_scales, len(of_track)).astype(np.float32)
    tracks = people[of_track] + track_scales[:, None] * _normal(rng, len(of_track), spread.track)
    noise = _normal(rng, len(of_box), spread.box)
    places = np.arange(len(of_box)) - np.searchsorted(of_box, of_box)
    fresh = np.float32(np.sqrt(1 - spread.correlation**2))
    for place in range(1, places.max() + 1):
        rows = np.flatnonzero(places == place)
        noise[rows] = np.float32(spread.correlation) * noise[rows - 1] + fresh * noise[rows]
    return tracks[of_box] + box_scales[of_box, None] * noise


def draw_people(spread: Spread, count: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return latents (count, D) of people."""
    return spread.mean.astype(np.float32) + _normal(rng, count, spread.person)


def draw_block(spread: Spread, seed: int, number: int) -> NDArray[np.float32]:
    """Return the latents (BLOCK, D) of one block; seed and number decide them."""
    people = _people_of_block(spread, seed, number)
    of_track = np.repeat(np.arange(PEOPLE), TRACKS)
    of_box = np.repeat(np.arange(len(of_track)), BOXES_PER_TRACK)
    return draw(spread, people, of_track, of_box, np.random.default_rng([seed, number, 1]))


def draw_queries(
    spread: Spread, seed: int, blocks: int, count: int, query_seed: int
) -> NDArray[np.float32]:
    """Return latents (count, D) of one box each of new tracks of people in the first blocks."""
    rng = np.random.default_rng([seed, query_seed])
    numbers = rng.integers(blocks, size=count)
    places = rng.integers(PEOPLE, size=count)
    people = np.stack(
        [
            _people_of_block(spread, seed, number)[place]
            for number, place in zip(numbers.tolist(), places.tolist(), strict=True)
        ]
    )
    return draw(spread, people, np.arange(count), np.arange(count), rng)


def write_blocks(path: Path, spread: Spread, seed: int, size: int) -> None:
    """Write the latents of a gallery, block by block, as float32; the file appears whole.

    A file that is there and is large enough is left alone: a smaller gallery is its beginning.

    Args:
        path: the file.
        spread: how latents spread.
        seed: seed of the gallery.
        size: number of boxes, a multiple of BLOCK.

    Raises:
        InputError: the file cannot be written.
    """
    if path.is_file() and path.stat().st_size >= size * len(spread.mean) * 4:
        return
    with atomic_path(path) as temporary, open(temporary, "wb") as handle:
        for number in range(size // BLOCK):
            handle.write(draw_block(spread, seed, number).tobytes())


def _people_of_block(spread: Spread, seed: int, number: int) -> NDArray[np.float32]:
    return draw_people(spread, PEOPLE, np.random.default_rng([seed, number, 0]))


def _normal(rng: np.random.Generator, count: int, root: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return normal vectors (count, D) around zero."""
    drawn = rng.standard_normal((count, len(root)), dtype=np.float32)
    return drawn @ root.astype(np.float32)


def _means(values: NDArray[np.float64], groups: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the mean (G, D) of each of G ascending groups."""
    starts = np.unique(groups, return_index=True)[1]
    return np.add.reduceat(values, starts) / np.bincount(groups)[:, None]


def _root(covariance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the symmetric root of a covariance; directions below zero count as zero."""
    values, vectors = np.linalg.eigh(covariance)
    return (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
