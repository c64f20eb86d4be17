"""The folders of data, training runs and weights.

A checkout keeps its files in its own folders, whatever the current folder is. An installed FlatSORT
writes into the current folder, and its package contains the shipped weights.
"""

import os
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]
_IS_INSTALLED = (_PACKAGE / "weights").is_dir()

PROJECT = Path() if _IS_INSTALLED else _PACKAGE.parent
DATA = PROJECT / "data"
MOT_ROOT = DATA / "MOT16"
BUILT_IN_SCENE = DATA / "scene"
DOCS = PROJECT / "docs"
RUNS = PROJECT / "runs"
FEATURE_CACHE = RUNS / "descriptors"
WEIGHTS = PROJECT / "weights"
"""The folder into which training writes weights."""
OWN_WEIGHTS = RUNS / "weights"
"""The folder of descriptors that adapt.py trains on a user's own footage, outside the project's."""
SHIPPED_WEIGHTS = _PACKAGE / "weights" if _IS_INSTALLED else WEIGHTS
"""The folder of the weights that come with FlatSORT."""


def user_cache() -> Path:
    """Return the user's folder for downloaded models: $XDG_CACHE_HOME/flatsort.

    Without this variable it is ~/.cache/flatsort, as for other programs of the user.
    """
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "flatsort"
