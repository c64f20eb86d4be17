"""Opening ONNX models with onnxruntime."""

from pathlib import Path
from typing import TYPE_CHECKING

from flatsort.errors import InputError
from flatsort.processors import available_cores

if TYPE_CHECKING:
    from onnxruntime import InferenceSession


def open_session(model: Path | bytes, name: str | Path) -> "InferenceSession":
    """A model, ready to run on the processor.

    Args:
        model: a file, or what one would hold.
        name: of it, for messages.

    Raises:
        ImportError: onnxruntime is not installed.
        InputError: it is no ONNX model, or one that onnxruntime does not run.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # onnxruntime pins a thread to each core it sees, which fails where fewer are allowed.
    options.intra_op_num_threads = available_cores()
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"{name}: not a usable ONNX model: {reason}") from error
