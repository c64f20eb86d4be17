"""The command `flatsort table2` as a script; see --help."""

from flatsort.commands.cli import run
from flatsort.commands.table2 import main

if __name__ == "__main__":
    run(main)
