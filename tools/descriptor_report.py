"""Run `flatsort descriptors` from a checkout: python tools/descriptor_report.py --help."""

from flatsort.commands.cli import run
from flatsort.commands.descriptor_report import main

if __name__ == "__main__":
    run(main)
