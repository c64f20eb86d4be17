"""Any re-identification network in ONNX format, run by onnxruntime."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from flatsort.descriptors.descriptor import Descriptor
from flatsort.descriptors.onnx_encoder import OnnxEncoder, is_encoder
from flatsort.descriptors.onnx_session import model_key, open_session
from flatsort.descriptors.vae import VaeDescriptor
from flatsort.errors import InputError
from flatsort.files.file_word import split_file_word
from flatsort.files.sequence import Sequence
from flatsort.images.crops import cut_crops
from flatsort.tracker import AppearanceMetric

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

# Mean and standard deviation of each RGB channel. The network receives (x - mean) / deviation of
# each value x in [0, 1].
NORMALISATIONS = {
    "imagenet": ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    "unit": ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0)),
    "symmetric": ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
    "bytes": ((0.0, 0.0, 0.0), (1 / 255, 1 / 255, 1 / 255)),
}
# Crops per call, for models that do not fix this number.
BATCH_SIZE = 32


def create(argument: str, sequence: Sequence | None) -> Descriptor:
    """Open ``onnx:FILE[,size=HxW][,norm=NAME][,colour=rgb|bgr]``.

    Args:
        argument: the text after ``onnx:``. A file that tools/export_onnx.py wrote names its own
            input size and metric, and takes no settings.
        sequence: not used; other descriptors need it.

    Raises:
        InputError: the file is missing or not usable, or a setting is wrong.
    """
    if not argument:
        raise InputError("--descriptor onnx: needs a file: onnx:FILE")
    path, settings = split_file_word(argument)
    values = {"size": "", "norm": "imagenet", "colour": "rgb"}
    for setting in settings:
        key, separator, value = setting.partition("=")
        if not separator or key not in values:
            raise InputError(f"onnx:{argument}: unknown setting {setting!r}: size, norm or colour")
        values[key] = value
    if values["norm"] not in NORMALISATIONS:
        raise InputError(f"onnx:{argument}: norm is one of {', '.join(NORMALISATIONS)}")
    if values["colour"] not in ("rgb", "bgr"):
        raise InputError(f"onnx:{argument}: colour is rgb or bgr")
    if not path.is_file():
        raise InputError(f"{path}: no such ONNX file")
    session = open_session(path, path)
    if is_encoder(session):
        if settings:
            raise InputError(
                f"onnx:{argument}: leave out {settings[0]}: the file takes no settings"
            )
        return VaeDescriptor(OnnxEncoder(session, path, path.read_bytes()), [path], path)
    swap_channels = values["colour"] == "bgr"
    return OnnxDescriptor(session, path, values["size"], values["norm"], swap_channels)


class OnnxDescriptor(Descriptor):
    """A network that maps N x 3 x H x W or N x H x W x 3 images to N x D features.

    Args:
        session: the model.
        path: the model's file.
        size: "HxW" of the input in pixels; empty if the model fixes its size.
        normalisation: a name in NORMALISATIONS; most re-identification networks need "imagenet".
        swap_channels: whether the network takes BGR instead of RGB.

    Raises:
        InputError: the model's input is not one batch of images, or ``size`` is wrong or missing.
    """

    needs_images = True
    metric = AppearanceMetric("cosine", gate=0.2)

    def __init__(
        self,
        session: "InferenceSession",
        path: Path,
        size: str,
        normalisation: str,
        swap_channels: bool,
    ) -> None:
        self._session = session
        inputs = self._session.get_inputs()
        shapes = [each.shape for each in inputs]
        if len(shapes) != 1 or len(shapes[0]) != 4 or 3 not in (shapes[0][1], shapes[0][3]):
            raise InputError(
                f"{path}: its inputs are {shapes}, not one batch of N x 3 x H x W or N x H x W x 3 "
                "images"
            )
        shape = shapes[0]
        self._channels_last = shape[1] != 3
        self._path = path
        self._input = inputs[0].name
        self._half = inputs[0].type == "tensor(float16)"
        self._fixed_batch = shape[0] if isinstance(shape[0], int) else None
        self._height, self._width = _input_size(
            path, size, shape[1:3] if self._channels_last else shape[2:]
        )
        mean, deviation = NORMALISATIONS[normalisation]
        self._mean = np.float32(mean)
        self._deviation = np.float32(deviation)
        self._swap_channels = swap_channels

    @property
    def cache_key(self) -> str | None:
        """A key of the network, its settings and the version of onnxruntime.

        None if other files hold weights of the network, because the key covers only the model file.
        """
        model = model_key(self._path)
        colours = f"{self._mean} {self._deviation} {self._swap_channels}"
        return None if model is None else f"{model} {self._width}x{self._height} {colours}"

    def __call__(
        self, frame: NDArray[np.uint8] | None, boxes_tlwh: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Map a frame (H, W, 3) uint8 BGR and boxes (N, 4) to features (N, D).

        Raises:
            InputError: the network cannot run, or its output is not one row of finite numbers per
                crop.
        """
        crops = cut_crops(frame, boxes_tlwh, self._width, self._height)
        values = (crops.astype(np.float32) / 255 - self._mean) / self._deviation
        if self._swap_channels:
            values = values[..., ::-1]
        if not self._channels_last:
            values = values.transpose(0, 3, 1, 2)
        images = np.ascontiguousarray(values)
        step = self._fixed_batch or BATCH_SIZE
        # At least one batch, because only the output gives the width D, even without boxes.
        batches = [self._run(images[i : i + step]) for i in range(0, max(1, len(images)), step)]
        return np.concatenate(batches)

    def _run(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        count = len(images)
        padding = (self._fixed_batch or max(1, count)) - count
        padded = np.pad(images, ((0, padding), (0, 0), (0, 0), (0, 0)))
        if self._half:
            padded = padded.astype(np.float16)
        try:
            features = self._session.run(None, {self._input: padded})[0]
        except Exception as error:
            reason = str(error).splitlines()[0]
            raise InputError(
                f"{self._path}: cannot run it: {reason}; check the setting size"
            ) from error
        if np.shape(features)[:1] != (len(padded),):
            raise InputError(
                f"{self._path}: its output has shape {np.shape(features)} for {len(padded)} crops: "
                "it must have one row per crop"
            )
        features = features.reshape(len(padded), -1)[:count].astype(np.float32)
        if not np.isfinite(features).all():
            raise InputError(
                f"{self._path}: it returned NaN or infinite features; check the setting norm"
            )
        return features


def _input_size(path: Path, stated: str, read: list[object]) -> tuple[int, int]:
    """Return height and width of the input in pixels.

    Args:
        path: the model's file, for error messages.
        stated: "HxW" as the user gave it; may be empty.
        read: height and width in the model; each is a number if the model fixes it.

    Raises:
        InputError: the user's size is malformed or contradicts the model, or neither gives a size.
    """
    height, width = (value if isinstance(value, int) else None for value in read)
    if stated:
        try:
            given_height, given_width = (int(part) for part in stated.lower().split("x"))
        except ValueError as error:
            raise InputError(
                f"onnx:{path}: size={stated}: give it as HxW, such as 128x64"
            ) from error
        if min(given_height, given_width) < 1 or (height or given_height, width or given_width) != (
            given_height,
            given_width,
        ):
            raise InputError(f"onnx:{path}: size={stated}: the model takes {read[0]}x{read[1]}")
        return given_height, given_width
    if height is None or width is None:
        raise InputError(f"{path}: the model fixes no input size: add it, onnx:{path},size=256x128")
    return height, width
