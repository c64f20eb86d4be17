"""Where the project's own things are, whatever folder a command is run from."""

from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
DATA = PROJECT / "data"
MOT_ROOT = DATA / "MOT16"
BUILT_IN_SCENE = DATA / "scene"
DOCS = PROJECT / "docs"
RUNS = PROJECT / "runs"
FEATURE_CACHE = RUNS / "descriptors"
WEIGHTS = PROJECT / "weights"
