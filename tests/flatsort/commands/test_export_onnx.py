"""export_onnx.py: the written file describes as the weights do; otherwise no file is written."""

import numpy as np
import onnx
import pytest

from flatsort.commands.export_onnx import TOLERANCE, compare, main
from flatsort.commands.track import main as track
from flatsort.descriptors import load_descriptor
from flatsort.errors import InputError
from flatsort.files.paths import WEIGHTS
from flatsort.reid_vae.weights.encoder import CropEncoder

MEAN = [0.5, -1.0, 0.0, 2.0, 0.0, 0.0, 0.0, 1.0]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder, in which the command runs."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


def test_the_file_describes_as_the_weights_do(tool, tiny_weights, make_sequence, folder, read_rows):
    path = tiny_weights("mine", latent_mean=MEAN, exported=True)
    outcome = tool(main, path)
    assert outcome.status == 0, outcome.err
    assert "256 random crops: the largest deviation from torch is" in outcome.out
    frame = make_sequence().read_frame(1)
    boxes = np.array([[10, 20, 20, 50], [100, 40, 24, 60]], np.float32)
    weights, exported = (
        load_descriptor(word, None) for word in (str(path), f"onnx:{folder / 'mine.onnx'}")
    )
    np.testing.assert_array_equal(weights(frame, boxes), exported(frame, boxes))
    assert (exported.metric.kind, exported.metric.gate) == ("cosine", 0.3)
    np.testing.assert_array_equal(exported.metric.centre, np.float32(MEAN))
    sequence = make_sequence(name="MOT16-97")
    for word, name in ((path, "a"), (f"onnx:{folder / 'mine.onnx'}", "b")):
        words = ("--seq", sequence.folder, "--results", folder, "--tracker", name)
        assert tool(track, *words, "--descriptor", word).status == 0
    first, second = (read_rows(folder / name / "MOT16-97.txt") for name in "ab")
    assert first == second != []


def test_another_program_can_run_it(tool, tiny_weights, folder):
    """The program needs only onnxruntime and the file."""
    import onnxruntime

    path = tiny_weights()
    assert tool(main, path, "--out", "sub/net.onnx").status == 0
    onnx.checker.check_model(folder / "sub" / "net.onnx", full_check=True)
    session = onnxruntime.InferenceSession(
        folder / "sub" / "net.onnx", providers=["CPUExecutionProvider"]
    )
    (crops,) = session.get_inputs()
    assert (crops.name, crops.type, crops.shape) == ("crops", "tensor(uint8)", ["N", 16, 16, 3])
    images = np.random.default_rng(0).integers(0, 256, (5, 16, 16, 3), np.uint8)
    (found,) = session.run(None, {"crops": images})
    np.testing.assert_allclose(found, CropEncoder(path)(images), atol=1e-6)


def test_the_check_on_a_sequence(tool, tiny_weights, make_sequence, folder):
    outcome = tool(main, tiny_weights(), "--seq", make_sequence().folder)
    # Two people in each of eight frames.
    assert "16 MOT16-98 crops: the largest deviation" in outcome.out


def test_a_sequence_without_detections(tool, tiny_weights, make_sequence, folder, files_under):
    sequence = make_sequence(detections="1,-1,10,20,20,50,0.1,-1,-1,-1\n")
    outcome = tool(main, tiny_weights(), "--seq", sequence.folder)
    assert "det.txt: no detections to check with" in outcome.error
    assert files_under(folder) == []


def test_shipped_weights_by_name(tool, folder):
    outcome = tool(main, "fmvae-track-unseen")
    assert outcome.status == 0, outcome.err
    frame = np.random.default_rng(1).integers(0, 256, (90, 90, 3), np.uint8)
    boxes = np.array([[5, 5, 30, 70], [40, 10, 32, 32]], np.float32)
    exported = load_descriptor(f"onnx:{folder / 'fmvae-track-unseen.onnx'}", None)
    weights = load_descriptor(str(WEIGHTS / "fmvae-track-unseen.safetensors"), None)
    np.testing.assert_array_equal(exported(frame, boxes), weights(frame, boxes))


def test_on_real_crops(tool, mot_data, folder):
    words = ("--seq", "MOT16-09", "--mot-root", mot_data / "MOT16", "--detections", "yolox.txt")
    outcome = tool(main, "fmvae-track", *words)
    assert outcome.status == 0, outcome.err
    assert "256 MOT16-09 crops: the largest deviation" in outcome.out


@pytest.mark.parametrize("factor", [1 + 3 * TOLERANCE, 0.0, np.nan, np.inf])
def test_an_encoder_that_deviates_is_refused(tmp_path, factor):
    expected = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)
    assert "largest deviation" in compare(expected * (1 + TOLERANCE / 3), expected, tmp_path)
    with pytest.raises(InputError, match="not written: the exported encoder deviates"):
        compare(np.float32(expected * factor), expected, tmp_path / "net.onnx")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["absent"], "absent: no such weights"),
        (["absent.safetensors"], "absent.safetensors: no such weights file"),
        (["WEIGHTS", "--out", "net.pt"], "net.pt: an ONNX file's name ends in .onnx"),
        (["WEIGHTS", "--out", "/dev/null/net.onnx"], "cannot write here"),
        (["WEIGHTS", "--seq", "absent"], "absent"),
    ],
)
def test_bad_input_writes_nothing(tool, tiny_weights, folder, files_under, words, complaint):
    words = [tiny_weights() if word == "WEIGHTS" else word for word in words]
    assert complaint in tool(main, *words).error
    assert files_under(folder) == []


def test_weights_without_a_usable_metric(tool, tiny_weights, folder, files_under):
    path = tiny_weights(card={"calibration": {"kind": "manhattan", "gate": 0.2}})
    assert "its calibration cannot be used" in tool(main, path).error
    assert files_under(folder) == []


def test_an_exported_file_takes_no_settings(tool, tiny_weights, folder):
    assert tool(main, tiny_weights(), "--out", "net.onnx").status == 0
    with pytest.raises(InputError, match="leave out norm=unit: the file takes no settings"):
        load_descriptor("onnx:net.onnx,norm=unit", None)
