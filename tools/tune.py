"""Run `flatsort tune` from a checkout: python tools/tune.py --help."""

from flatsort.commands.cli import run
from flatsort.commands.tune import main

if __name__ == "__main__":
    run(main)
