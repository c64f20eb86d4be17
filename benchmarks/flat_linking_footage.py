"""Footage that is tracked by motion, with the crops of its tracklets described in many ways."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy_boxes import WITH_FRAMES, box_sets
from benchmarks.described_tracking import track_described
from benchmarks.labelled_people import people_of_boxes
from benchmarks.scenes_runs import FRAMES
from flatsort.descriptors.descriptor import Descriptor
from flatsort.descriptors.feature_cache import open_cache
from flatsort.descriptors.registry import load_descriptor
from flatsort.evaluation.tracks.preprocessing import is_scored
from flatsort.evaluation.tracks.score import Score, score_rows
from flatsort.files.mot_files import Rows, read_detections, read_ground_truth, rows_of
from flatsort.files.sequence import Sequence, open_sequence
from flatsort.linking.cutting import Surroundings, cut_tracks, survey
from flatsort.linking.link_tracks import JOIN_NATS, link
from flatsort.linking.looks import Looks
from flatsort.linking.tracklet import Tracklet
from flatsort.linking.tracklet_crops import choose_crops
from flatsort.scene.scene_folder import write_scene
from flatsort.tracker import AppearanceMetric

SCENES = "scenes"
FIRST_SEED = 200
"""Seed of the first scene. No constant of this project was set on scenes from here on."""


@dataclass(frozen=True)
class Way:
    """A way to compare looks: a descriptor, and its own distance or the Euclidean one."""

    name: str
    word: str
    is_euclidean: bool = False

    def metric(self, descriptor: Descriptor) -> AppearanceMetric:
        """Return the distance. Linking calibrates it and asks for no gate."""
        return AppearanceMetric("euclidean") if self.is_euclidean else descriptor.metric


def ways(osnet: Path | None, retail: Path | None) -> list[Way]:
    """Return the ways of the comparison; a network whose file is None is left out."""
    found = [
        Way("fmvae", "fmvae"),
        Way("vhpvae", "vhpvae"),
        Way("fmvae, Euclidean", "fmvae", is_euclidean=True),
        Way("vhpvae, Euclidean", "vhpvae", is_euclidean=True),
        Way("curved-10", "curved-10"),
        Way("fmvae-track-unseen", "fmvae-track-unseen"),
        Way("fmvae-track", "fmvae-track"),
        Way("histogram", "histogram"),
    ]
    if osnet is not None:
        found.append(Way("OSNet x0.25, supervised", f"onnx:{osnet}"))
    if retail is not None:
        found.append(Way("retail-0287, supervised", f"onnx:{retail},norm=bytes,colour=bgr"))
    return found


@dataclass(frozen=True)
class LinkableFootage:
    """One recording, tracked by motion alone.

    Attributes:
        group: "MOT16-09" or SCENES.
        name: name of the footage and its boxes.
        sequence: frames, rate and rules.
        truth: rows of the ground truth.
        tracks: N boxes with the identities of their tracks.
        people: (N,) int64, the labelled person in each box; -1 for nobody, and for somebody whom
            scoring ignores.
        around: how freely each box can be seen.
        tracklets: the tracks, cut by their boxes.
        crops: the rows of each tracklet's crops.
    """

    group: str
    name: str
    sequence: Sequence
    truth: Rows
    tracks: Rows
    people: NDArray[np.int64]
    around: Surroundings
    tracklets: list[Tracklet]
    crops: list[NDArray[np.intp]]

    def describe(self, word: str, folder: Path) -> dict[int, NDArray[np.float32]]:
        """Return row -> raw feature for all crops, from the cache where it has them."""
        descriptor, features = load_descriptor(word), {}
        chosen = np.unique(np.concatenate([np.empty(0, np.intp), *self.crops]))
        with open_cache(folder, word.replace("/", "-"), descriptor, self.sequence) as cache:
            for number in np.unique(self.tracks.frames[chosen]).tolist():
                rows = chosen[self.tracks.frames[chosen] == number]
                boxes_tlwh = self.tracks.boxes_tlwh[rows].astype(np.float32)
                found, known = cache.look_up(number, boxes_tlwh)
                if not known.all():
                    found = descriptor(self.sequence.read_frame(number), boxes_tlwh)
                    cache.add(number, boxes_tlwh, found)
                features.update(zip(rows.tolist(), found, strict=True))
        return features

    def looks(
        self, features: dict[int, NDArray[np.float32]], metric: AppearanceMetric, most_crops: int
    ) -> Looks:
        """Return the looks of the tracklets, each from at most ``most_crops`` of its crops."""
        some = [rows[spread(len(rows), most_crops)] for rows in self.crops]
        return Looks(self.tracklets, some, features, metric, self.around)

    def link(
        self,
        features: dict[int, NDArray[np.float32]],
        metric: AppearanceMetric,
        join_nats: float = JOIN_NATS,
    ) -> Score:
        """Link the tracks by looks and movement, and return the score."""

        def describe(rows: NDArray[np.intp]) -> dict[int, NDArray[np.float32]]:
            return {row: features[row] for row in rows.tolist()}

        rate = self.sequence.frame_rate
        ids = link(self.tracks, rate, describe, metric, join_nats=join_nats).ids
        columns = np.column_stack([self.tracks.frames, ids, self.tracks.boxes_tlwh])
        named = rows_of(columns, self.name, self.sequence.length)
        return score_rows(self.truth, named, self.sequence.length, self.sequence.layout)


def linkable_footage(
    mot_root: str | None, detector: Path | None, folder: Path, seeds: int
) -> Iterator[LinkableFootage]:
    """Yield MOT16-09 with the boxes of each detector, and rendered scenes.

    Args:
        mot_root: folder with the sequences of MOT16; None for the usual place.
        detector: YOLOX-nano as an ONNX file; None leaves its boxes out.
        folder: folder for boxes and scenes.
        seeds: number of scenes.

    Raises:
        InputError: the sequence, its boxes or the detector are missing or wrong.
    """
    for boxes in box_sets(mot_root, detector, folder):
        if len(boxes.boxes) == 1:
            ((sequence, rows),) = boxes.boxes
            yield _track(WITH_FRAMES, f"{WITH_FRAMES}, {boxes.title}", sequence, rows)
    for seed in range(FIRST_SEED, FIRST_SEED + seeds):
        path = folder / f"seed-{seed}"
        if not path.exists():
            write_scene(path, seed, FRAMES)
        sequence = open_sequence(path)
        rows = read_detections(sequence.find_detections("det.txt"), sequence.length)
        yield _track(SCENES, f"scene {seed}", sequence, rows)


def spread(count: int, most: int) -> NDArray[np.intp]:
    """Return at most ``most`` places among ``count``, spread evenly."""
    if count <= most:
        return np.arange(count)
    return np.linspace(0, count - 1, most).astype(np.intp)


def _track(group: str, name: str, sequence: Sequence, boxes: Rows) -> LinkableFootage:
    """Track boxes by motion, as ``track.py --offline`` does, and cut the tracks."""
    rate, length = sequence.frame_rate, sequence.length
    rows, _ = track_described(boxes, None, "flatsort", rate, length, name)
    truth = read_ground_truth(sequence.ground_truth_path, length, sequence.layout)
    around = survey(rows)
    tracklets = cut_tracks(rows, around, rate)
    crops = [choose_crops(each, around) for each in tracklets]
    scored = truth.select(is_scored(truth, sequence.layout))
    people = people_of_boxes(rows.frames, rows.boxes_tlwh, scored)
    return LinkableFootage(group, name, sequence, truth, rows, people, around, tracklets, crops)
