"""Run `flatsort analyse` from a checkout: python tools/analyse.py --help."""

from flatsort.commands.analyse import main
from flatsort.commands.cli import run

if __name__ == "__main__":
    run(main)
