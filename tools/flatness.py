"""Run `flatsort flatness` from a checkout: python tools/flatness.py --help."""

from flatsort.commands.cli import run
from flatsort.commands.flatness import main

if __name__ == "__main__":
    run(main)
