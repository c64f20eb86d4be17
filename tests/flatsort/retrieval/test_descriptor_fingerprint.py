"""Fingerprints tell which descriptors are the same."""

import numpy as np
import pytest

from flatsort.descriptors import register_descriptor
from flatsort.descriptors.registry import _REGISTERED
from flatsort.errors import InputError
from flatsort.retrieval.descriptor_fingerprint import open_descriptor


def test_the_fingerprint_of_weights_depends_on_their_contents_not_on_their_name(
    tiny_weights, tmp_path
):
    path = tiny_weights()
    _, fingerprint = open_descriptor(str(path))
    copy = tmp_path / "copy.safetensors"
    copy.write_bytes(path.read_bytes())
    descriptor, of_copy = open_descriptor(str(copy))
    assert of_copy == fingerprint
    assert descriptor.needs_images
    other = tiny_weights(card={"calibration": {"kind": "euclidean", "gate": 2.0}})
    assert open_descriptor(str(other))[1] != fingerprint


def test_the_fingerprint_of_a_network_depends_on_its_contents(tiny_weights, tmp_path):
    from flatsort.commands.export_onnx import main

    path = tmp_path / "tiny.onnx"
    main([str(tiny_weights()), "--out", str(path)])
    copy = tmp_path / "copy.onnx"
    copy.write_bytes(path.read_bytes())
    assert open_descriptor(f"onnx:{path}")[1] == open_descriptor(f"onnx:{copy}")[1]
    assert open_descriptor(f"onnx:{path}")[1] != open_descriptor("histogram")[1]


def test_the_fingerprint_of_a_function_depends_on_its_name():
    for name in ("one", "two"):
        register_descriptor(name)(lambda frame, boxes: boxes)
    try:
        assert open_descriptor("one")[1] != open_descriptor("two")[1]
    finally:
        for name in ("one", "two"):
            del _REGISTERED[name]


def test_descriptors_without_images_are_refused(tmp_path):
    path = tmp_path / "mars.npy"
    np.save(path, np.zeros((1, 12), np.float32))
    for word in ("none", f"features:{path}"):
        with pytest.raises(InputError) as error:
            open_descriptor(word)
        assert f"--descriptor {word} does not look at people" in str(error.value)


def test_an_unknown_word():
    with pytest.raises(InputError, match="--descriptor nobody: unknown"):
        open_descriptor("nobody")
