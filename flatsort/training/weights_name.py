"""The names that new weights may have."""

import re

from flatsort.errors import InputError

# First the words of descriptors that are not weights, then folders in runs/ without a training.
RESERVED = frozenset({"none", "histogram", "onnx", "features", "crops", "adapt"})


def check_name(option: str, name: str) -> None:
    """Check that weights can have a name.

    Args:
        option: the option whose value is the name, for the message.
        name: name of the weights, without ".safetensors".

    Raises:
        InputError: the name has other characters, or it is reserved.
    """
    if not re.fullmatch(r"\w[\w.+-]*", name) or name in RESERVED:
        raise InputError(
            f"{option} {name!r}: take letters, digits, - and _, and none of the reserved words "
            f"{', '.join(sorted(RESERVED))}"
        )
