"""Parts that some architectures have and others lack."""

from typing import TypeVar

Part = TypeVar("Part")


def needed(part: Part | None, name: str) -> Part:
    """Return a part of a model.

    Raises:
        ValueError: the model has no such part; the message gives its name.
    """
    if part is None:
        raise ValueError(f"the model has no {name}")
    return part
