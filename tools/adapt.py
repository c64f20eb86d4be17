"""Run `flatsort adapt` from a checkout: python tools/adapt.py --help."""

from flatsort.commands.adapt import main
from flatsort.commands.cli import run

if __name__ == "__main__":
    run(main)
