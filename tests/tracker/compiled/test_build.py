"""How compiled code is found, kept and done without."""

import importlib
import subprocess
import sys

import pytest

from flatsort.tracker import Detections, Sort, compiled

TINY = """
from flatsort.tracker.compiled.build import compile_cached

def double(x):
    return 2 * x

double = compile_cached(double, "float64(float64)")
"""


def test_importing_and_the_readable_form_need_no_numba():
    code = (
        "import sys; from flatsort.tracker import Detections, Sort, SortMotion;"
        "Sort(motion=SortMotion).update(Detections.empty());"
        "sys.exit('numba' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_without_numba_the_readable_form_runs(monkeypatch):
    monkeypatch.setitem(sys.modules, "numba", None)
    assert compiled.load("sort") is None
    assert Sort().update(Detections([[0.0, 0, 9, 9]], [1.0])).ids.tolist() == [1]


@pytest.mark.parametrize("writable", ["package", "home", "nothing"])
def test_a_package_folder_that_cannot_be_written(writable, tmp_path, monkeypatch):
    pytest.importorskip("numba")
    package, home = tmp_path / "package", tmp_path / "home"
    package.mkdir()
    (package / "tiny_kernel.py").write_text(TINY)
    # Folders that cannot be made, for root either: there is a file in their place.
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


def test_the_cache_depends_on_every_source(tmp_path, monkeypatch):
    build = pytest.importorskip("flatsort.tracker.compiled.build")
    (tmp_path / "one.py").write_text("1")
    monkeypatch.setattr(build, "__file__", str(tmp_path / "build.py"))
    before = build.sources()
    assert before == build.sources()
    (tmp_path / "other.py").write_text("2")
    assert build.sources() != before
