"""Run `flatsort correct` from a checkout: python tools/correct.py --help."""

from flatsort.commands.cli import run
from flatsort.commands.correct import main

if __name__ == "__main__":
    run(main)
