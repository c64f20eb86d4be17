"""The measures of each training on each footage, with replicates for the bootstrap."""

from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.accuracy_boxes import FROM_FILES, WITH_FRAMES
from benchmarks.flat_crops_crops import ChosenCrops, choose, cut_images, data_of
from benchmarks.flat_crops_departure import departures
from benchmarks.flat_crops_measures import (
    NEAREST,
    measure_lines,
    neighbours,
    rank_correlation,
    recall,
)
from benchmarks.flat_linking_footage import SCENES, LinkableFootage, linkable_footage
from benchmarks.flat_linking_measures import (
    ALL_CROPS,
    TrackletPairs,
    calibration_error,
    log_loss,
    tracklet_pairs,
)
from flatsort.descriptors.registry import load_descriptor
from flatsort.errors import InputError
from flatsort.processors import worker_pool
from flatsort.progress import ProgressBar
from flatsort.reid_vae.weights.weights import load_weights
from flatsort.reid_vae.weights.weights_file import WeightsError
from flatsort.tracker import AppearanceMetric

REPLICATES = 100
"""Replicates per footage with other people or queries."""
OWN, EUCLIDEAN = "own distance", "Euclidean"
"""The distance for which the weights are calibrated, and the paper's."""


@dataclass(frozen=True)
class Sizes:
    """Numbers of crops per footage: the queries, and all crops among which they look."""

    queries: int
    crops: int


@dataclass(frozen=True)
class Cost:
    """Decoded points and processor time per geodesic, and processor time per Euclidean distance."""

    decoded_points: float
    geodesic_s: float
    distance_s: float


@dataclass(frozen=True)
class ReplicatedPairs:
    """Pairs of tracklets, and the same with people drawn with replacement.

    Attributes:
        pairs: the pairs of all people.
        names: the people of the footage, ascending.
        seed: seed of the draws, the same for every training on the footage.
    """

    pairs: TrackletPairs
    names: NDArray[np.int64]
    seed: int

    def replicate(self, number: int) -> TrackletPairs:
        """Return the pairs of one draw of people; number 0 has all people once.

        A draw without pairs of one person, or without pairs of two, is drawn again.
        """
        if number == 0:
            return self.pairs
        random, count = np.random.default_rng([self.seed, number]), len(self.names)
        while True:
            drawn = np.bincount(random.integers(count, size=count), minlength=count)
            first, second = drawn[np.searchsorted(self.names, self.pairs.people)].T
            times = np.where(self.pairs.same, first, first * second)
            if times[self.pairs.same].any() and times[~self.pairs.same].any():
                return self.pairs.select(np.repeat(np.arange(len(times)), times))


@dataclass(frozen=True)
class Measured:
    """One training on one footage.

    Attributes:
        kind: name of the kind of training.
        training: number of the training among its kind, from 0.
        group: kind of footage.
        footage: name of the footage.
        values: name of a measure -> (1 + R,), the value and its replicates.
        pairs: name of a distance -> the pairs of tracklets, and their replicates.
        cost: the cost of geodesics.
    """

    kind: str
    training: int
    group: str
    footage: str
    values: dict[str, NDArray[np.float64]]
    pairs: dict[str, ReplicatedPairs]
    cost: Cost


def check_weights(kinds: dict[str, list[Path]]) -> None:
    """Check that all files hold a VHP-VAE.

    Raises:
        InputError: a file is damaged, or holds principal components.
    """
    try:
        for path in (path for paths in kinds.values() for path in paths):
            load_weights(path)
    except WeightsError as error:
        raise InputError(str(error)) from error


def footages(mot_root: str | None, folder: Path, seeds: int) -> list[LinkableFootage]:
    """Return MOT16-09 with the boxes of YOLOX-x, and rendered scenes."""
    wanted = f"{WITH_FRAMES}, {dict((key, title) for key, title, *_ in FROM_FILES)['yolox']}"
    found = linkable_footage(mot_root, None, folder, seeds)
    return [each for each in found if each.group == SCENES or each.name == wanted]


