"""The command `flatsort download` as a script; see --help."""

from flatsort.commands.cli import run
from flatsort.commands.download import main

if __name__ == "__main__":
    run(main)
