"""The command `flatsort search` as a script; see --help."""

from flatsort.commands.cli import run
from flatsort.commands.search import main

if __name__ == "__main__":
    run(main)
