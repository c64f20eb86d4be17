"""What a weights file says of itself, and single tensors of it, read without torch."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from ..model.architecture import Architecture

KEY, FORMAT = "flatsort", "vhpvae-1"
# Under which an encoder exported from weights says what it is.
ENCODER_KEY = "flatsort-encoder"


class WeightsError(ValueError):
    """A weights file cannot be used; the message names it and says why."""


def read_card(path: Path) -> dict[str, Any]:
    """The card of a weights file, without its tensors.

    Raises:
        WeightsError: it is missing, no safetensors, not ours, or has no card.
    """
    facts = _read_facts(path)
    if "card" not in facts:
        raise WeightsError(f"{path}: it has no card")
    return facts["card"]


def read_architecture(path: Path) -> tuple[Architecture, dict[str, Any]]:
    """The layer sizes of a weights file, and its card, without its tensors.

    Raises:
        WeightsError: it is missing, no safetensors, not ours, or what it says cannot be read.
    """
    facts = _read_facts(path)
    try:
        sizes = facts["architecture"]
        architecture = Architecture(
            **{key: tuple(v) if isinstance(v, list) else v for key, v in sizes.items()}
        )
        return architecture, facts["card"]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: Exception) -> WeightsError:
    """What to raise when the architecture in a file cannot be built."""
    return WeightsError(f"{path}: its architecture or card cannot be read: {error}")


def read_calibration(path: Path, card: Any) -> dict[str, Any]:
    """The metric and gate of a card: "kind", "gate" and maybe what was measured.

    Raises:
        WeightsError: it has none.
    """
    calibration = card.get("calibration") if isinstance(card, dict) else None
    if not isinstance(calibration, dict) or not {"kind", "gate"} <= calibration.keys():
        raise WeightsError(f"{path}: its card has no calibrated metric and gate: train it anew")
    return calibration


def read_tensors(path: Path, names: Iterable[str]) -> dict[str, NDArray[np.float64]]:
    """Some of a file's tensors, in double precision, so that folding them rounds once.

    Raises:
        WeightsError: one is missing or not finite.
    """
    with safe_open(path, framework="np") as file:
        known = set(file.keys())
        tensors = {}
        for name in names:
            if name not in known:
                raise WeightsError(
                    f"{path}: lacks tensor {name}: it does not match its architecture"
                )
            tensors[name] = file.get_tensor(name).astype(np.float64)
            if not np.isfinite(tensors[name]).all():
                raise WeightsError(f"{path}: tensor {name} is not finite")
    return tensors


def _read_facts(path: Path) -> dict[str, Any]:
    """Format, architecture and card, as JSON values."""
    if not path.is_file():
        raise WeightsError(f"{path}: no such weights file")
    try:
        with safe_open(path, framework="np") as file:
            metadata = file.metadata() or {}
    except (SafetensorError, OSError) as error:
        raise WeightsError(f"{path}: not a safetensors file: {error}") from error
    try:
        facts = json.loads(metadata.get(KEY, "null"))
    except ValueError:
        facts = None
    if not isinstance(facts, dict) or facts.get("format") != FORMAT:
        raise WeightsError(
            f"{path}: weights of another program: train with tools/train_descriptor.py"
        )
    return facts
