"""The descriptors of the evidence: baselines, several trainings of each kind, and taught ones."""

from dataclasses import dataclass
from pathlib import Path

from benchmarks.evidence_training import WORDS, weights_file
from flatsort.descriptors.descriptor import Descriptor
from flatsort.descriptors.registry import load_descriptor
from flatsort.errors import InputError

MOTION, HISTOGRAM, OSNET = "motion", "histogram", "osnet"
TITLES = {
    MOTION: "motion only",
    HISTOGRAM: "histogram",
    "vhpvae": "VHP-VAE",
    "vhpvae-principal": "VHP-VAE, principal start",
    "fmvae-300": "VHP-FMVAE, beta 300",
    "fmvae": "VHP-FMVAE, beta 3000",
    "no-mixup": "VHP-FMVAE without mixup",
    "no-normalisation": "VHP-FMVAE without c^2",
    "fmvae-track": "fmvae-track",
    "strangers": "strangers, on learned features",
    "curved-plain": "curved decoder, beta 0",
    "curved": "curved decoder, beta 500",
    "taught-small": "taught, network of fmvae-track",
    "taught": "taught, network of VHP-FMVAE",
    OSNET: "OSNet x0.25, taught elsewhere",
}
"""Kind -> name in the tables, in their order. A `half` kind has the name of its whole one."""


@dataclass(frozen=True)
class Contestant:
    """One descriptor.

    Attributes:
        kind: a key of TITLES, or one with "-half".
        seed: seed of its training; 0 where nothing was trained here.
        file: its weights; None for a descriptor that has none.
    """

    kind: str
    seed: int = 0
    file: Path | None = None

    @property
    def name(self) -> str:
        """A name without spaces that no other contestant has."""
        return f"{self.kind}-{self.seed}"

    @property
    def learned_half(self) -> bool:
        """Whether it learned from the first half of MOT16-09 alone."""
        return self.kind.endswith("-half")

    @property
    def has_gate(self) -> bool:
        """Whether its training chose the gate, without labels; others are calibrated in place.

        Taught networks know the people of their held-out tracklets, so that gate would be too
        small.
        """
        return self.kind in WORDS and not self.kind.startswith("taught")

    def open(self) -> Descriptor:
        """Return the descriptor. Motion has none."""
        word = HISTOGRAM if self.file is None else str(self.file)
        return load_descriptor(f"onnx:{word}" if word.endswith(".onnx") else word)


def contestants(folder: Path, kinds: list[str], seeds: int, osnet: Path | None) -> list[Contestant]:
    """Return all contestants.

    Args:
        folder: folder of `benchmarks.evidence_training`.
        kinds: kinds that were trained.
        seeds: trainings of each kind.
        osnet: OSNet as an ONNX file; None leaves it out.

    Raises:
        InputError: weights are missing.
    """
    found = [Contestant(MOTION), Contestant(HISTOGRAM)]
    for kind in kinds:
        for seed in range(seeds):
            file = weights_file(folder, kind, seed)
            if not file.is_file():
                raise InputError(f"{file} is missing: run python -m benchmarks.evidence_training")
            found.append(Contestant(kind, seed, file))
    if osnet is not None:
        found.append(Contestant(OSNET, file=osnet))
    return found
