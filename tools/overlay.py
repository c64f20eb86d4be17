"""The command `flatsort overlay` as a script; see --help."""

from flatsort.commands.cli import run
from flatsort.commands.overlay import main

if __name__ == "__main__":
    run(main)
