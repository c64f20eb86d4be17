"""The command `flatsort descriptor_report` as a script; see --help."""

from flatsort.commands.cli import run
from flatsort.commands.descriptor_report import main

if __name__ == "__main__":
    run(main)
