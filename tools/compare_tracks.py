"""Run `flatsort compare` from a checkout: python tools/compare_tracks.py --help."""

from flatsort.commands.cli import run
from flatsort.commands.compare_tracks import main

if __name__ == "__main__":
    run(main)
