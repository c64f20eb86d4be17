"""The command `flatsort export_onnx` as a script; see --help."""

from flatsort.commands.cli import run
from flatsort.commands.export_onnx import main

if __name__ == "__main__":
    run(main)
