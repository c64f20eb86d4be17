"""Run `flatsort download` from a checkout: python tools/download.py --help."""

from flatsort.commands.cli import run
from flatsort.commands.download import main

if __name__ == "__main__":
    run(main)
