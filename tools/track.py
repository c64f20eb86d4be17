"""The command `flatsort track` as a script; see --help."""

from flatsort.commands.cli import run
from flatsort.commands.track import main

if __name__ == "__main__":
    run(main)
