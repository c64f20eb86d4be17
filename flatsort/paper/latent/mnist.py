"""Read MNIST and binarise it with a fixed seed (section 4.3)."""

import zlib
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from flatsort.errors import InputError
from flatsort.paper.latent.points import Points

HELD_OUT = 6
"""One image in this many is held out, at the end of the file. Of MNIST's 60,000 these are the
10,000 of the paper's validation set."""
SEED = 0
"""Seed of the binarisation: each pixel is drawn once, and its grey value is the probability of a 1
(Larochelle and Murray 2011)."""
SIDE = 28
"""Width and height of an image in pixels."""


def load_mnist(path: Path | None, downloads: Path) -> Points:
    """Load the first 50,000 training digits, each pixel 0 or 1; the other 10,000 are held out.

    Args:
        path: an .npz file with x_train (M, 28, 28) uint8 and y_train (M,); None to download MNIST.
        downloads: the folder for the download, which is reused the next time.

    Raises:
        InputError: the file is missing or has other content, or the download fails.
    """
    images, labels = _download(downloads) if path is None else _read(path)
    draws = np.random.default_rng(SEED).random(images.shape, np.float32)
    # "<" and not "<=", so that a black pixel is never 1.
    binary = (draws < images.astype(np.float32) / 255).astype(np.float32)
    values = binary.reshape(len(binary), -1)
    count = len(values) - len(values) // HELD_OUT
    return Points(
        values=values[:count],
        held_out=values[count:],
        classes=labels[:count].astype(np.int64),
        class_names=tuple(str(digit) for digit in range(10)),
        image_shape=(SIDE, SIDE),
    )


def _read(path: Path) -> tuple[np.ndarray, np.ndarray]:
    wanted = "x_train (M, 28, 28) uint8 and y_train (M,)"
    try:
        # The file is opened here because np.load does not close a damaged archive.
        with path.open("rb") as file, np.load(file) as arrays:
            images, labels = arrays["x_train"], arrays["y_train"]
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; name no file to download MNIST") from None
    except (OSError, EOFError, TypeError, ValueError, KeyError, BadZipFile, zlib.error) as error:
        raise InputError(f"{path}: not an .npz file with {wanted} ({error})") from error
    if images.shape[1:] != (SIDE, SIDE) or images.dtype != np.uint8:
        raise InputError(f"{path}: x_train is {images.shape} {images.dtype}; give {wanted}")
    digits = labels.shape == images.shape[:1] and np.isin(labels, np.arange(10)).all()
    if not digits:
        raise InputError(f"{path}: y_train is not one digit for each of the {len(images)} images")
    return images, labels


def _download(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    from torchvision.datasets import MNIST

    try:
        digits = MNIST(folder, download=True)
    # AssertionError and ValueError come from files of an interrupted download.
    except (OSError, RuntimeError, AssertionError, ValueError) as error:
        raise InputError(
            f"MNIST could not be downloaded to {folder} ({error}): remove that folder and try "
            "again, or name an .npz file"
        ) from error
    return digits.data.numpy(), digits.targets.numpy()
