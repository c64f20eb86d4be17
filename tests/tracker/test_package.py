"""The tracker as a package: light to import, one engine per tracker, one copy of each constant."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from flatsort.tracker import (
    DeepSort,
    DeepSortMotion,
    Detections,
    FlatSort,
    LazyDeepSort,
    Sort,
    SortMotion,
    constants,
)
from flatsort.tracker.reference.flat_sort_motion import FlatSortMotion
from flatsort.tracker.reference.gallery import Gallery
from flatsort.tracker.reference.table import TrackTable
from tests.import_graph import arrows, modules

# Numbers so common that they also stand for other things.
COMMON = {0.0, 0.1, 1.0, 10.0}
ONE_DETECTION = Detections([[0.0, 0, 40, 80]], [1.0], [[1.0, 0.0]])


def test_importing_the_tracker_imports_no_heavy_library():
    code = (
        "import sys, flatsort.tracker;"
        "heavy = 'torch cv2 filterpy pandas matplotlib numba scipy.optimize scipy.spatial'.split();"
        "heavy = set(heavy) & set(sys.modules);"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def built(monkeypatch):
    """A list that gets the name of each part of a reference engine when the part is built."""
    names = []
    for part in (TrackTable, Gallery, SortMotion, DeepSortMotion, FlatSortMotion):

        def record(self, *arguments, _part=part, _init=part.__init__):
            names.append(_part.__name__)
            _init(self, *arguments)

        monkeypatch.setattr(part, "__init__", record)
    return names


@pytest.mark.parametrize("make", [Sort, DeepSort, LazyDeepSort, FlatSort])
def test_a_compiled_tracker_builds_nothing_of_the_reference_engine(make, built):
    pytest.importorskip("numba")
    tracker = make()
    assert tracker.update(ONE_DETECTION).ids.dtype == int
    tracker.reset()
    assert built == []
    assert type(tracker._engine.single).__module__.startswith("flatsort.tracker.compiled.")


@pytest.mark.parametrize(
    ("make", "motion", "parts"),
    [
        (Sort, SortMotion, ["SortMotion", "TrackTable"]),
        (DeepSort, DeepSortMotion, ["DeepSortMotion", "TrackTable", "Gallery"]),
        (LazyDeepSort, DeepSortMotion, ["DeepSortMotion", "TrackTable", "Gallery"]),
    ],
)
def test_a_tracker_with_a_motion_model_builds_the_reference_engine_once(make, motion, parts, built):
    tracker = make(motion=motion)
    assert built == parts
    assert type(tracker._engine.single).__module__.startswith("flatsort.tracker.reference.")
    tracker.reset()
    assert built == parts * 2


@pytest.mark.parametrize("make", [Sort, DeepSort, LazyDeepSort, FlatSort])
def test_without_numba_the_reference_engine_runs(make, built, monkeypatch):
    monkeypatch.setitem(sys.modules, "numba", None)
    make().update(ONE_DETECTION)
    assert "TrackTable" in built


def test_no_cycle_of_imports():
    graph = {
        name: {target for target in targets if target in tracker_modules()}
        for name, targets in arrows(with_types=True).items()
        if name in tracker_modules()
    }
    # Remove the modules that import none of the remaining ones; a cycle is never removed.
    while leaves := {name for name, targets in graph.items() if not targets & graph.keys()}:
        graph = {name: targets for name, targets in graph.items() if name not in leaves}
    assert graph == {}


def test_each_reference_file_has_a_compiled_counterpart():
    names = {
        engine: {name.rpartition(".")[2] for name in tracker_modules() if f".{engine}." in name}
        for engine in ("reference", "compiled")
    }
    assert names["reference"] <= names["compiled"]


def test_each_constant_of_the_motion_models_is_written_once():
    source = ast.parse(Path(constants.__file__).read_text())
    numbers = {each for each in literals(source) if isinstance(each, float)} - COMMON
    assert {9.4877, 1e9, 1e4} <= numbers
    for name, path in tracker_modules().items():
        if name == constants.__name__:
            continue
        tree = ast.parse(path.read_text())
        assert numbers.isdisjoint(literals(tree)), name
        assert {20, 160}.isdisjoint(divisors(tree)), name


def tracker_modules():
    """The tracker's modules by name, with their files."""
    return {
        name: path
        for name, path in modules().items()
        if name.startswith("flatsort.tracker.") or name == "flatsort.tracker"
    }


def literals(tree):
    """The numbers written in a syntax tree."""
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and type(node.value) in (int, float)
    }


def divisors(tree):
    """The numbers that a syntax tree divides by."""
    return {
        node.right.value
        for node in ast.walk(tree)
        if isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Div)
        and isinstance(node.right, ast.Constant)
    }
