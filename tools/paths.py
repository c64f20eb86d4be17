"""Where the project's own things are, whatever folder a command is run from."""

import os
from pathlib import Path

from tools.errors import InputError

PROJECT = Path(__file__).resolve().parent.parent
MOT_ROOT = PROJECT / "data" / "MOT16"
BUILT_IN_SCENE = PROJECT / "data" / "scene"
RUNS = PROJECT / "runs"
WEIGHTS = PROJECT / "weights"


def check_writable(path: Path) -> None:
    """Find out before an hour's work, not after it, whether a file can be made; makes nothing.

    Raises:
        InputError: it cannot.
    """
    reason = None
    nearest = next(parent for parent in path.parents if parent.exists())
    if path.is_dir():
        reason = "it is a folder"
    elif not nearest.is_dir():
        reason = f"{nearest} is not a folder"
    elif not os.access(nearest, os.W_OK | os.X_OK):
        reason = f"{nearest} may not be written to"
    if reason:
        raise InputError(f"{path}: cannot write here: {reason}")
