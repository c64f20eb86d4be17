"""YOLOX's detectors (Ge et al., 2021), trained on COCO; the first use of each downloads its file.

The project publishes the files under the Apache License 2.0.
"""

import hashlib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from flatsort.detectors.detector_settings import DetectorSettings
from flatsort.errors import InputError
from flatsort.files.paths import user_cache

if TYPE_CHECKING:
    from flatsort.detectors.yolo import YoloDetector

RELEASE = "https://github.com/Megvii-BaseDetection/YOLOX/releases/download/0.1.1rc0"
SHA256 = {
    "yolox-nano": "c789161ed43c8269fcd4e67c67eeeb4e80c622da2eb296a20bc6007bd18a0b7d",
    "yolox-tiny": "427cc366d34e27ff7a03e2899b5e3671425c262ea2291f88bb942bc1cc70b0f7",
    "yolox-s": "c5c2d13e59ae883e6af3b45daea64af4833a4951c92d116ec270d9ddbe998063",
    "yolox-m": "21ff6cfdeb53b013bac2249599e55f00bff3cfdfdab37ed7a4620818c1d15b3f",
}
"""Name -> SHA-256 of its file in the release. YOLOX publishes no digests. Many
public projects pin these digests for the same addresses, and all of them agree."""

# IoU for suppression across classes, as in YOLOX's own tests.
NMS_OVERLAP = 0.65


def create(name: str, settings: DetectorSettings) -> "YoloDetector":
    """Open a detector by its name, such as ``yolox-nano``.

    Raises:
        InputError: its file is missing and cannot be downloaded, or it lacks a class.
    """
    try:
        path = fetch_model(name)
    except InputError as error:
        raise InputError(f"--detector {name}: {error}, or use --detector hog") from error
    from flatsort.descriptors.onnx_session import open_session
    from flatsort.detectors.yolo import YoloDetector

    return YoloDetector(open_session(path, path), path, "", settings, NMS_OVERLAP)


def model_path(name: str) -> Path:
    """Return the place of a detector's file in the user's cache."""
    return user_cache() / "detectors" / _file_name(name)


def fetch_model(name: str) -> Path:
    """Return the path of a detector's file; download it if it is not there.

    A file that is already there is taken as it is: the user may have put it there.

    Raises:
        InputError: the file is missing and cannot be downloaded.
    """
    from flatsort.files.download_bar import DownloadBar
    from flatsort.files.fetch import fetch_file

    path, url = model_path(name), f"{RELEASE}/{_file_name(name)}"
    if path.is_file():
        return path
    bar = DownloadBar(f"downloading {name}")
    try:
        fetch_file(url, path, partial(_check, expected=SHA256[name]), bar)
    except InputError as error:
        reason = error.__cause__ or error
        raise InputError(
            f"{path} is not there and cannot be downloaded ({reason}): put the file of {url} there"
        ) from error
    finally:
        bar.close()
    return path


def _check(part: Path, expected: str) -> None:
    """Remove a download that is not the expected file.

    Raises:
        InputError: the digest differs from the expected one.
    """
    with part.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != expected:
        part.unlink()
        raise InputError(f"its SHA-256 is {found}, not {expected}")


def _file_name(name: str) -> str:
    return f"{name.replace('-', '_')}.onnx"
