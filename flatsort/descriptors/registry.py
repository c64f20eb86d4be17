"""The names of descriptors on the command line, and the descriptors that they stand for.

none                 no appearance: plain SORT
histogram            hue-saturation histograms of strips
fmvae, vhpvae, ...   any weights/NAME.safetensors, or a path to such a file
onnx:FILE            any re-identification network
features:FILE.npy    precomputed features in DeepSORT's format
a registered name    a descriptor of the user's own, see register_descriptor()
"""

import importlib
import importlib.util
import re
import threading
import traceback
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flatsort.descriptors.descriptor import Descriptor
from flatsort.errors import InputError
from flatsort.files.file_word import split_file_word
from flatsort.files.paths import OWN_WEIGHTS, SHIPPED_WEIGHTS, WEIGHTS
from flatsort.files.sequence import Sequence
from flatsort.tracker import AppearanceMetric

Factory = Callable[[str, Sequence | None], Descriptor]
DescribeFunction = Callable[[NDArray[np.uint8], NDArray[np.float32]], NDArray[np.float32]]

# Module and factory of each descriptor, as text: a descriptor's libraries are imported only if the
# user chooses the descriptor.
_BUILT_IN = {
    "histogram": "flatsort.descriptors.histogram:create",
    "onnx": "flatsort.descriptors.onnx_network:create",
    "features": "flatsort.descriptors.feature_file:create",
}
_REGISTERED: dict[str, Factory] = {}
# Users write their functions for one thread; many sources are tracked in many.
_USERS_CODE = threading.Lock()


def register_descriptor(
    name: str, metric: AppearanceMetric | None = None
) -> Callable[[DescribeFunction], DescribeFunction]:
    """Make a function available as ``--descriptor name``.

        @register_descriptor("mean-colour", AppearanceMetric("euclidean", gate=20.0))
        def mean_colour(frame, boxes_tlwh):
            return cut_crops(frame, boxes_tlwh, width=32, height=64).mean(axis=(1, 2))

    Args:
        name: the descriptor's name; it must not contain a colon.
        metric: the distance and gate that suit the features; cosine with gate 0.2 by default.

    Raises:
        InputError: the name is taken, or contains a colon.
    """

    def wrap(function: DescribeFunction) -> DescribeFunction:
        if name in known_names() or name in _BUILT_IN or ":" in name:
            raise InputError(f"a descriptor cannot be registered as {name!r}: take another name")
        used = metric or AppearanceMetric()
        _REGISTERED[name] = lambda _, __: FunctionDescriptor(name, function, used)
        return function

    return wrap


def load_descriptor(word: str, sequence: Sequence | None = None) -> Descriptor | None:
    """Open a descriptor by its name on the command line.

    Args:
        word: the name, or a path to your own weights.
        sequence: the sequence to describe; a file of precomputed features may lie in its det/.

    Returns:
        The descriptor; None for ``none``.

    Raises:
        InputError: the name is unknown, or its file is missing or not usable.
    """
    name, _, argument = word.partition(":")
    if word == "none":
        return None
    if word in _REGISTERED:
        return _REGISTERED[word](argument, sequence)
    if name in _BUILT_IN:
        module, function = _BUILT_IN[name].split(":")
        return getattr(importlib.import_module(module), function)(argument, sequence)
    path = weights_path(word)
    if path is None:
        raise InputError(
            f"--descriptor {word}: unknown; choose one of {', '.join(known_names())}, onnx:FILE, "
            "features:FILE.npy or any FILE.safetensors"
        )
    from flatsort.descriptors.vae import open_weights

    return open_weights(path)


def descriptor_label(word: str) -> str:
    """Return a folder name for a descriptor's results: fmvae, onnx-osnet, features-mars."""
    name, _, argument = word.partition(":")
    if word.endswith(".safetensors"):
        name, argument = Path(word).stem, ""
    stem = split_file_word(argument)[0].stem
    return re.sub(r"[^\w.+-]+", "_", f"{name}-{stem}" if stem else name)


def known_names() -> list[str]:
    """Return the names of all descriptors that need no file name, with all available weights."""
    folders = {OWN_WEIGHTS, WEIGHTS, SHIPPED_WEIGHTS}
    weights = sorted({path.stem for place in folders for path in place.glob("*.safetensors")})
    return ["none", "histogram", *weights, *sorted(_REGISTERED)]


def load_plugin(path: str | Path) -> None:
    """Run a user's Python file, which registers descriptors.

    Raises:
        InputError: the file is missing, or raises an error.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(
            f"{path}: no such plug-in: give a Python file that calls register_descriptor()"
        )
    specification = importlib.util.spec_from_file_location(path.stem, path)
    if specification is None or specification.loader is None:
        raise InputError(f"{path}: not a Python file: a plug-in's name ends in .py")
    module = importlib.util.module_from_spec(specification)
    try:
        specification.loader.exec_module(module)
    except InputError:
        raise
    except Exception as error:
        raise InputError(f"{path}: cannot be run: {type(error).__name__}: {error}") from error


class FunctionDescriptor(Descriptor):
    """A user's function as a descriptor; each frame's features are checked."""

    needs_images = True

    def __init__(self, name: str, function: DescribeFunction, metric: AppearanceMetric) -> None:
        self.metric = metric
        self._name = name
        self._function = function
        self._width: int | None = None

    def __call__(
        self, frame: NDArray[np.uint8] | None, boxes_tlwh: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Return the function's features (N, D) of boxes (N, 4).

        Raises:
            InputError: the function fails, or does not return (N, D) finite numbers with the same D
                in all frames.
        """
        try:
            with _USERS_CODE:
                returned = self._function(frame, boxes_tlwh)
        except Exception as error:
            # The command line shows no traceback, so the message names the failing line.
            *_, origin = traceback.extract_tb(error.__traceback__)
            raise InputError(
                f"descriptor {self._name} failed at {origin.filename}, line {origin.lineno}: "
                f"{type(error).__name__}: {error}"
            ) from error
        try:
            features = np.asarray(returned, np.float32)
        except (TypeError, ValueError) as error:
            raise InputError(f"descriptor {self._name} returned no array of numbers") from error
        if features.ndim != 2 or len(features) != len(boxes_tlwh):
            raise InputError(
                f"descriptor {self._name} returned an array of shape {features.shape} for "
                f"{len(boxes_tlwh)} boxes: it must be ({len(boxes_tlwh)}, D)"
            )
        if not np.isfinite(features).all():
            raise InputError(f"descriptor {self._name} returned NaN or infinite features")
        if self._width not in (None, features.shape[1]):
            raise InputError(
                f"descriptor {self._name} returned {features.shape[1]} columns, but "
                f"{self._width} before: D must be the same in every frame"
            )
        self._width = features.shape[1]
        return features


def weights_path(word: str) -> Path | None:
    """Return the weights file of a descriptor's name; None if the name stands for no weights."""
    if word.endswith(".safetensors"):
        return Path(word)
    if Path(word).name != word:
        return None
    folders = (OWN_WEIGHTS, WEIGHTS, SHIPPED_WEIGHTS)
    places = (folder / f"{word}.safetensors" for folder in folders)
    return next((path for path in places if path.is_file()), None)
