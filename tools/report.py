"""The command `flatsort report` as a script; see --help."""

from flatsort.commands.cli import run
from flatsort.commands.report import main

if __name__ == "__main__":
    run(main)
