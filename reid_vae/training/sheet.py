"""A sheet of pictures to judge a model by: what it sees, what it is to make of it, what it makes.

From above, a column a person: the crop, the target, the decoded posterior mean; then, a row a pair
of people, the decoder along the straight line between their latents. On a flat manifold that line
is the geodesic, and the pictures change at an even pace.
"""

import os
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from ..errors import TrainingError
from ..geometry.curves import straight_lines
from ..model.vhpvae import VHPVAE

# People shown, and so the pictures of a line.
COLUMNS = 8
# Pixels of a picture's side: a multiple of every architecture's, whose smallest is 16.
CELL = 128


def sheet_rows(count: int) -> np.ndarray:
    """Which of ``count`` crops a sheet shows: (COLUMNS,) indices, evenly spread over all."""
    return np.linspace(0, count - 1, COLUMNS).astype(int)


@torch.inference_mode()
def draw_sheet(model: VHPVAE, images: Tensor, targets: Tensor) -> Tensor:
    """The sheet of a model; leaves it in evaluation mode.

    Args:
        model: any VHP-VAE.
        images: (N, 3, H, W) in [0, 1], the crops as the encoder sees them, N even.
        targets: (N, 3, s, s), the pictures that the decoder is to make of them.

    Returns:
        (3, height, width) in [0, 1]: 3 + N / 2 rows of pictures.
    """
    from torchvision.utils import make_grid

    model.eval()
    z = model.encode(images)
    first, second = z.chunk(2)
    lines = straight_lines(first, second, len(z)).flatten(0, 1)
    to_rgb = model.observation.to_rgb
    rows = [images, to_rgb(targets), to_rgb(model.pictures(z)), to_rgb(model.pictures(lines))]
    # Enlarged without smoothing: nothing is shown that the model did not make.
    cells = [functional.interpolate(row, size=(CELL, CELL), mode="nearest") for row in rows]
    return make_grid(torch.cat(cells).cpu(), nrow=len(z), pad_value=1)


def save_sheet(sheet: Tensor, path: Path) -> None:
    """Write a sheet (3, H, W) as a PNG, whole or not at all.

    Raises:
        TrainingError: it cannot be written.
    """
    from torchvision.utils import save_image

    temporary = path.with_name(path.name + ".tmp")
    try:
        save_image(sheet, temporary, format="png")
        os.replace(temporary, path)
    except OSError as error:
        raise TrainingError(f"{temporary}: cannot write the sheet: {error}") from error
