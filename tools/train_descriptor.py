"""Run `flatsort train` from a checkout: python tools/train_descriptor.py --help."""

from flatsort.commands.cli import run
from flatsort.commands.train_descriptor import main

if __name__ == "__main__":
    run(main)
