"""The rendered scenes of the evidence: forty, hard in different ways, half of them trained on."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from flatsort.files.atomic import atomic_writer
from flatsort.files.sequence import Sequence, open_sequence
from flatsort.scene.scene_folder import write_scene
from flatsort.scene.scene_kind import SceneKind

SCENES = 40
"""Seeds 0 to 39. Even seeds are trained on; each odd scene has the kind of the even one before."""
SECONDS = 14.4
"""Length of a scene: one block of acts."""
NOISES = (0.5, 1.0, 2.0)
"""Factors on the detector's errors, taken in turn by pairs of scenes."""
VARIANTS: tuple[tuple[str, dict], ...] = (
    ("usual", {}),
    ("crowded", {"crowds": 2}),
    ("uniforms", {"uniforms": True}),
    ("carried camera", {"carried": True}),
    ("10 frames/s", {"frame_rate": 10}),
)
"""Kinds, taken in turn by pairs of scenes; five and three have no common divisor."""
BURST_S, EVERY_S = 2.0, 5.0
"""Training sees the first two of every five seconds: its crops of a scene are alike, and two fifths
of them are enough."""
BURSTS = "bursts.txt"
"""Name of the file in det/ with the detections that training sees."""


@dataclass(frozen=True)
class SceneOfEvidence:
    """One scene.

    Attributes:
        seed: seed of the scene.
        variant: the first word of one of VARIANTS.
        sequence: its folder.
    """

    seed: int
    variant: str
    sequence: Sequence

    @property
    def is_seen(self) -> bool:
        """Whether the scene's crops were trained on."""
        return is_seen(self.seed)


def is_seen(seed: int) -> bool:
    """Return whether the scene of a seed was trained on."""
    return seed % 2 == 0


def open_evidence_scene(folder: Path, seed: int) -> SceneOfEvidence:
    """Return a scene; it is rendered if the folder lacks it."""
    variant, kind = kind_of(seed)
    path = folder / f"scene-{seed:02d}"
    if not path.exists():
        write_scene(path, seed, round(SECONDS * kind.frame_rate), kind=kind)
    sequence = open_sequence(path)
    if not (path / "det" / BURSTS).is_file():
        _write_bursts(sequence)
    return SceneOfEvidence(seed, variant, sequence)


def kind_of(seed: int) -> tuple[str, SceneKind]:
    """Return the name and the kind of a seed's scene."""
    pair = seed // 2
    name, words = VARIANTS[pair % len(VARIANTS)]
    return name, SceneKind(detector_noise=NOISES[pair % len(NOISES)], **words)


def _write_bursts(sequence: Sequence) -> None:
    """Write the detections of the first BURST_S of every EVERY_S seconds, for training."""
    lines = sequence.find_detections("det.txt").read_text().splitlines(keepends=True)
    frames = np.array([int(line.split(",")[0]) for line in lines])
    rate = sequence.frame_rate
    is_kept = (frames - 1) / rate % EVERY_S < BURST_S
    with atomic_writer(sequence.folder / "det" / BURSTS) as file:
        file.writelines(line for line, kept in zip(lines, is_kept, strict=True) if kept)
