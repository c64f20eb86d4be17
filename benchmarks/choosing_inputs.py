"""The files with the figures of the shipped descriptors."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flatsort.errors import InputError
from flatsort.files.json_values import read_json
from flatsort.reid_vae.model.architecture import ARCHITECTURES
from flatsort.reid_vae.weights.weights_file import read_card

SOURCES = {
    "report": ("docs/descriptors/report.json", "make report", ("sequence", "descriptors")),
    "speeds": ("benchmarks/results/descriptor.json", "make bench", ("speeds", "machine")),
    "accuracy": ("benchmarks/results/accuracy.json", "make accuracy", ("sets",)),
    "evidence": ("docs/evidence.json", "make evidence", ("groups",)),
}
"""Name -> file in the project, the command that writes it, and its entries that are read."""


@dataclass(frozen=True)
class Weights:
    """One shipped weights file.

    Attributes:
        sequences: the footage that it learned from.
        has_pictures: whether it also learned from single pictures of people.
        architecture: its network; None for principal components.
        latents: length of the descriptor.
        onnx_bytes: size of its encoder as ONNX file; None without one.
    """

    sequences: tuple[str, ...]
    has_pictures: bool
    architecture: str | None
    latents: int
    onnx_bytes: int | None


@dataclass(frozen=True)
class Inputs:
    """Everything that the table is made of: the content of SOURCES, and name -> weights."""

    report: dict[str, Any]
    speeds: dict[str, Any]
    accuracy: dict[str, Any]
    evidence: dict[str, Any]
    weights: dict[str, Weights]


def read_inputs(root: Path) -> Inputs:
    """Return the content of all files.

    Args:
        root: the project's folder.

    Raises:
        InputError: a file is missing or is not what its command writes.
    """
    contents = {
        name: _read(root / file, command, entries)
        for name, (file, command, entries) in SOURCES.items()
    }
    files = sorted((root / "weights").glob("*.safetensors"))
    if not files:
        raise InputError(f"{root / 'weights'}: no weights here: run `make weights`")
    return Inputs(**contents, weights={path.stem: read_weights(path) for path in files})


def read_weights(path: Path) -> Weights:
    """Return the facts of a weights file and of the ONNX file beside it."""
    card, onnx = read_card(path), path.with_suffix(".onnx")
    settings, data = card.get("settings", {}), card["data"]
    architecture = settings.get("architecture")
    own = settings.get("latent_size") or data.get("latent_size")
    return Weights(
        sequences=tuple(data["sequences"]),
        has_pictures="pictures" in data,
        architecture=architecture,
        latents=own or ARCHITECTURES[architecture].latent_size,
        onnx_bytes=onnx.stat().st_size if onnx.is_file() else None,
    )


def _read(path: Path, command: str, entries: tuple[str, ...]) -> dict[str, Any]:
    advice = f"run `{command}`, which writes it"
    try:
        content = read_json(path, advice)
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such file: {advice}") from error
    for entry in entries:
        if not isinstance(content, dict) or entry not in content:
            raise InputError(f"{path}: the entry {entry} is missing: {advice}")
    return content
