"""Run `flatsort search` from a checkout: python tools/search.py --help."""

from flatsort.commands.cli import run
from flatsort.commands.search import main

if __name__ == "__main__":
    run(main)
