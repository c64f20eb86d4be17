"""Open a descriptor for a search, with a fingerprint that tells equal descriptors from others."""

import hashlib
from pathlib import Path

from flatsort.descriptors import Descriptor, load_descriptor
from flatsort.descriptors.registry import weights_path
from flatsort.errors import InputError
from flatsort.images.crops import CUT_VERSION


def open_descriptor(word: str) -> tuple[Descriptor, str]:
    """Return the descriptor that a word of the command line names, and its fingerprint.

    The fingerprint depends on the weights, but not on the engine that runs them. Engines differ
    only in rounding, which does not change the answer.

    Raises:
        InputError: there is no such descriptor, or it does not look at frames.
    """
    descriptor = load_descriptor(word)
    if descriptor is None or not descriptor.needs_images:
        raise InputError(
            f"--descriptor {word} does not look at people, so it cannot find them: name a "
            "descriptor that does, such as fmvae-track"
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
    # A user's function has no file to hash, so its name is the fingerprint.
    return f"{descriptor.cache_key or word} cut {CUT_VERSION}"
