"""A picture sheet by which a person can judge a model: crops, targets and reconstructions.

The first three rows have one column per person: the crop, the target, and the decoded posterior
mean. Each further row shows a pair of people: the decoded points of the straight line between their
latents. On a flat manifold that line is the geodesic, and the pictures change at an even pace.

Learned features cannot be shown, so the sheet of a model of features has the crops alone.
"""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from ..errors import TrainingError
from ..geometry.curves import straight_lines
from ..model.vhpvae import VHPVAE
from ..whole_file import whole_file

# Number of people on a sheet, and therefore of pictures along a line.
COLUMNS = 8
# Side of a picture on the sheet in pixels: a multiple of the side in every architecture (16 to 64).
CELL = 128


def sheet_rows(count: int) -> np.ndarray:
    """Choose the crops of a sheet: (COLUMNS,) row numbers, evenly spread over ``count`` crops."""
    return np.linspace(0, count - 1, COLUMNS).astype(int)


@torch.inference_mode()
def draw_sheet(model: VHPVAE, images: Tensor, targets: Tensor) -> Tensor:
    """Draw the sheet of a model, and leave the model in evaluation mode.

    Args:
        model: any VHP-VAE.
        images: (N, 3, H, W) in [0, 1], the crops that the encoder sees; N is even.
        targets: (N, 3, s, s), the pictures that the decoder must reconstruct from them.

    Returns:
        (3, height, width) in [0, 1], with 3 + N / 2 rows of pictures; one row for features.
    """
    from torchvision.utils import make_grid

    model.eval()
    z = model.encode(images)
    first, second = z.chunk(2)
    lines = straight_lines(first, second, len(z)).flatten(0, 1)
    to_rgb = model.observation.to_rgb
    rows = [images]
    if model.observation.features is None:
        rows += [to_rgb(targets), to_rgb(model.pictures(z)), to_rgb(model.pictures(lines))]
    # Enlarged without smoothing, so that the sheet shows only what the model decoded.
    cells = [functional.interpolate(row, size=(CELL, CELL), mode="nearest") for row in rows]
    sheet: Tensor = make_grid(torch.cat(cells).cpu(), nrow=len(z), pad_value=1)
    return sheet


def save_sheet(sheet: Tensor, path: Path) -> None:
    """Write a sheet (3, H, W) as a PNG file, atomically.

    Raises:
        TrainingError: the file cannot be written.
    """
    from torchvision.utils import save_image

    try:
        with whole_file(path) as temporary:
            save_image(sheet, temporary, format="png")
    except OSError as error:
        raise TrainingError(f"{path}: cannot write the sheet: {error}") from error
