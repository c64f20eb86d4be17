"""Where the project keeps its data, results of training and weights.

A checkout keeps everything in itself, whatever folder a command is run from. An installed FlatSORT
keeps what it makes in the current folder and brings the shipped weights in its package.
"""

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
"""Where training writes weights."""
SHIPPED_WEIGHTS = _PACKAGE / "weights" if _IS_INSTALLED else WEIGHTS
