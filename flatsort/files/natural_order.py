"""The order of file names that contain numbers."""

import re
from pathlib import PurePath


def natural_key(path: PurePath) -> tuple[list[tuple[str, int]], str]:
    """Return a sort key that compares the numbers in file names by their value."""
    parts = re.findall(r"(\D*)(\d*)", path.stem.lower())
    return [(text, int(digits or -1)) for text, digits in parts], path.name
