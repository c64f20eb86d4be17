"""From the command line's word for a detector to the detector.

hog                  OpenCV's people detector; needs no download
torchvision:NAME     a detector of torchvision's, trained on COCO
onnx:FILE            a network of the YOLO family
file:FILE            boxes that another program found, in MOTChallenge's format
"""

import importlib

from flatsort.descriptors import descriptor_label
from flatsort.detectors.detector import Detector
from flatsort.detectors.detector_settings import DetectorSettings
from flatsort.errors import InputError

# Named, not imported: a detector's libraries are loaded when it is asked for.
_BUILT_IN = {
    "hog": "flatsort.detectors.hog:create",
    "torchvision": "flatsort.detectors.torchvision_models:create",
    "onnx": "flatsort.detectors.yolo:create",
    "file": "flatsort.detectors.detection_file:create",
}


def load_detector(word: str, settings: DetectorSettings | None = None) -> Detector:
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
