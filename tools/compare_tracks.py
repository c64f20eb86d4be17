"""The command `flatsort compare_tracks` as a script; see --help."""

from flatsort.commands.cli import run
from flatsort.commands.compare_tracks import main

if __name__ == "__main__":
    run(main)
