"""Scenes with the features of their boxes, and the scores of the trackers on them."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.described_tracking import Described, track_described
from flatsort.descriptors.registry import load_descriptor
from flatsort.evaluation.tracks.score import Score, score_rows
from flatsort.files.atomic import atomic_path
from flatsort.files.mot_files import Rows, read_detections, read_ground_truth
from flatsort.files.sequence import Layout, Sequence, open_sequence
from flatsort.linking.gap_filling import fill_gaps
from flatsort.linking.link_tracks import Linked, link
from flatsort.scene.scene_folder import write_scene

RATE = 25.0
"""Frames per second of a rendered scene."""
STEPS = (1, 2, 3)
"""Scenes 0, 3, 6, ... are tracked frame by frame, the next ones at half the rate, then a third."""
FRAMES = 360
"""Frames of a scene before it is thinned: the length of the built-in sequence."""
FILL_S = 1.5
"""Longest gap in seconds that is filled: as long as FlatSORT's own memory."""
DESCRIPTORS = ("fmvae-track-unseen", "histogram")
"""Descriptors that have seen no rendered scene."""


@dataclass(frozen=True)
class Contestant:
    """A tracker: the name in the table, its preset, and its descriptor or None.

    An offline one tracks by motion and then links the tracks of the whole scene, and fills gaps of
    each identity of up to `fill_s` seconds.
    """

    name: str
    preset: str
    descriptor: str | None = None
    is_offline: bool = False
    fill_s: float = 0.0


OURS = Contestant("flatsort, fmvae-track-unseen", "flatsort", "fmvae-track-unseen")
CONTESTANTS = (
    Contestant("sort", "sort"),
    Contestant("deepsort, histogram", "deepsort", "histogram"),
    Contestant("deepsort, fmvae-track-unseen", "deepsort", "fmvae-track-unseen"),
    Contestant("flatsort, motion only", "flatsort"),
    Contestant("flatsort, histogram", "flatsort", "histogram"),
    OURS,
    Contestant("offline, fmvae-track-unseen", "flatsort", "fmvae-track-unseen", is_offline=True),
    Contestant("offline, filled, histogram", "flatsort", "histogram", True, FILL_S),
    Contestant(
        "offline, filled, fmvae-track-unseen", "flatsort", "fmvae-track-unseen", True, FILL_S
    ),
)


@dataclass(frozen=True)
class DescribedScene:
    """A scene, reduced to its rate.

    Attributes:
        seed: seed of the scene.
        rate: frames per second.
        length: number of frames.
        layout: the benchmark whose rules apply.
        truth: rows of the ground truth.
        detections: N rows of detections.
        features: descriptor -> (N, D) features.
    """

    seed: int
    rate: float
    length: int
    layout: Layout
    truth: Rows
    detections: Rows
    features: dict[str, NDArray[np.float32]]


@dataclass(frozen=True)
class Row:
    """The score of one tracker on one scene."""

    scene: DescribedScene
    contestant: Contestant
    score: Score


def open_scene(folder: Path, seed: int) -> DescribedScene:
    """Return the scene of a seed; it is rendered and described if the folder lacks it."""
    path, cache = folder / f"seed-{seed}", folder / f"seed-{seed}.npz"
    if not path.exists():
        write_scene(path, seed, FRAMES)
    sequence = open_sequence(path)
    rows = read_detections(sequence.find_detections("det.txt"), sequence.length)
    rows = rows.select(np.argsort(rows.frames, kind="stable"))
    if not cache.exists():
        with atomic_path(cache) as temporary, temporary.open("wb") as file:
            np.savez(file, **_describe(sequence, rows))
    truth = read_ground_truth(sequence.ground_truth_path, sequence.length, sequence.layout)
    step = STEPS[seed % len(STEPS)]
    with np.load(cache) as stored:
        features = {name: stored[name][_is_kept(rows, step)] for name in DESCRIPTORS}
    return DescribedScene(
        seed=seed,
        rate=RATE / step,
        length=(sequence.length - 1) // step + 1,
        layout=sequence.layout,
        truth=_thinned(truth, step),
        detections=_thinned(rows, step),
        features=features,
    )


def score_scene(scene: DescribedScene) -> list[Row]:
    """Return the scores of all trackers on a scene."""
    return [
        Row(
            scene,
            each,
            score_rows(scene.truth, track_scene(scene, each), scene.length, scene.layout),
        )
        for each in CONTESTANTS
    ]


def _is_kept(rows: Rows, step: int) -> NDArray[np.bool_]:
    return (rows.frames - 1) % step == 0


def _thinned(rows: Rows, step: int) -> Rows:
    """Return the rows of every ``step``-th frame, with frames numbered anew from 1."""
    kept = rows.select(_is_kept(rows, step))
    return replace(kept, frames=(kept.frames - 1) // step + 1)


def _describe(sequence: Sequence, rows: Rows) -> dict[str, NDArray[np.float32]]:
    """Return the features (N, D) of N rows of detections, by ascending frame, by descriptor."""
    descriptors = {name: load_descriptor(name) for name in DESCRIPTORS}
    features: dict[str, list[NDArray[np.float32]]] = {name: [] for name in DESCRIPTORS}
    for frame in np.unique(rows.frames):
        image = sequence.read_frame(int(frame))
        boxes_tlwh = rows.boxes_tlwh[rows.frames == frame].astype(np.float32)
        for name, descriptor in descriptors.items():
            features[name].append(descriptor(image, boxes_tlwh))
    return {name: np.concatenate(each) for name, each in features.items()}


def track_scene(scene: DescribedScene, contestant: Contestant) -> Rows:
    """Return the tracks of a scene."""
    looks = None
    if contestant.descriptor is not None:
        features = scene.features[contestant.descriptor]
        looks = Described(features, load_descriptor(contestant.descriptor).metric)
    online = None if contestant.is_offline else looks
    found, sources = track_described(
        scene.detections, online, contestant.preset, scene.rate, scene.length, contestant.name
    )
    if contestant.is_offline:
        found = replace(found, ids=_link(scene, found, sources, looks).ids)
        found = fill_gaps(found, round(contestant.fill_s * scene.rate))
    return found


def _link(
    scene: DescribedScene, found: Rows, sources: list[int], looks: Described | None
) -> Linked:
    """Link tracks; ``sources`` has the row of the detection of each of their boxes."""
    if looks is None:
        return link(found, scene.rate)

    def describe(rows: NDArray[np.intp]) -> dict[int, NDArray[np.float32]]:
        return {row: looks.features[sources[row]] for row in rows.tolist()}

    return link(found, scene.rate, describe, looks.metric)
