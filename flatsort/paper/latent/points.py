"""The data of an experiment: vectors with classes and names."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flatsort.paper.latent.acclaim_skeleton import Skeleton


@dataclass(frozen=True)
class Points:
    """The vectors to model, with their classes, which the model does not see.

    Attributes:
        values: (M, Nx) float32, for training.
        held_out: (V, Nx) float32, V >= 1, which no model sees in training.
        classes: (M,) int64, indices into `class_names`; used in figures, never in training.
        class_names: names of the classes, in the order of the legend.
        dimension_names: names of the Nx values if they are joints; empty for pixels.
        image_shape: (height, width) if the values are the pixels of an image, row by row; else
            None.
        skeleton: the skeleton whose joint angles, in radians, the values are; else None.
    """

    values: NDArray[np.float32]
    held_out: NDArray[np.float32]
    classes: NDArray[np.int64]
    class_names: tuple[str, ...]
    dimension_names: tuple[str, ...] = ()
    image_shape: tuple[int, int] | None = None
    skeleton: Skeleton | None = None

    def __len__(self) -> int:
        return len(self.values)
