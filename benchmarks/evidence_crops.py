"""The crops that the weights of the evidence learn from."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.accuracy_boxes import WITH_FRAMES
from benchmarks.evidence_scenes import BURSTS, SCENES, is_seen, open_evidence_scene
from flatsort.errors import InputError
from flatsort.files.sequence import Sequence, default_mot_root, find_sequences, open_sequence
from flatsort.training.crop_set import CropRule, CropSet, collect_crops

BOXES = "yolox.txt"
"""Detections of the sequences of MOT16."""


@dataclass(frozen=True)
class Material:
    """Crops and their sequences. Only taught networks read the labels of the sequences.

    Attributes:
        crops: the crops; their `sequences` are places in `sequences`.
        sequences: the sequences.
    """

    crops: CropSet
    sequences: list[Sequence]


def crops_of_everything(mot_root: str | None, folder: Path, size: int) -> Material:
    """Return the crops of the scenes that are trained on, and of the clips of MOT16."""
    clips = _clips(mot_root)
    scenes = [
        open_evidence_scene(folder / "scenes", seed).sequence
        for seed in range(SCENES)
        if is_seen(seed)
    ]
    cache = folder / "crops"
    of_clips = collect_crops(clips, CropRule(BOXES, size=size), cache)
    of_scenes = collect_crops(scenes, CropRule(BURSTS, size=size), cache)
    crops = CropSet(
        images=np.concatenate([of_clips.images, of_scenes.images]),
        sequences=np.concatenate([of_clips.sequences, of_scenes.sequences + len(clips)]),
        frames=np.concatenate([of_clips.frames, of_scenes.frames]),
        boxes_tlwh=np.concatenate([of_clips.boxes_tlwh, of_scenes.boxes_tlwh]),
    )
    return Material(crops, [*clips, *scenes])


def crops_of_first_half(mot_root: str | None, folder: Path, size: int) -> Material:
    """Return the crops of the first half of MOT16-09."""
    sequence = _whole_sequence(mot_root)
    crops = collect_crops([sequence], CropRule(BOXES, size=size), folder / "crops")
    crops = crops.select(crops.frames <= sequence.length // 2)
    return Material(crops, [sequence])


def _whole_sequence(mot_root: str | None) -> Sequence:
    """Return MOT16-09, the one sequence whose frames are scored."""
    (sequence,) = find_sequences(WITH_FRAMES, mot_root or default_mot_root())
    return sequence


def _clips(mot_root: str | None) -> list[Sequence]:
    folder = Path(mot_root or default_mot_root()).parent / "clips"
    clips = [open_sequence(path) for path in sorted(folder.glob("*")) if path.is_dir()]
    if not clips:
        raise InputError(f"{folder}: no clips of MOT16 here: put them beside the sequences")
    return clips
