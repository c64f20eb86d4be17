"""Descriptors by name, and descriptors of the user's own."""

import subprocess
import sys

import numpy as np
import pytest

from flatsort.commands.track import main as track
from flatsort.descriptors import (
    descriptor_label,
    load_descriptor,
    load_plugin,
    register_descriptor,
    registry,
)
from flatsort.errors import InputError
from flatsort.tracker import AppearanceMetric

MEAN_COLOUR = """
import numpy as np
from flatsort.images.crops import cut_crops
from flatsort.descriptors import register_descriptor
from flatsort.tracker import AppearanceMetric

@register_descriptor("mean-colour", AppearanceMetric("euclidean", gate=20.0))
def mean_colour(frame, boxes_tlwh):
    return np.array([crop.mean((0, 1)) for crop in cut_crops(frame, boxes_tlwh, 32, 64)])
"""
BOXES = np.array([[10, 20, 20, 50], [100, 40, 24, 60]], float)


@pytest.fixture(autouse=True)
def own_registry(monkeypatch, tmp_path):
    """Start each test without registered descriptors and without weights."""
    monkeypatch.setattr(registry, "_REGISTERED", {})
    monkeypatch.setattr(registry, "OWN_WEIGHTS", tmp_path / "own")
    monkeypatch.setattr(registry, "WEIGHTS", tmp_path / "weights")
    monkeypatch.setattr(registry, "SHIPPED_WEIGHTS", tmp_path / "weights")


@pytest.fixture
def plugin(tmp_path):
    def write(text, name="plugin.py"):
        (tmp_path / name).write_text(text)
        return tmp_path / name

    return write


@pytest.fixture
def sequence(make_sequence):
    return make_sequence()


def test_a_descriptor_without_a_sequence(tmp_path):
    assert load_descriptor("histogram")(np.zeros((90, 160, 3), np.uint8), BOXES).shape == (2, 288)
    table = np.array([[1, -1, *BOXES[0], 0.9, -1, -1, -1, 3, 4]], np.float32)
    np.save(tmp_path / "f.npy", table)
    features = load_descriptor(f"features:{tmp_path / 'f.npy'}")
    features.start_frame(1)
    np.testing.assert_array_equal(features(None, BOXES[:1]), [[3, 4]])
    with pytest.raises(InputError, match=r"absent\.npy: no such features file"):
        load_descriptor("features:absent.npy")


def test_none_is_no_descriptor(sequence):
    assert load_descriptor("none", sequence) is None


@pytest.mark.parametrize("word", ["histo", "fmvae", "", "none:1", "../weights/x", "mine.npy"])
def test_the_error_for_an_unknown_name_lists_all_names(sequence, tmp_path, word):
    register_descriptor("mine")(len)
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights" / "own.safetensors").touch()
    with pytest.raises(InputError) as caught:
        load_descriptor(word, sequence)
    expected = "none, histogram, own, mine, onnx:FILE, features:FILE.npy or any FILE.safetensors"
    assert f"{word}: unknown; choose one of {expected}" in str(caught.value)


def test_a_registered_function_is_a_descriptor(sequence):
    metric = AppearanceMetric("euclidean", gate=3.0)

    @register_descriptor("corner", metric)
    def corner(frame, boxes_tlwh):
        return boxes_tlwh[:, :2]

    descriptor = load_descriptor("corner", sequence)
    descriptor.start_frame(1)
    assert descriptor.metric is metric
    assert descriptor.needs_images
    found = descriptor(sequence.read_frame(1), BOXES)
    np.testing.assert_array_equal(found, [[10, 20], [100, 40]])
    assert found.dtype == np.float32
    # The decorator leaves the function as it is.
    assert corner(None, BOXES).dtype == np.float64


def test_the_default_metric_is_cosine_with_the_papers_gate(sequence):
    register_descriptor("plain")(lambda frame, boxes: boxes)
    metric = load_descriptor("plain", sequence).metric
    assert (metric.kind, metric.gate) == ("cosine", 0.2)


@pytest.mark.parametrize("name", ["none", "histogram", "onnx", "features", "own", "mine", "a:b"])
def test_a_taken_name_is_refused(tmp_path, name):
    register_descriptor("mine")(len)
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights" / "own.safetensors").touch()
    with pytest.raises(InputError, match="take another name"):
        register_descriptor(name)(len)


@pytest.mark.parametrize(
    ("function", "complaint"),
    [
        pytest.param(lambda f, b: b[:1], r"shape \(1, 4\) for 2 boxes", id="a row too few"),
        pytest.param(lambda f, b: b[:, 0], r"shape \(2,\) for 2 boxes", id="one dimension"),
        pytest.param(lambda f, b: None, "shape", id="nothing"),
        pytest.param(lambda f, b: b * np.nan, "NaN", id="NaN"),
        pytest.param(lambda f, b: b + np.inf, "infinite", id="infinite"),
        pytest.param(lambda f, b: [[1, 2], [3]], "no array of numbers", id="ragged"),
        pytest.param(lambda f, b: [["a"], ["b"]], "no array of numbers", id="text"),
        pytest.param(
            lambda f, b: 1 / 0, r"test_registry\.py, line \d+: ZeroDivisionError", id="raises"
        ),
    ],
)
def test_an_error_of_a_function_is_one_sentence(sequence, function, complaint):
    register_descriptor("mine")(function)
    descriptor = load_descriptor("mine", sequence)
    with pytest.raises(InputError, match=complaint) as caught:
        descriptor(sequence.read_frame(1), BOXES)
    assert "descriptor mine " in str(caught.value)
    assert "\n" not in str(caught.value)


