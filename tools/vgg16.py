"""Run `flatsort vgg16` from a checkout: python tools/vgg16.py --help."""

from flatsort.commands.cli import run
from flatsort.commands.vgg16 import main

if __name__ == "__main__":
    run(main)
