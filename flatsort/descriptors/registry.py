"""From the command line's word for a descriptor to the descriptor.

none                 no appearance: plain SORT
histogram            hue-saturation strips
fmvae, vhpvae, ...   any weights/NAME.safetensors, or a path to such a file
onnx:FILE            any re-identification network
features:FILE.npy    features computed before, in DeepSORT's format
a registered name    the user's own, see register_descriptor()
"""

import importlib
import importlib.util
import re
import traceback
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flatsort.descriptors.descriptor import Descriptor
from flatsort.errors import InputError
from flatsort.files.paths import SHIPPED_WEIGHTS, WEIGHTS
from flatsort.files.sequence import Sequence
from flatsort.tracker import AppearanceMetric

Factory = Callable[[str, Sequence | None], Descriptor]
DescribeFunction = Callable[[NDArray[np.uint8], NDArray[np.float32]], NDArray[np.float32]]

# Named, not imported: a descriptor's libraries are loaded when it is asked for.
_BUILT_IN = {
    "histogram": "flatsort.descriptors.histogram:create",
    "onnx": "flatsort.descriptors.onnx_network:create",
    "features": "flatsort.descriptors.feature_file:create",
}
_REGISTERED: dict[str, Factory] = {}


def register_descriptor(
    name: str, metric: AppearanceMetric | None = None
) -> Callable[[DescribeFunction], DescribeFunction]:
    """Make a function available as ``--descriptor name``.

        @register_descriptor("mean-colour", AppearanceMetric("euclidean", gate=20.0))
        def mean_colour(frame, boxes_tlwh):
            return cut_crops(frame, boxes_tlwh, width=32, height=64).mean(axis=(1, 2))

    Args:
        name: without a colon.
        metric: the distance and gate that suit the features; cosine at 0.2 if left out.

    Raises:
        InputError: the name is taken.
    """

    def wrap(function: DescribeFunction) -> DescribeFunction:
        if name in known_names() or name in _BUILT_IN or ":" in name:
            raise InputError(f"a descriptor cannot be registered as {name!r}: take another name")
        used = metric or AppearanceMetric()
        _REGISTERED[name] = lambda _, __: FunctionDescriptor(name, function, used)
        return function

    return wrap


def load_descriptor(word: str, sequence: Sequence | None = None) -> Descriptor | None:
    """The descriptor that the command line names, ready for one sequence; None for ``none``.

    Args:
        word: the name, or a path to weights of your own.
        sequence: where a file of precomputed features is looked up too.

    Raises:
        InputError: an unknown name, or one whose file is missing or does not fit.
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
            f"--descriptor {word}: unknown; there is {', '.join(known_names())}, onnx:FILE, "
            "features:FILE.npy and any FILE.safetensors"
        )
    from flatsort.descriptors.vae import open_weights

    return open_weights(path)


def descriptor_label(word: str) -> str:
    """A folder name for a descriptor's results: fmvae, onnx-osnet, features-mars."""
    name, _, argument = word.partition(":")
    if word.endswith(".safetensors"):
        name, argument = Path(word).stem, ""
    stem = Path(argument.partition(",")[0]).stem
    return re.sub(r"[^\w.+-]+", "_", f"{name}-{stem}" if stem else name)


def known_names() -> list[str]:
    """The names that need no file, the weights there are included."""
    folders = {WEIGHTS, SHIPPED_WEIGHTS}
    weights = sorted({path.stem for place in folders for path in place.glob("*.safetensors")})
    return ["none", "histogram", *weights, *sorted(_REGISTERED)]


def load_plugin(path: str | Path) -> None:
    """Run a user's Python file, which registers descriptors.

    Raises:
        InputError: no such file, or it cannot be run.
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
    """A user's function as a descriptor; what it returns is checked at each frame."""

    needs_images = True

    def __init__(self, name: str, function: DescribeFunction, metric: AppearanceMetric) -> None:
        self.metric = metric
        self._name = name
        self._function = function
        self._width: int | None = None

    def __call__(
        self, frame: NDArray[np.uint8] | None, boxes_tlwh: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """The function's features.

        Raises:
            InputError: it fails, or they are not (N, D) finite numbers with D the same always.
        """
        try:
            returned = self._function(frame, boxes_tlwh)
        except Exception as error:
            # No traceback is shown, but whoever wrote the function needs to know where.
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
                f"descriptor {self._name} returned {features.shape[1]} columns, "
                f"{self._width} before: D must be the same in every frame"
            )
        self._width = features.shape[1]
        return features


def weights_path(word: str) -> Path | None:
    """The weights file that the command line's word for a descriptor names; None if it is none."""
    if word.endswith(".safetensors"):
        return Path(word)
    if Path(word).name != word:
        return None
    places = (folder / f"{word}.safetensors" for folder in (WEIGHTS, SHIPPED_WEIGHTS))
    return next((path for path in places if path.is_file()), None)