def test_features_keep_their_width(sequence):
    register_descriptor("growing")(lambda frame, boxes: np.ones((len(boxes), len(boxes))))
    descriptor = load_descriptor("growing", sequence)
    descriptor(None, BOXES)
    with pytest.raises(InputError, match="1 columns, but 2 before"):
        descriptor(None, BOXES[:1])


def test_a_plugin_end_to_end(tool, make_sequence, plugin, tmp_path, read_rows):
    sequence = make_sequence(length=6)
    words = ("--seq", sequence.folder, "--results", tmp_path / "results")
    result = tool(track, *words, "--plugin", plugin(MEAN_COLOUR), "--descriptor", "mean-colour")
    assert result.status == 0, result.err
    rows = read_rows(tmp_path / "results" / "mean-colour" / "MOT16-98.txt")
    # Confirmed in the third frame: two people in frames 3 to 6.
    assert [row[:2] for row in rows] == [(f, i) for f in (3, 4, 5, 6) for i in (1, 2)]


@pytest.mark.parametrize(
    ("text", "name", "complaint"),
    [
        pytest.param("1 / 0", "p.py", "cannot be run: ZeroDivisionError", id="raises"),
        pytest.param("def", "p.py", "cannot be run: SyntaxError", id="no Python"),
        pytest.param("import absent_module", "p.py", "absent_module", id="import"),
        pytest.param("raise ValueError('two\\nlines')", "p.py", "two lines", id="two lines"),
        pytest.param("", "p.txt", "ends in .py", id="another ending"),
        pytest.param("", "p.py", "mean-colour: unknown", id="registers nothing"),
    ],
)
def test_a_plugin_that_cannot_be_used(tool, sequence, plugin, tmp_path, text, name, complaint):
    words = ("--seq", sequence.folder, "--results", tmp_path / "results")
    path = plugin(text, name)
    result = tool(track, *words, "--plugin", path, "--descriptor", "mean-colour")
    assert complaint in result.error
    assert not (tmp_path / "results").exists()


def test_a_plugin_that_is_missing(tool, sequence, tmp_path):
    result = tool(track, "--seq", sequence.folder, "--plugin", tmp_path / "absent.py")
    assert "absent.py: no such plug-in" in result.error


def test_the_error_for_a_taken_name_does_not_mention_the_plugin(plugin):
    path = plugin(MEAN_COLOUR.replace("mean-colour", "histogram"))
    with pytest.raises(InputError, match=r"^a descriptor cannot be registered as 'histogram'"):
        load_plugin(path)


def test_a_plugin_whose_function_fails_writes_nothing(
    tool, sequence, plugin, tmp_path, files_under
):
    out = tmp_path / "results"
    path = plugin(MEAN_COLOUR.replace("crop.mean((0, 1))", "crop.mean((0, 1)) * np.nan"))
    words = ("--seq", sequence.folder, "--results", out, "--video", out / "film.mp4")
    result = tool(track, *words, "--plugin", path, "--descriptor", "mean-colour")
    assert "NaN" in result.error
    assert not out.exists() or files_under(out) == []


@pytest.mark.parametrize(
    ("word", "label"),
    [
        ("none", "none"),
        ("fmvae-300", "fmvae-300"),
        ("weights/mine.safetensors", "mine"),
        ("/a/b.c/mine.v2.safetensors", "mine.v2"),
        ("onnx:/models/osnet.onnx,size=256x128,norm=unit", "onnx-osnet"),
        ("features:frcnn-mars-small128.npy", "features-frcnn-mars-small128"),
        ("onnx:my net (2).onnx", "onnx-my_net_2_"),
        ("a/b", "a_b"),
    ],
)
def test_labels_are_names_of_folders(word, label):
    assert descriptor_label(word) == label


def test_importing_the_package_loads_no_torch_and_no_opencv():
    code = (
        "import sys, flatsort.descriptors; "
        "print([m for m in ('torch', 'cv2', 'onnxruntime', 'av') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_own_weights_come_before_others_of_the_name(tmp_path):
    for folder in ("own", "weights"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "mine.safetensors").touch()
    (tmp_path / "weights" / "other.safetensors").touch()
    assert registry.weights_path("mine") == tmp_path / "own" / "mine.safetensors"
    assert registry.weights_path("other") == tmp_path / "weights" / "other.safetensors"
    assert {"mine", "other"} <= set(registry.known_names())
