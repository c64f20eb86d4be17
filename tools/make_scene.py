"""The command `flatsort make_scene` as a script; see --help."""

from flatsort.commands.cli import run
from flatsort.commands.make_scene import main

if __name__ == "__main__":
    run(main)
