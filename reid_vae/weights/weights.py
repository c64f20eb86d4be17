"""A weights file: one safetensors file that holds a whole model and its card."""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save
from torch import Tensor

from ..model.principal_encoder import PrincipalEncoder
from ..model.vhpvae import VHPVAE
from ..whole_file import whole_file
from .weights_file import (
    GUARD,
    KEY,
    PRINCIPAL_FORMAT,
    VAE_FORMAT,
    WeightsError,
    facts_digest,
    has_decoder,
    read_architecture,
    read_tensors_digest,
    unreadable,
)

_STORED = (torch.float16, torch.bfloat16, torch.float32, torch.float64)
"""Kinds of numbers that a file may hold for the float32 numbers of a model."""


def save_weights(path: Path, model: VHPVAE | PrincipalEncoder, card: dict[str, Any]) -> None:
    """Write a model and its card to a file, atomically.

    Tensors are stored in half precision. This moves a descriptor by less than one part in a
    thousand and makes the file half as large.

    Args:
        path: the file; its folder is created if missing.
        model: the model.
        card: facts about the training, JSON values.

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
    kind = VAE_FORMAT if isinstance(model, VHPVAE) else PRINCIPAL_FORMAT
    facts = {
        "format": kind,
        "architecture": asdict(model.architecture),
        "card": card,
        "tensors": _digest(tensors),
    }
    facts[GUARD] = facts_digest(facts)
    # Only one key, because safetensors writes several keys in any order, and then equal runs would
    # not write equal files.
    metadata = {KEY: json.dumps(facts)}
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as temporary:
        temporary.write_bytes(save(tensors, metadata))


def load_weights(path: Path) -> tuple[VHPVAE, dict[str, Any]]:
    """Read a VHP-VAE, in evaluation mode and float32, and its card.

    Raises:
        WeightsError: as :func:`load_encoder`; or the file holds principal components.
    """
    model, card = load_encoder(path)
    if not isinstance(model, VHPVAE):
        raise WeightsError(f"{path}: principal components, which have no decoder: name a VHP-VAE")
    return model, card


def load_encoder(path: Path) -> tuple[VHPVAE | PrincipalEncoder, dict[str, Any]]:
    """Read a model that encodes crops, in evaluation mode and float32, and its card.

    Raises:
        WeightsError: the file is missing or is not a weights file, or its tensors do not fit its
            architecture.
    """
    architecture, card = read_architecture(path)
    kind = VHPVAE if has_decoder(path) else PrincipalEncoder
    try:
        # A model without memory has the right shapes, so that a damaged size allocates nothing.
        with torch.device("meta"):
            expected = kind(architecture).state_dict()
    except (TypeError, ValueError, IndexError, RuntimeError, OverflowError) as error:
        raise unreadable(path, error) from error
    tensors = load_file(path)
    for name in sorted(expected.keys() | tensors.keys()):
        if name not in tensors or name not in expected:
            verb = "lacks" if name not in tensors else "has an unknown"
            raise WeightsError(f"{path}: {verb} tensor {name}: it does not match its architecture")
        if tensors[name].shape != expected[name].shape:
            raise WeightsError(
                f"{path}: tensor {name} is {tuple(tensors[name].shape)}, "
                f"but the architecture needs {tuple(expected[name].shape)}"
            )
        if tensors[name].dtype not in (expected[name].dtype, *_STORED):
            raise WeightsError(f"{path}: tensor {name} is of the kind {tensors[name].dtype}")
        if not tensors[name].to(expected[name].dtype).isfinite().all():
            raise WeightsError(f"{path}: tensor {name} is not finite")
    digest = read_tensors_digest(path)
    if digest is not None and digest != _digest(tensors):
        raise WeightsError(f"{path}: damaged: its numbers have changed: get the file again")
    model = kind(architecture)
    model.load_state_dict(tensors)
    return model.eval(), card


def _digest(tensors: dict[str, Tensor]) -> str:
    """Return the SHA-256 of tensors with their names."""
    digest = hashlib.sha256()
    for name in sorted(tensors):
        digest.update(name.encode())
        digest.update(tensors[name].contiguous().numpy().tobytes())
    return digest.hexdigest()
