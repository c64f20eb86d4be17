"""A run's checkpoint file: whole or not at all, and refused by a run it does not belong to."""

import os
from pathlib import Path
from typing import Any

import torch

from ..errors import TrainingError

State = dict[str, Any]


def save_checkpoint(path: Path, identity: State, state: State) -> None:
    """Write what a run needs to go on.

    Args:
        path: the file; replaced in one move, so that a kill leaves the old one or the new one.
        identity: what two runs must share for one to go on from the other's checkpoint.
        state: tensors and plain values.

    Raises:
        TrainingError: it cannot be written.
    """
    temporary = path.with_name(path.name + ".tmp")
    try:
        torch.save({**identity, **state}, temporary)
        os.replace(temporary, path)
    except (OSError, RuntimeError) as error:
        # torch reports a full disk as a RuntimeError.
        raise TrainingError(f"{temporary}: cannot write a checkpoint: {error}") from error


def load_checkpoint(path: Path, identity: State) -> State | None:
    """What :func:`save_checkpoint` wrote, tensors on the processor; None if there is no file.

    Raises:
        TrainingError: it is damaged, or belongs to a run of another identity.
    """
    if not path.exists():
        return None
    try:
        state = torch.load(path, weights_only=True, map_location="cpu")
    except Exception as error:
        raise TrainingError(f"{path} is damaged: remove it to train from the start") from error
    if {key: state.get(key) for key in identity} != identity:
        raise TrainingError(
            f"{path} belongs to a run with other settings or crops: "
            "give the same ones, or another run folder"
        )
    return state
