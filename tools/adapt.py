"""The command `flatsort adapt` as a script; see --help."""

from flatsort.commands.adapt import main
from flatsort.commands.cli import run

if __name__ == "__main__":
    run(main)
