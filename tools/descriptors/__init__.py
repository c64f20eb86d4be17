"""Appearance descriptors by name; importing this package loads no torch and no OpenCV."""

from tools.descriptors.descriptor import Descriptor
from tools.descriptors.registry import (
    create_descriptor,
    descriptor_label,
    load_plugin,
    register,
)

__all__ = ["Descriptor", "create_descriptor", "descriptor_label", "load_plugin", "register"]
