"""Run `flatsort sizes` from a checkout: python tools/latent_sizes.py --help."""

from flatsort.commands.cli import run
from flatsort.commands.latent_sizes import main

if __name__ == "__main__":
    run(main)
