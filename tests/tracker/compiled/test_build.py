"""The cache of the machine code, and trackers without numba."""

import importlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from flatsort.tracker import Detections, Sort
from flatsort.tracker.compiled import has_numba

TINY = """
from flatsort.tracker.compiled.build import compile_cached

def double(x):
    return 2 * x

double = compile_cached(double, "float64(float64)")
"""


def test_the_import_and_the_reference_engine_load_no_numba():
    code = (
        "import sys; from flatsort.tracker import Detections, Sort, SortMotion;"
        "Sort(motion=SortMotion).update(Detections.empty());"
        "sys.exit('numba' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_without_numba_sort_still_tracks(monkeypatch):
    monkeypatch.setitem(sys.modules, "numba", None)
    assert not has_numba()
    assert Sort().update(Detections([[0.0, 0, 9, 9]], [1.0])).ids.tolist() == [1]


@pytest.mark.parametrize("writable", ["package", "home", "nothing"])
def test_a_package_folder_that_cannot_be_written(writable, tmp_path, monkeypatch):
    pytest.importorskip("numba")
    package, home = tmp_path / "package", tmp_path / "home"
    package.mkdir()
    (package / "tiny_kernel.py").write_text(TINY)
    # A file in the place of a folder: nobody can create that folder, root included.
    if writable != "package":
        (package / "__pycache__").touch()
    if writable == "nothing":
        home.touch()
    for variable in ("HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(variable, str(home))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.syspath_prepend(package)
    monkeypatch.delitem(sys.modules, "tiny_kernel", raising=False)
    assert importlib.import_module("tiny_kernel").double(2.0) == 4.0
    kept = [*package.rglob("*.nbi"), *(home.rglob("*.nbi") if home.is_dir() else [])]
    assert len(kept) == (0 if writable == "nothing" else 1)


@pytest.mark.parametrize("name", ["constants.py", "compiled/kalman.py", "compiled/new.py"])
def test_the_key_of_the_cache_covers_every_source(name, tmp_path, monkeypatch):
    build = pytest.importorskip("flatsort.tracker.compiled.build")
    package = Path(build.__file__).parents[1]
    copied = shutil.copytree(package, tmp_path / "tracker")
    monkeypatch.setattr(build, "__file__", str(copied / "compiled/build.py"))
    before = build.source_digest()
    assert before == build.source_digest()
    with (copied / name).open("a") as source:
        source.write("# changed\n")
    assert build.source_digest() != before
