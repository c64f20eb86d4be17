"""The measurements of one trained model."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flatsort.paper.latent.trained_model import Outcome


@dataclass(frozen=True)
class Metric:
    """The decoder's metric at some latents.

    Attributes:
        condition: (N,) condition numbers.
        magnification: (N,) magnification factors over their mean.
    """

    condition: NDArray[np.float64]
    magnification: NDArray[np.float64]


@dataclass(frozen=True)
class Ratios:
    """Length of the straight latent line over length of the geodesic, for each pair.

    Attributes:
        riemannian: (P,) Riemannian length; the geodesic is the path found in the graph.
        latent: (P,) Euclidean latent length; the geodesic is the path found in the graph.
        refined: (R,) Riemannian length; the geodesic is the path refined to a smooth curve, for
            the first `REFINED` pairs.
        refined_latent: (R,) Euclidean latent length; the geodesic is the refined path.
    """

    riemannian: NDArray[np.float64]
    latent: NDArray[np.float64]
    refined: NDArray[np.float64]
    refined_latent: NDArray[np.float64]


@dataclass(frozen=True)
class Fit:
    """How well a model fits, and how far it is from an affine one.

    Attributes:
        error: reconstruction error per value of the training data, in kappa's units.
        held_out_error: that of data that no model saw in training.
        decoder_residual: share of the decoder's variance that the best affine map leaves
            unexplained, at encodings of the data; 0 for a plane.
        encoder_residual: that share of the encodings, as a map of the data.
    """

    error: float
    held_out_error: float
    decoder_residual: float
    encoder_residual: float


@dataclass(frozen=True)
class Measured:
    """All measurements of one model except its speed, which needs an idle machine.

    Attributes:
        method: one of COMPARED and ABLATIONS.
        seed: seed of the training.
        kappa: bound on the error in training.
        outcome: how the training ended.
        fit: errors and affine residuals.
        metric: the metric at latents drawn from the prior.
        data_metric: the metric at encodings of data.
        ratios: lengths of straight lines over lengths of geodesics.
        smoothness: (P, Nx) root mean squares of second derivatives.
        paths: geodesics in the graph between the pairs, (T, Nz) float32 each.
    """

    method: str
    seed: int
    kappa: float
    outcome: Outcome
    fit: Fit
    metric: Metric
    data_metric: Metric
    ratios: Ratios
    smoothness: NDArray[np.float64]
    paths: list[NDArray[np.float32]]

    @property
    def prior_trained(self) -> bool:
        """Whether the training reached the prior, from which latents are drawn."""
        return self.outcome.met_at is not None
