"""Run `flatsort scene` from a checkout: python tools/make_scene.py --help."""

from flatsort.commands.cli import run
from flatsort.commands.make_scene import main

if __name__ == "__main__":
    run(main)
