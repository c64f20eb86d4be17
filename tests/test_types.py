"""The types of tracker/ and reid_vae/ fit, as pyproject.toml asks of mypy."""

import subprocess
import sys

from tests.import_graph import ROOT


def test_the_two_libraries_pass_mypy():
    # The cache is that of `make lint`, so the second run takes two seconds instead of twenty.
    mypy = subprocess.run(
        [sys.executable, "-m", "mypy"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert mypy.returncode == 0, mypy.stdout + mypy.stderr
