"""Networks of the YOLO family in ONNX format, run by onnxruntime."""

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from flatsort.descriptors.onnx_session import model_key, open_session
from flatsort.detectors.coco_classes import COCO_CLASSES
from flatsort.detectors.detector_settings import DetectorSettings
from flatsort.detectors.yolo_output import find_layout, read_output
from flatsort.detectors.yolox_output import decode, is_undecoded
from flatsort.errors import InputError
from flatsort.files.file_word import split_file_word
from flatsort.images.letterbox import GREY, letterbox
from flatsort.sources.source import Frame
from flatsort.tracker import Detections

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

# IoU for suppression across classes.
NMS_OVERLAP = 0.7
# Input side in pixels for models that neither fix nor state it.
_USUAL_SIZE = 640


def create(argument: str, settings: DetectorSettings) -> "YoloDetector":
    """Open ``onnx:FILE[,size=N|HxW]``.

    Raises:
        InputError: the file is missing, a setting is unknown, or the network is of another kind.
    """
    if not argument:
        raise InputError("--detector onnx: needs a file: onnx:yolov8n.onnx")
    path, words = split_file_word(argument)
    if not path.is_file():
        raise InputError(f"{path}: no such ONNX file")
    size = ""
    for word in words:
        key, _, size = word.partition("=")
        if key != "size" or not size:
            raise InputError(f"onnx:{argument}: unknown setting {word!r}: the only one is size=640")
    return YoloDetector(open_session(path, path), path, size, settings)


class YoloDetector:
    """Runs a network that maps one letterboxed picture to boxes.

    The shape of the output determines its meaning; see :mod:`flatsort.detectors.yolo_output`. The
    picture is RGB in [0, 1], in the middle of the network's input. Only a network with YOLOX's
    undecoded output takes BGR from 0 to 255, in the corner at the top left.

    Args:
        session: session of the model.
        path: path of the model, for messages.
        size: size of the model's input, "N" or "HxW"; empty to read it from the model.
        settings: settings of the detector.
        nms_overlap: the network's own ``nms_overlap``, for settings without one.

    Raises:
        InputError: the model's input or output is of another kind, or it lacks a class.
    """

    needs_images = True

    def __init__(
        self,
        session: "InferenceSession",
        path: Path,
        size: str,
        settings: DetectorSettings,
        nms_overlap: float = NMS_OVERLAP,
    ) -> None:
        shapes = [each.shape for each in session.get_inputs()]
        if len(shapes) != 1 or len(shapes[0]) != 4 or shapes[0][1] != 3:
            raise InputError(f"{path}: its inputs are {shapes}, not a picture of 1 x 3 x H x W")
        self._path, self._session, self._settings = path, session, settings
        self._nms_overlap = nms_overlap
        metadata = session.get_modelmeta().custom_metadata_map
        self._height, self._width = _input_size(path, size, shapes[0][2:], metadata)
        self._is_yolox = False
        # A model need not state the shape of its output, so a trial run finds it.
        output = self._run(np.full((self._height, self._width, 3), GREY, np.uint8))
        named, task = _named(metadata), metadata.get("task", "detect")
        try:
            layout = find_layout(output.shape, self._width, self._height, len(named) or None, task)
        except ValueError as error:
            raise InputError(f"{path}: not a known YOLO network: {error}") from error
        self._form = layout.form
        self._is_yolox = is_undecoded(output, self._width, self._height)
        names = named
        if not named and layout.classes == len(COCO_CLASSES):
            names = dict(enumerate(COCO_CLASSES))
        self._classes = settings.class_numbers(names, path.name)
        self.class_names = {number: names.get(number, f"{number}") for number in self._classes}
        if layout.classes is not None and max(self._classes) >= layout.classes:
            raise InputError(f"--classes {max(self._classes)}: {path} has {layout.classes} classes")

    @property
    def cache_key(self) -> str | None:
        """A key of the network, its input and the versions of the programs that run it."""
        key = model_key(self._path)
        return None if key is None else f"{key} {cv2.__version__} {self._width}x{self._height}"

    def __call__(self, frame: Frame) -> Detections:
        """Return the objects in the frame."""
        before = 0.0 if self._is_yolox else 0.5
        picture, fit = letterbox(frame.image, self._width, self._height, before=before)
        output = self._run(picture)
        if self._is_yolox:
            output = decode(output, self._width, self._height)
        boxes_tlwh, scores, classes = read_output(
            output, self._form, self._classes, self._width, self._height
        )
        boxes_tlwh = fit.boxes_in_picture(boxes_tlwh)
        return self._settings.select(boxes_tlwh, scores, self._nms_overlap, classes)

    def _run(self, picture: NDArray[np.uint8]) -> NDArray[np.floating]:
        """Return the first output for a picture (H, W, 3) BGR of the network's size."""
        given = self._session.get_inputs()[0]
        kind = np.float16 if given.type == "tensor(float16)" else np.float32
        values = picture.transpose(2, 0, 1)[None].astype(kind)
        if not self._is_yolox:
            values = values[:, ::-1] / kind(255)
        try:
            return self._session.run(None, {given.name: np.ascontiguousarray(values)})[0]
        except Exception as error:
            reason = str(error).splitlines()[0]
            raise InputError(
                f"{self._path}: cannot run the network: {reason}; check the size setting"
            ) from error


def _input_size(
    path: Path, stated: str, input_shape: list[object], metadata: dict[str, str]
) -> tuple[int, int]:
    """Return height and width in pixels.

    The model's fixed size comes first, then the stated size, then the size in the metadata, and
    last 640.
    """
    fixed = [value if isinstance(value, int) else None for value in input_shape]
    given = [int(word) for word in stated.lower().split("x") if word.isdecimal()] * 2
    if stated and (len(given) not in (2, 4) or min(given) < 1):
        raise InputError(f"onnx:{path},size={stated}: give it as 640, or HxW such as 384x640")
    from_metadata = _literal(metadata.get("imgsz", ""))
    usual = (
        from_metadata
        if isinstance(from_metadata, list) and len(from_metadata) == 2
        else [_USUAL_SIZE] * 2
    )
    height, width = (f or w for f, w in zip(fixed, given[:2] or usual, strict=True))
    if stated and [height, width] != given[:2]:
        raise InputError(f"onnx:{path},size={stated}: the model takes {height}x{width} only")
    return height, width


def _named(metadata: dict[str, str]) -> dict[int, str]:
    """Return the class names in a file, by number; none if it has none that can be read."""
    names = _literal(metadata.get("names", ""))
    if isinstance(names, dict | list):
        items = names.items() if isinstance(names, dict) else enumerate(names)
        return {int(number): str(name) for number, name in items}
    return {}


def _literal(text: str) -> object:
    """Parse a Python literal, which Ultralytics writes into model files; None if it is not one."""
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return None
