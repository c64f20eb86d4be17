"""Run `flatsort export` from a checkout: python tools/export_onnx.py --help."""

from flatsort.commands.cli import run
from flatsort.commands.export_onnx import main

if __name__ == "__main__":
    run(main)
