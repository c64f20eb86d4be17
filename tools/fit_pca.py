"""Run `flatsort pca` from a checkout: python tools/fit_pca.py --help."""

from flatsort.commands.cli import run
from flatsort.commands.fit_pca import main

if __name__ == "__main__":
    run(main)
