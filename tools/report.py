"""Run `flatsort report` from a checkout: python tools/report.py --help."""

from flatsort.commands.cli import run
from flatsort.commands.report import main

if __name__ == "__main__":
    run(main)
