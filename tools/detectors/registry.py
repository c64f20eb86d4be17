"""From the command line's word for a detector to the detector.

hog                  OpenCV's people detector; needs no download
torchvision:NAME     a detector of torchvision's, trained on COCO
onnx:FILE            a network of the YOLO family
file:FILE            boxes that another program found, in MOTChallenge's format
"""

import importlib

from tools.descriptors import descriptor_label
from tools.detectors.detector import Detector
from tools.detectors.settings import DetectorSettings
from tools.errors import InputError

# Named, not imported: a detector's libraries are loaded when it is asked for.
_BUILT_IN = {
    "hog": "tools.detectors.hog:create",
    "torchvision": "tools.detectors.torchvision_models:create",
    "onnx": "tools.detectors.yolo:create",
    "file": "tools.detectors.table:create",
}


def create_detector(word: str, settings: DetectorSettings | None = None) -> Detector:
    """The detector that the command line names.

    Args:
        word: see above.
        settings: what to find; people at 0.3 if None.

    Raises:
        InputError: an unknown name, or a file or weights that are missing or do not fit.
    """
    name, _, argument = word.partition(":")
    if name not in _BUILT_IN:
        raise InputError(
            f"--detector {word}: unknown; there is hog, torchvision:NAME, onnx:FILE and file:FILE"
        )
    module, function = _BUILT_IN[name].split(":")
    create = getattr(importlib.import_module(module), function)
    return create(argument, settings or DetectorSettings())


def detector_label(word: str) -> str:
    """A part of a folder's name for a detector's results: hog, onnx-yolov8n."""
    return descriptor_label(word)
