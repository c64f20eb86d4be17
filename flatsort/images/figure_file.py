"""Write a matplotlib figure as a PNG or JPEG file."""

from pathlib import Path
from typing import TYPE_CHECKING

from flatsort.errors import InputError
from flatsort.files.atomic import atomic_path

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DOTS_PER_INCH = 150
"""Resolution of written figures."""
MAX_DOTS = 65_000
"""Largest height of a written figure in pixels: JPEG allows no more than 65,535 lines."""
_JPEG_QUALITY = 88
"""From 1 to 95, as Pillow counts."""
_FORMATS = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg"}


def write_figure(path: Path, figure: "Figure") -> None:
    """Write a figure as PNG or JPEG, by the ending of the name.

    The file appears complete or not at all.

    Raises:
        InputError: the name has another ending, or the file cannot be written.
    """
    check_figure_name(path)
    file_format = _FORMATS[path.suffix.lower()]
    options = {"quality": _JPEG_QUALITY} if file_format == "jpeg" else {}
    with atomic_path(path) as temporary:
        figure.savefig(temporary, format=file_format, dpi=DOTS_PER_INCH, pil_kwargs=options)


def check_figure_name(path: Path) -> None:
    """Check, before any work is done, that a figure can have this name.

    Raises:
        InputError: the name does not end in .png, .jpg or .jpeg.
    """
    if path.suffix.lower() not in _FORMATS:
        raise InputError(f"{path}: the picture's name must end in .png or .jpg")
