"""Damaged machine code in numba's cache is compiled again instead of being run."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from flatsort.tracker.compiled import has_numba

PROGRAM = """
import sys
sys.path.insert(0, {folder!r})
import numpy as np
from copied.kernels import double
print(double(np.array([1.0, 2.0])).tolist())
"""
KERNELS = """
from flatsort.tracker.compiled.build import compile_cached

def _double(values):
    return values * 2

double = compile_cached(_double, "float64[::1](float64[::1])")
"""

pytestmark = pytest.mark.skipif(not has_numba(), reason="numba, an optional package, is missing")


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    """A module of one kernel, compiled by a first run."""
    folder = tmp_path_factory.mktemp("kernels")
    (folder / "copied").mkdir()
    (folder / "copied" / "__init__.py").touch()
    (folder / "copied" / "kernels.py").write_text(KERNELS)
    assert run(folder) == "[2.0, 4.0]"
    return folder


def run(folder):
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(folder=str(folder))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.strip()


def cache_files(folder):
    return sorted(Path(folder, "copied", "__pycache__").glob("kernels._double*"))


def test_a_first_run_leaves_a_seal(compiled):
    assert [path.suffix for path in cache_files(compiled)] == [".nbc", ".nbi", ".sha256"]


def test_a_second_run_compiles_nothing(compiled):
    before = {path: path.stat().st_mtime_ns for path in cache_files(compiled)}
    assert run(compiled) == "[2.0, 4.0]"
    assert {path: path.stat().st_mtime_ns for path in cache_files(compiled)} == before


@pytest.mark.parametrize("suffix", [".nbc", ".nbi", ".sha256"])
@pytest.mark.parametrize("place", [0.1, 0.5, 0.9, None])
def test_damage_is_compiled_again(compiled, tmp_path, suffix, place):
    """One flipped bit, or a file that is cut off."""
    folder = tmp_path / "kernels"
    shutil.copytree(compiled, folder)
    path = next(path for path in cache_files(folder) if path.suffix == suffix)
    data = bytearray(path.read_bytes())
    if place is None:
        del data[len(data) // 2 :]
    else:
        data[int(place * len(data))] ^= 4
    path.write_bytes(data)
    assert run(folder) == "[2.0, 4.0]"
    assert path.read_bytes() != bytes(data)


def test_a_file_that_is_missing_is_compiled_again(compiled, tmp_path):
    folder = tmp_path / "kernels"
    shutil.copytree(compiled, folder)
    for path in cache_files(folder):
        if path.suffix != ".nbi":
            path.unlink()
    assert run(folder) == "[2.0, 4.0]"
    assert len(cache_files(folder)) == 3
