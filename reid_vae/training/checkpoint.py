"""The checkpoint file of a run: written atomically, and refused by a run of other settings."""

from pathlib import Path
from typing import Any

import torch

from ..errors import TrainingError
from ..whole_file import whole_file
from .settings import FEATURE_STEPS

State = dict[str, Any]

# Settings that older checkpoints lack, with the values that their runs used.
_LATER_SETTINGS = {
    "start": None,
    "flatness_warm_up": 0,
    "flatness_limit": None,
    "latent_size": None,
    "feature_steps": FEATURE_STEPS,
}
_LATER_RANGES = {"of_targets": False}
_LATER_CONSTANTS = {"printed_norm": False, "bounded_flatness": False}


def save_checkpoint(path: Path, identity: State, state: State) -> None:
    """Write the state from which a run can resume.

    Args:
        path: the file. It is replaced in one move, so a kill leaves either the old or the new file.
        identity: values that a run must share with this one to resume from this checkpoint.
        state: tensors and plain values.

    Raises:
        TrainingError: the file cannot be written.
    """
    try:
        with whole_file(path) as temporary:
            torch.save({**identity, **state}, temporary)
    except (OSError, RuntimeError) as error:
        # torch reports a full disk as a RuntimeError.
        raise TrainingError(f"{path}: cannot write a checkpoint: {error}") from error


def load_checkpoint(path: Path, identity: State) -> State | None:
    """Read a checkpoint, with tensors on the CPU; return None if there is no file.

    Raises:
        TrainingError: the file is damaged, or belongs to a run of another identity.
    """
    if not path.exists():
        return None
    try:
        state = torch.load(path, weights_only=True, map_location="cpu")
    except Exception as error:
        raise damaged(path) from error
    if not isinstance(state, dict):
        raise damaged(path)
    # Older checkpoints lack the settings that came later; their runs used the default values.
    found = {key: state.get(key) for key in identity}
    settings = found.get("settings")
    if isinstance(settings, dict):
        settings = {**_LATER_SETTINGS, **settings}
        for name, later in (("augmentation", _LATER_RANGES), ("constants", _LATER_CONSTANTS)):
            if isinstance(settings.get(name), dict):
                settings[name] = {**later, **settings[name]}
        found["settings"] = settings
    if found != identity:
        raise TrainingError(
            f"{path} belongs to a run with other settings or crops: give the same settings and "
            "crops, or another run folder"
        )
    return state


def damaged(path: Path) -> TrainingError:
    """Return the error for a checkpoint that does not hold the state of a run."""
    return TrainingError(f"{path} is damaged: delete it to train from the beginning")
