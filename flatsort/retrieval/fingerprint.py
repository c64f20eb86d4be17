"""Descriptors for searching, and how to tell whether two are the same."""

import hashlib
from pathlib import Path

from flatsort.descriptors import Descriptor, load_descriptor
from flatsort.descriptors.registry import weights_path
from flatsort.errors import InputError
from flatsort.images.crops import CUT_VERSION


def open_descriptor(word: str) -> tuple[Descriptor, str]:
    """The descriptor that a word of the command line names, and its fingerprint.

    The fingerprint changes with the weights, not with the engine that runs them: that rounds
    differently, and rounding finds nobody else.

    Raises:
        InputError: there is none, or it does not look at frames.
    """
    descriptor = load_descriptor(word)
    if descriptor is None or not descriptor.needs_images:
        raise InputError(
            f"--descriptor {word}: it does not look at people, so nobody is found by it: name one "
            "that does, such as fmvae-track"
        )
    return descriptor, _fingerprint(word, descriptor)


def _fingerprint(word: str, descriptor: Descriptor) -> str:
    name, _, argument = word.partition(":")
    path, settings = weights_path(word), ""
    if name == "onnx":
        file, _, settings = argument.partition(",")
        path = Path(file)
    if path is not None:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        return f"file {digest} {settings} cut {CUT_VERSION}"
    # Of a user's function nothing but its name is known.
    return f"{descriptor.cache_key or word} cut {CUT_VERSION}"
