"""Trained weights as one safetensors file: the whole model, and what is known about it."""

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save

from reid_vae.architecture import Architecture
from reid_vae.model import VHPVAE

_KEY, _FORMAT = "flatsort", "vhpvae-1"


class WeightsError(ValueError):
    """A weights file cannot be used; the message names it and says why."""


def save_weights(path: Path, model: VHPVAE, card: dict[str, Any]) -> None:
    """Write a model and its card (JSON values) to ``path``, whole or not at all.

    Tensors are stored in half precision: a descriptor moves by less than one part in a thousand,
    and the file is half as large.

    Raises:
        WeightsError: a value is not finite, or too large for half precision.
    """
    tensors = {
        name: (value.half() if value.is_floating_point() else value).contiguous()
        for name, value in model.state_dict().items()
    }
    for name, value in tensors.items():
        if not value.isfinite().all():
            raise WeightsError(f"{path}: tensor {name} has values that cannot be stored")
    facts = {"format": _FORMAT, "architecture": asdict(model.architecture), "card": card}
    # One key: safetensors writes several in any order, and the same run would give other bytes.
    metadata = {_KEY: json.dumps(facts)}
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".tmp")
    try:
        temporary.write_bytes(save(tensors, metadata))
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def load_weights(path: Path) -> tuple[VHPVAE, dict[str, Any]]:
    """Read a model, in evaluation mode and float32, and its card.

    Raises:
        WeightsError: the file is missing, no safetensors, not ours, or its tensors do not fit the
            architecture it names.
    """
    facts = _read_facts(path)
    try:
        sizes = facts["architecture"]
        architecture = Architecture(
            **{key: tuple(v) if isinstance(v, list) else v for key, v in sizes.items()}
        )
        card = facts["card"]
        model = VHPVAE(architecture)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RuntimeError) as error:
        raise WeightsError(f"{path}: its architecture or card cannot be read: {error}") from error
    tensors = load_file(path)
    expected = model.state_dict()
    for name in sorted(expected.keys() | tensors.keys()):
        if name not in tensors or name not in expected:
            verb = "lacks" if name not in tensors else "has an unknown"
            raise WeightsError(f"{path}: {verb} tensor {name}: it does not match its architecture")
        if tensors[name].shape != expected[name].shape:
            raise WeightsError(
                f"{path}: tensor {name} is {tuple(tensors[name].shape)}, the architecture needs "
                f"{tuple(expected[name].shape)}"
            )
        if not tensors[name].isfinite().all():
            raise WeightsError(f"{path}: tensor {name} is not finite")
    model.load_state_dict(tensors)
    return model.eval(), card


def read_card(path: Path) -> dict[str, Any]:
    """The card of a weights file, without its tensors.

    Raises:
        WeightsError: as :func:`load_weights`.
    """
    facts = _read_facts(path)
    if "card" not in facts:
        raise WeightsError(f"{path}: it has no card")
    return facts["card"]


def _read_facts(path: Path) -> dict[str, Any]:
    """Format, architecture and card, as JSON values."""
    if not path.is_file():
        raise WeightsError(f"{path}: no such weights file")
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
    except (SafetensorError, OSError) as error:
        raise WeightsError(f"{path}: not a safetensors file: {error}") from error
    try:
        facts = json.loads(metadata.get(_KEY, "null"))
    except ValueError:
        facts = None
    if not isinstance(facts, dict) or facts.get("format") != _FORMAT:
        raise WeightsError(
            f"{path}: weights of another program: train with tools/train_descriptor.py"
        )
    return facts
