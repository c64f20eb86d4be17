"""The command `flatsort train_descriptor` as a script; see --help."""

from flatsort.commands.cli import run
from flatsort.commands.train_descriptor import main

if __name__ == "__main__":
    run(main)
