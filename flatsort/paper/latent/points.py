"""The data of an experiment."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flatsort.paper.latent.acclaim_skeleton import Skeleton


@dataclass(frozen=True)
class Points:
    """Vectors to be modelled, and what is known of each but not shown to the model.

    Attributes:
        values: (M, Nx) float32.
        classes: (M,) int64, an index into ``class_names``; drawn, never trained on.
        class_names: of the classes, in the order of their legend.
        dimension_names: of the Nx values, where they have names (joints); empty for pixels.
        image_shape: (height, width) where the values are pixels in rows; None otherwise.
        skeleton: whose joints the dimensions are, in radians; None otherwise.
    """

    values: NDArray[np.float32]
    classes: NDArray[np.int64]
    class_names: tuple[str, ...]
    dimension_names: tuple[str, ...] = ()
    image_shape: tuple[int, int] | None = None
    skeleton: Skeleton | None = None

    def __len__(self) -> int:
        return len(self.values)
