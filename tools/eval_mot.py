"""Run `flatsort eval` from a checkout: python tools/eval_mot.py --help."""

from flatsort.commands.cli import run
from flatsort.commands.eval_mot import main

if __name__ == "__main__":
    run(main)
