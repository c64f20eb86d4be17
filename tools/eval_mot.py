"""The command `flatsort eval_mot` as a script; see --help."""

from flatsort.commands.cli import run
from flatsort.commands.eval_mot import main

if __name__ == "__main__":
    run(main)
