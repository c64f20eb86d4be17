"""Appearance descriptors by name; importing this package loads no torch and no OpenCV."""

from flatsort.descriptors.descriptor import Descriptor
from flatsort.descriptors.registry import (
    descriptor_label,
    load_descriptor,
    load_plugin,
    register_descriptor,
)

__all__ = [
    "Descriptor",
    "descriptor_label",
    "load_descriptor",
    "load_plugin",
    "register_descriptor",
]
