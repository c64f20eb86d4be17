"""The command `flatsort flatness` as a script; see --help."""

from flatsort.commands.cli import run
from flatsort.commands.flatness import main

if __name__ == "__main__":
    run(main)
