"""The recordings of the evidence, with their boxes and the features of these boxes."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy_boxes import WITH_FRAMES, box_sets
from benchmarks.described_tracking import preset_options
from benchmarks.evidence_scenes import SCENES, open_evidence_scene
from benchmarks.labelled_people import people_of_boxes
from flatsort.descriptors.descriptor import Descriptor
from flatsort.evaluation.tracks.preprocessing import is_scored
from flatsort.files.atomic import atomic_path
from flatsort.files.mot_files import Rows, read_detections, read_ground_truth
from flatsort.files.sequence import Sequence

SEEN, UNSEEN, MOT16, HALF = "seen scenes", "unseen scenes", WITH_FRAMES, "second half"
"""Groups of recordings. Crops of the first one were trained on; those of HALF follow the half that
the `half` kinds were trained on."""
_LEAST_CONFIDENCE = preset_options("flatsort").min_confidence
"""Boxes below are used by no preset."""


@dataclass(frozen=True)
class EvidenceFootage:
    """One recording with the boxes of one detector.

    Attributes:
        key: name of its files.
        group: SEEN, UNSEEN, MOT16 or HALF.
        recording: name of the recording; several detectors have one recording.
        variant: the kind of a scene, or the detector's name.
        sequence: its frames.
        truth: rows of the ground truth.
        detections: N rows, by ascending frame.
        skipped: frames of the sequence before the first one that is tracked.
    """

    key: str
    group: str
    recording: str
    variant: str
    sequence: Sequence
    truth: Rows
    detections: Rows
    skipped: int = 0

    @property
    def length(self) -> int:
        """The number of frames that are tracked."""
        return self.sequence.length - self.skipped

    def people(self) -> NDArray[np.int64]:
        """Return the labelled pedestrian (N,) in each detection, by IoU; -1 for nobody."""
        truth = self.truth.select(is_scored(self.truth, self.sequence.layout))
        return people_of_boxes(self.detections.frames, self.detections.boxes_tlwh, truth)

    def later_half(self) -> "EvidenceFootage":
        """Return the second half, with frames numbered from 1."""
        skipped = self.sequence.length // 2

        def later(rows: Rows) -> Rows:
            kept = rows.select(rows.frames > skipped)
            return replace(kept, frames=kept.frames - skipped)

        return replace(
            self,
            key=f"{self.key}-half",
            group=HALF,
            truth=later(self.truth),
            detections=later(self.detections),
            skipped=skipped,
        )


def all_footage(
    mot_root: str | None, detector: Path | None, folder: Path, scenes: int = SCENES
) -> list[EvidenceFootage]:
    """Return MOT16-09 with each detector, whole and its second half, and the scenes.

    Args:
        mot_root: folder with the sequences of MOT16; None for the usual place.
        detector: YOLOX-nano as an ONNX file; None leaves its boxes out.
        folder: folder for boxes and scenes.
        scenes: number of scenes, at most SCENES.

    Raises:
        InputError: the sequence, its boxes or the detector are missing or wrong.
    """
    found = []
    for boxes in box_sets(mot_root, detector, folder):
        if len(boxes.boxes) == 1:
            ((sequence, rows),) = boxes.boxes
            key = f"{sequence.name}-{boxes.key}"
            whole = _footage(key, MOT16, sequence.name, boxes.title, sequence, rows)
            found += [whole, whole.later_half()]
    for seed in range(scenes):
        scene = open_evidence_scene(folder / "scenes", seed)
        sequence = scene.sequence
        rows = read_detections(sequence.find_detections("det.txt"), sequence.length)
        group = SEEN if scene.is_seen else UNSEEN
        name = sequence.name
        found.append(_footage(name, group, name, scene.variant, sequence, rows))
    return found


def describe_footage(
    footage: EvidenceFootage, descriptors: Mapping[str, Descriptor], folder: Path
) -> dict[str, NDArray[np.float32]]:
    """Return name -> features (N, D) of the detections; those in the folder are not made again.

    Args:
        footage: the recording.
        descriptors: name, which is a file's name too -> descriptor with a cache key.
        folder: folder for the features.
    """
    paths = {name: folder / _file(footage, name, each) for name, each in descriptors.items()}
    missing = {name: descriptors[name] for name, path in paths.items() if not path.is_file()}
    made: dict[str, list[NDArray[np.float32]]] = {name: [] for name in missing}
    rows = footage.detections
    for frame in np.unique(rows.frames).tolist() if missing else []:
        image = footage.sequence.read_frame(frame + footage.skipped)
        boxes_tlwh = rows.boxes_tlwh[rows.frames == frame].astype(np.float32)
        for name, descriptor in missing.items():
            made[name].append(descriptor(image, boxes_tlwh))
    folder.mkdir(parents=True, exist_ok=True)
    for name, parts in made.items():
        with atomic_path(paths[name]) as temporary, temporary.open("wb") as file:
            np.save(file, np.concatenate(parts))
    return {name: np.load(path) for name, path in paths.items()}


def _footage(
    key: str,
    group: str,
    recording: str,
    variant: str,
    sequence: Sequence,
    detections: Rows,
) -> EvidenceFootage:
    truth = read_ground_truth(sequence.ground_truth_path, sequence.length, sequence.layout)
    rows = detections.select(detections.confidences >= _LEAST_CONFIDENCE)
    rows = rows.select(np.argsort(rows.frames, kind="stable"))
    return EvidenceFootage(key, group, recording, variant, sequence, truth, rows)


def _file(footage: EvidenceFootage, name: str, descriptor: Descriptor) -> str:
    """Return a file name that other weights of the same name, or other boxes, do not share."""
    digest = hashlib.sha256(str(descriptor.cache_key).encode())
    digest.update(np.ascontiguousarray(footage.detections.boxes_tlwh).tobytes())
    return f"{footage.key}-{name}-{digest.hexdigest()[:12]}.npy"
