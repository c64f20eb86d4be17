"""Trained weights as one safetensors file: the whole model, and what is known about it."""

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from safetensors.torch import load_file, save

from ..model.vhpvae import VHPVAE
from .weights_file import FORMAT, KEY, WeightsError, read_architecture, unreadable


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
    facts = {"format": FORMAT, "architecture": asdict(model.architecture), "card": card}
    # One key: safetensors writes several in any order, and the same run would give other bytes.
    metadata = {KEY: json.dumps(facts)}
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
    architecture, card = read_architecture(path)
    try:
        model = VHPVAE(architecture)
    except (TypeError, ValueError, IndexError, RuntimeError) as error:
        raise unreadable(path, error) from error
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