def measure(
    found: list[LinkableFootage],
    kinds: dict[str, list[Path]],
    sizes: Sizes,
    cache: Path,
    jobs: int,
) -> list[Measured]:
    """Measure each training on each footage, with torch on one thread.

    Args:
        found: the footages.
        kinds: name of a kind -> weights files of its trainings.
        sizes: the numbers of crops.
        cache: folder for features.
        jobs: number of processes.
    """
    tasks = [
        (footage, kind, number, path)
        for footage in found
        for kind, paths in kinds.items()
        for number, path in enumerate(paths)
    ]
    # The clock of the costs counts one thread.
    with worker_pool(jobs, torch.set_num_threads, 1) as pool:
        futures = [pool.submit(_measure, *task, sizes, cache) for task in tasks]
        bar = ProgressBar(futures, desc="trainings on footages", unit="training")
        return [future.result() for future in bar]


def _measure(
    footage: LinkableFootage, kind: str, training: int, path: Path, sizes: Sizes, cache: Path
) -> Measured:
    features = footage.describe(str(path), cache)
    metrics = {OWN: load_descriptor(str(path)).metric, EUCLIDEAN: AppearanceMetric("euclidean")}
    pairs = {
        name: ReplicatedPairs(
            tracklet_pairs(footage, footage.looks(features, metric, ALL_CROPS)),
            names=np.unique(footage.people[footage.people >= 0]),
            seed=crc32(footage.name.encode()),
        )
        for name, metric in metrics.items()
    }
    values: dict[str, NDArray[np.float64]] = {}
    for name, some in pairs.items():
        if some.pairs.same.all() or not some.pairs.same.any():
            raise InputError(
                f"{footage.name}: its tracklets give no pairs of one person, or none of two: give "
                "fewer --seeds"
            )
        drawn = [some.replicate(number) for number in range(1 + REPLICATES)]
        errors, losses = (
            [score(each) for each in drawn] for score in (calibration_error, log_loss)
        )
        values[f"calibration error, {name}"] = 100 * np.array(errors)
        values[f"log loss, {name}"] = np.array(losses)
    chosen = choose(footage, sizes.queries, sizes.crops)
    per_query, cost = _geometry(footage, path, features, chosen)
    draws = np.random.default_rng(0).integers(
        len(chosen.queries), size=(REPLICATES, len(chosen.queries))
    )
    for name, each in per_query.items():
        values[name] = np.append(each.mean(), each[draws].mean(axis=1))
    return Measured(kind, training, footage.group, footage.name, values, pairs, cost)


def _geometry(
    footage: LinkableFootage,
    path: Path,
    features: dict[int, NDArray[np.float32]],
    chosen: ChosenCrops,
) -> tuple[dict[str, NDArray[np.float64]], Cost]:
    """Return name of a measure -> (Q,) values of the queries, and the cost of geodesics."""
    model, _ = load_weights(path)
    model.requires_grad_(False)
    latents = np.stack([features[row] for row in chosen.rows.tolist()])
    z, queries = torch.from_numpy(latents), chosen.queries
    lines = measure_lines(model.decoder, z, queries)
    nearest = neighbours(latents, queries, NEAREST)
    images = cut_images(footage, chosen.real_rows, model.architecture.image_size)
    left = departures(lines, model.decoder(z).flatten(1), data_of(model, images), chosen)
    # Lines between two people.
    between = chosen.people != chosen.people[queries][:, None]

    with np.errstate(invalid="ignore"):
        shorter, chord = lines.geodesic / lines.straight, lines.chord / lines.straight
    per_query = {
        "recall, geodesics": 100 * recall(nearest, lines.geodesic, queries),
        "recall, straight lines": 100 * recall(nearest, lines.straight, queries),
        "rank correlation, geodesics": rank_correlation(lines.euclidean, lines.geodesic, queries),
        "rank correlation, straight lines": rank_correlation(
            lines.euclidean, lines.straight, queries
        ),
        "geodesic / straight line": _per_query(shorter, between),
        "chord / straight line": _per_query(chord, between),
        "unevenness": _per_query(lines.unevenness, between),
        "midpoint to subspace": left["subspace"],
        "midpoint to nearest crop": left["nearest crop"],
    }
    return per_query, Cost(lines.decoded_points, lines.seconds, lines.distance_seconds)


def _per_query(values: NDArray[np.float64], chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the mean (Q,) of the chosen lines (Q, M) of each query."""
    return np.array([row[some].mean() for row, some in zip(values, chosen, strict=True)])
