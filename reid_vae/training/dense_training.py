"""Training of a VHP-VAE or VHP-FMVAE of vectors: seconds to minutes on one core."""

from collections.abc import Callable

import torch
from torch import Tensor

from ..errors import TrainingError
from ..model.dense_vae import DenseArchitecture, DenseVAE
from .log import Progress
from .optimisation import ConstrainedOptimisation
from .settings import OptimisationSettings


def train_dense(
    architecture: DenseArchitecture,
    settings: OptimisationSettings,
    data: Tensor,
    report: Callable[[Progress], None],
) -> DenseVAE:
    """Train one model on one set of vectors.

    Args:
        architecture: layer sizes of the model.
        settings: settings of the optimisation.
        data: (M, Nx) float32, M at least the batch size.
        report: called after each step.

    Returns:
        The model in evaluation mode.

    Raises:
        TrainingError: there are too few vectors, or the objective is not finite.
    """
    if len(data) < settings.batch_size:
        raise TrainingError(
            f"{len(data)} data points are too few for a batch of {settings.batch_size}: give more "
            "data or a smaller batch size"
        )
    torch.manual_seed(settings.seed)
    model = DenseVAE(architecture)
    optimisation = ConstrainedOptimisation(model, settings)
    for _ in range(settings.steps):
        batch = data[torch.randint(len(data), (settings.batch_size,))]
        report(optimisation.take_step(batch, batch))
    return model.eval()
