"""Where the project's own things are, whatever folder a command is run from."""

from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
MOT_ROOT = PROJECT / "data" / "MOT16"
BUILT_IN_SCENE = PROJECT / "data" / "scene"
RUNS = PROJECT / "runs"
WEIGHTS = PROJECT / "weights"
