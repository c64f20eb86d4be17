"""The card and the architecture of a weights file, read without torch."""

import hashlib
import json
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open

from ..model.architecture import Architecture

# Metadata key of a weights file, and the formats: a VHP-VAE, and principal components.
KEY = "flatsort"
VAE_FORMAT, PRINCIPAL_FORMAT = "vhpvae-1", "principal-1"
# Entry of the metadata that guards the others.
GUARD = "digest"
# Metadata key of an encoder that was exported as ONNX.
ENCODER_KEY = "flatsort-encoder"


class WeightsError(ValueError):
    """A weights file cannot be used; the message names the file and the reason."""


def read_card(path: Path) -> dict[str, Any]:
    """Return the card of a weights file, without reading its tensors.

    Raises:
        WeightsError: the file is missing, is not a weights file, or has no card.
    """
    facts = _read_facts(path)
    if not isinstance(facts.get("card"), dict):
        raise WeightsError(f"{path}: the file has no card")
    card: dict[str, Any] = facts["card"]
    return card


def read_architecture(path: Path) -> tuple[Architecture, dict[str, Any]]:
    """Return the layer sizes and the card of a weights file, without reading its tensors.

    Raises:
        WeightsError: the file is missing or is not a weights file, or its layer sizes or its card
            cannot be read.
    """
    facts = _read_facts(path)
    try:
        sizes: dict[str, Any] = {
            key: tuple(size) if isinstance(size, list) else size
            for key, size in facts["architecture"].items()
        }
        architecture = Architecture(**sizes)
        if not isinstance(facts["card"], dict):
            raise TypeError("the card is no object with entries")
        return architecture, facts["card"]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise unreadable(path, error) from error


def read_tensors_digest(path: Path) -> str | None:
    """Return the SHA-256 of the tensors as they were written; None in files of earlier releases.

    Raises:
        WeightsError: the file is missing or is not a weights file.
    """
    return _read_facts(path).get("tensors")


def facts_digest(facts: dict[str, Any]) -> str:
    """Return the SHA-256 of the metadata, apart from the entry that holds it.

    The metadata hold the digest of the tensors, so this digest guards the whole file.
    """
    guarded = {key: value for key, value in facts.items() if key != GUARD}
    return hashlib.sha256(json.dumps(guarded, sort_keys=True).encode()).hexdigest()


def has_decoder(path: Path) -> bool:
    """Return whether a file holds a VHP-VAE; principal components have no trained decoder.

    Raises:
        WeightsError: the file is missing or is not a weights file.
    """
    return bool(_read_facts(path)["format"] == VAE_FORMAT)


def read_digest(path: Path) -> str:
    """Return the SHA-256 of a weights file, by which an exported encoder names its weights.

    Raises:
        WeightsError: the file is missing.
    """
    _check_exists(path)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def unreadable(path: Path, error: Exception) -> WeightsError:
    """Return the error for a file whose architecture or card cannot be read."""
    return WeightsError(f"{path}: its architecture or card cannot be read: {error}")


def read_calibration(path: Path, card: Any) -> dict[str, Any]:
    """Return the calibration of a card: "kind" and "gate" of the metric, and perhaps error rates.

    Raises:
        WeightsError: the card has no calibration.
    """
    calibration = card.get("calibration") if isinstance(card, dict) else None
    if not isinstance(calibration, dict) or not {"kind", "gate"} <= calibration.keys():
        raise WeightsError(f"{path}: its card has no calibrated metric and gate: train it again")
    return calibration


def _read_facts(path: Path) -> dict[str, Any]:
    """Return the format, the architecture and the card of a file, as JSON values."""
    _check_exists(path)
    try:
        with safe_open(path, framework="np") as file:
            metadata = file.metadata() or {}
    except (SafetensorError, OSError) as error:
        raise WeightsError(f"{path}: not a safetensors file: {error}") from error
    try:
        facts = json.loads(metadata.get(KEY, "null"))
    except (ValueError, RecursionError):
        facts = None
    formats = (VAE_FORMAT, PRINCIPAL_FORMAT)
    if not isinstance(facts, dict) or facts.get("format") not in formats:
        raise WeightsError(
            f"{path}: weights of another program: train with tools/train_descriptor.py"
        )
    # Files of earlier releases have no such digest.
    if GUARD in facts and facts[GUARD] != facts_digest(facts):
        raise WeightsError(
            f"{path}: damaged: its card or its layer sizes have changed: get the file again"
        )
    return facts


def _check_exists(path: Path) -> None:
    if not path.is_file():
        raise WeightsError(f"{path}: no such weights file")
