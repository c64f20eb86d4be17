"""Run `flatsort link` from a checkout: python tools/link.py --help."""

from flatsort.commands.cli import run
from flatsort.commands.link import main

if __name__ == "__main__":
    run(main)
