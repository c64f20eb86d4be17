"""Track all recordings of the evidence with all descriptors, and count each person's boxes."""

import os
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from benchmarks.described_tracking import Described, track_described
from benchmarks.evidence_contestants import MOTION, Contestant
from benchmarks.evidence_footage import HALF, EvidenceFootage, describe_footage
from benchmarks.evidence_people import PeopleCounts, count_people
from benchmarks.evidence_training import WORDS
from flatsort.descriptors.descriptor import Descriptor
from flatsort.evaluation.reid.judged_boxes import Boxes
from flatsort.evaluation.reid.pair_scores import score_pairs
from flatsort.paper.tracker_comparison import calibrated_metric
from flatsort.processors import worker_pool
from flatsort.progress import ProgressBar
from flatsort.tracker import AppearanceMetric
from flatsort.training.crop_set import CropRule

if TYPE_CHECKING:
    from multiprocessing.sharedctypes import Synchronized

PRESETS = ("deepsort", "flatsort")
LOOKED_AT_HZ = 5.0
"""Boxes per second of each person that are compared as pictures: neighbouring ones are alike."""


@dataclass(frozen=True)
class Tracked:
    """One tracker on one recording.

    Attributes:
        group: group of the recording.
        recording: name of the recording.
        variant: the kind of a scene, or the detector's name.
        kind: kind of the contestant.
        seed: seed of its training; 0 where nothing was trained.
        preset: preset of the tracker.
        counts: boxes of each person.
    """

    group: str
    recording: str
    variant: str
    kind: str
    seed: int
    preset: str
    counts: PeopleCounts


@dataclass(frozen=True)
class PictureScores:
    """How well a descriptor tells the people of one recording apart, from picture to picture.

    Attributes:
        group: group of the recording.
        recording: name of the recording.
        kind: kind of the contestant.
        seed: seed of its training; 0 where nothing was trained.
        auc: probability that two boxes of one person are nearer than two of two people, in %.
        rank_1: share of boxes whose nearest box shows the same person, in %.
        mean_average_precision: in %.
    """

    group: str
    recording: str
    kind: str
    seed: int
    auc: float
    rank_1: float
    mean_average_precision: float


@dataclass(frozen=True)
class Evidence:
    """All that was measured."""

    tracked: list[Tracked]
    pictures: list[PictureScores]


def gather(
    footages: list[EvidenceFootage], contestants: list[Contestant], folder: Path, jobs: int
) -> Evidence:
    """Track and score everything, several recordings at a time.

    Args:
        footages: the recordings.
        contestants: the descriptors.
        folder: folder for features.
        jobs: number of processes.
    """
    found = Evidence([], [])
    started = get_context("spawn").Value("i", 0)
    with worker_pool(jobs, _take_core, started) as pool:
        futures = [pool.submit(_measure, each, contestants, folder) for each in footages]
        # In the order of the recordings, so that the page is the same after each run.
        for future in ProgressBar(futures, desc="recordings", unit="recording"):
            part = future.result()
            found.tracked.extend(part.tracked)
            found.pictures.extend(part.pictures)
    return found


def _take_core(started: "Synchronized[int]") -> None:
    """Keep this process to a core of its own: threads of several networks get in each other's way.

    Args:
        started: number of processes that have a core already.
    """
    import torch

    torch.set_num_threads(1)
    with started.get_lock():
        number = started.value
        started.value += 1
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[number % len(cores)]})


def _measure(footage: EvidenceFootage, contestants: list[Contestant], folder: Path) -> Evidence:
    """Track and score one recording."""
    is_half = footage.group == HALF
    chosen = [
        each for each in contestants if each.kind not in WORDS or each.learned_half == is_half
    ]
    descriptors = {each.name: each.open() for each in chosen if each.kind != MOTION}
    features = describe_footage(footage, descriptors, folder)
    found, people = Evidence([], []), footage.people()
    for each in chosen:
        looks = None
        if each.kind != MOTION:
            own = features[each.name]
            looks = Described(own, _metric(footage, descriptors[each.name], own, each))
            found.pictures.append(_compare(footage, each, looks, people))
        for preset in ("sort", "flatsort") if looks is None else PRESETS:
            found.tracked.append(_track(footage, each, looks, preset))
    return found


def _metric(
    footage: EvidenceFootage,
    descriptor: Descriptor,
    features: NDArray[np.float32],
    contestant: Contestant,
) -> AppearanceMetric:
    """Return the metric of trained weights; others are calibrated here, without labels."""
    if contestant.has_gate:
        return descriptor.metric
    return calibrated_metric(footage.detections, features) or descriptor.metric


def _track(
    footage: EvidenceFootage, contestant: Contestant, looks: Described | None, preset: str
) -> Tracked:
    rate, length = footage.sequence.frame_rate, footage.length
    tracks, _ = track_described(footage.detections, looks, preset, rate, length, contestant.name)
    return Tracked(
        group=footage.group,
        recording=footage.recording,
        variant=footage.variant,
        kind=contestant.kind,
        seed=contestant.seed,
        preset=preset,
        counts=count_people(footage.truth, tracks, length, footage.sequence.layout),
    )


def _compare(
    footage: EvidenceFootage, contestant: Contestant, looks: Described, people: NDArray[np.int64]
) -> PictureScores:
    """Compare the pictures of labelled people, a few per second."""
    step = max(1, round(footage.sequence.frame_rate / LOOKED_AT_HZ))
    rows = footage.detections
    kept = (people >= 0) & (rows.frames % step == 1 % step) & CropRule().keeps(rows)
    boxes = Boxes(rows.frames[kept], rows.boxes_tlwh[kept], people[kept])
    scores, _ = score_pairs(boxes, looks.features[kept], looks.metric)
    return PictureScores(
        group=footage.group,
        recording=footage.recording,
        kind=contestant.kind,
        seed=contestant.seed,
        auc=100 * scores.auc,
        rank_1=100 * scores.rank_1,
        mean_average_precision=100 * scores.mean_average_precision,
    )
