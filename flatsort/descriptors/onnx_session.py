"""Opening ONNX models with onnxruntime."""

import hashlib
import math
from pathlib import Path
from typing import TYPE_CHECKING

from flatsort.errors import InputError
from flatsort.processors import available_cores

if TYPE_CHECKING:
    from onnxruntime import InferenceSession


MOST_VALUES = 2**27
"""Numbers in one input, half a gibibyte: 64 pictures of 800 x 800. A damaged file can ask for more
than any memory holds."""


def open_session(model: Path | bytes, name: str | Path) -> "InferenceSession":
    """Open an ONNX model that runs on the processor.

    Args:
        model: the path or the content of the model's file.
        name: the model's name in error messages.

    Raises:
        ImportError: onnxruntime is not installed.
        InputError: the file is not an ONNX model, or onnxruntime cannot run it, or an input is
            empty or too large.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # By default onnxruntime pins one thread to each core of the machine, which fails if the process
    # may use only some of them.
    options.intra_op_num_threads = available_cores()
    options.log_severity_level = 3
    try:
        # onnxruntime would print a damaged file's error and try the same provider again.
        session = onnxruntime.InferenceSession(
            model, options, providers=["CPUExecutionProvider"], enable_fallback=0
        )
        # Metadata that are not UTF-8 raise an error whenever they are read.
        _ = session.get_modelmeta().custom_metadata_map
    except Exception as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"{name}: not a usable ONNX model: {reason}") from error
    for each in session.get_inputs():
        fixed = [size for size in each.shape if isinstance(size, int)]
        if min(fixed, default=1) < 1 or math.prod(fixed) > MOST_VALUES:
            raise InputError(
                f"{name}: its input {each.name} has the shape {each.shape}, which no network has: "
                "get the file again"
            )
    return session


def model_key(path: Path) -> str | None:
    """Return a text that differs between two models, or two versions of onnxruntime.

    None if other files hold weights of the model, because the text covers only the model's file.
    """
    import onnxruntime

    model = path.read_bytes()
    # A tensor whose values are in another file names that file under the key "location".
    if b"location" in model:
        return None
    return f"onnx {onnxruntime.__version__} {hashlib.sha256(model).hexdigest()}"
