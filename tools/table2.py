"""Run `flatsort table2` from a checkout: python tools/table2.py --help."""

from flatsort.commands.cli import run
from flatsort.commands.table2 import main

if __name__ == "__main__":
    run(main)
