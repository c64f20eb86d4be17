"""Detectors by their words on the command line."""

import subprocess
import sys

import pytest

from flatsort.detectors.registry import detector_label, load_detector
from flatsort.errors import InputError


@pytest.mark.parametrize("word", ["", "yolo", "HOG", "hogs", "onnx.onnx"])
def test_unknown_words(word):
    with pytest.raises(InputError, match=f"--detector {word}: unknown; choose yolox-nano, yolox-"):
        load_detector(word)


@pytest.mark.parametrize(
    ("word", "label"),
    [
        ("hog", "hog"),
        ("yolox-nano", "yolox-nano"),
        ("onnx:models/yolo11n.onnx,size=640", "onnx-yolo11n"),
        ("torchvision:ssd300_vgg16", "torchvision-ssd300_vgg16"),
        ("file:boxes/mine.txt", "file-mine"),
    ],
)
def test_labels_are_folder_names(word, label):
    assert detector_label(word) == label


def test_loading_a_detector_imports_no_other_library():
    code = (
        "import sys\nfrom flatsort.detectors.registry import load_detector\n"
        "load_detector('hog')\n"
        "print([m for m in ('torch', 'torchvision', 'onnxruntime') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
