"""The registry of detectors: makes a detector from its word on the command line.

yolox-nano           YOLOX's smallest network; also yolox-tiny, yolox-s and yolox-m; each is
                     downloaded once
hog                  OpenCV's people detector; needs no download
torchvision:NAME     a detector of torchvision, trained on COCO
onnx:FILE            a network of the YOLO family
file:FILE            boxes that another program found, in MOTChallenge's format
"""

import importlib

from flatsort.descriptors import descriptor_label
from flatsort.detectors import yolox_models
from flatsort.detectors.detector import Detector
from flatsort.detectors.detector_settings import DetectorSettings
from flatsort.errors import InputError

# Names, not imports, so that only the chosen detector's libraries are loaded.
_BUILT_IN = {
    "hog": "flatsort.detectors.hog:create",
    "torchvision": "flatsort.detectors.torchvision_models:create",
    "onnx": "flatsort.detectors.yolo:create",
    "file": "flatsort.detectors.detection_file:create",
}


def load_detector(word: str, settings: DetectorSettings | None = None) -> Detector:
    """Return the detector of a word.

    Args:
        word: one of the words listed above.
        settings: settings of the detector; None finds people of confidence 0.3 or more.

    Raises:
        InputError: the name is unknown, or its file or weights are missing or do not fit.
    """
    name, _, argument = word.partition(":")
    if word in yolox_models.SHA256:
        return yolox_models.create(word, settings or DetectorSettings())
    if name not in _BUILT_IN:
        raise InputError(
            f"--detector {word}: unknown; choose {', '.join(yolox_models.SHA256)}, hog, "
            "torchvision:NAME, onnx:FILE or file:FILE"
        )
    module, function = _BUILT_IN[name].split(":")
    create = getattr(importlib.import_module(module), function)
    return create(argument, settings or DetectorSettings())


def detector_label(word: str) -> str:
    """Return the part of a folder name for a detector's results, such as hog or onnx-yolov8n."""
    return descriptor_label(word)
