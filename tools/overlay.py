"""Run `flatsort overlay` from a checkout: python tools/overlay.py --help."""

from flatsort.commands.cli import run
from flatsort.commands.overlay import main

if __name__ == "__main__":
    run(main)
