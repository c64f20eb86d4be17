"""Run `flatsort track` from a checkout: python tools/track.py --help."""

from flatsort.commands.cli import run
from flatsort.commands.track import main

if __name__ == "__main__":
    run(main)
