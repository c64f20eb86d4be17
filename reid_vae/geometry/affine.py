"""The share of variance that no affine map explains: 0 for a plane, above 0 for a curved map.

A decoder whose image is a plane is flat by construction, so a condition number of 1 says little
about it. The affine residual tells a plane from a surface that is flat and bends, like a cylinder.
"""

from collections.abc import Callable, Iterable

import torch
from torch import Tensor

from .principal import fit_principal_subspace

# An affine map needs several points per input to be judged fairly, so inputs that are longer than
# this fraction of the fitted points are replaced by their principal components.
_INPUTS_PER_POINT = 0.25

Pairs = Iterable[tuple[Tensor, Tensor]]


def affine_residual_of_map(
    mapping: Callable[[Tensor], Tensor], points: Tensor, batch_size: int = 256
) -> float:
    """Return the share of a map's variance that the best affine map leaves unexplained.

    Every second point fits the affine map by least squares, and the other points judge it, so
    overfitting cannot lower the share.

    Args:
        mapping: for example a decoder, (M, Nz) -> (M, ...).
        points: (N, Nz), N >= 2 (Nz + 1), where the map is measured, in random order.
        batch_size: points per pass through the map.

    Returns:
        Sum of the squared residuals over the sum of the squared deviations from the mean. It is 0
        for a map that does not vary.
    """

    def pairs(part: Tensor) -> Pairs:
        return ((batch, mapping(batch).flatten(1)) for batch in part.split(batch_size))

    with torch.no_grad():
        return _residual(pairs(points[::2]), pairs(points[1::2]))


def affine_residual(inputs: Tensor, outputs: Tensor) -> float:
    """Return the share of the outputs' variance that no affine map of the inputs explains.

    The first half of the rows fits the affine map, and the second half judges it. Neighbouring rows
    may be pictures of one person, so the halves are not interleaved.

    Args:
        inputs: (N, D), N >= 8; for example pictures.
        outputs: (N, Nz), for example their latents.
    """
    half = len(inputs) // 2
    return affine_residual_elsewhere(
        (inputs[:half], outputs[:half]), (inputs[half:], outputs[half:])
    )


def affine_residual_elsewhere(
    fitted: tuple[Tensor, Tensor], judged: tuple[Tensor, Tensor]
) -> float:
    """Return the share of some outputs' variance that an affine map fitted elsewhere leaves.

    Where the inputs are long, the affine map sees their leading principal components, one per four
    fitted rows; the share is then an upper bound. Fitted rows that are all alike, such as pictures
    of a few people, raise it too.

    Args:
        fitted: inputs (N, D) and outputs (N, Nz) that fit the map, N >= 4.
        judged: inputs (M, D) and outputs (M, Nz) that judge it.
    """
    allowed = max(1, int(_INPUTS_PER_POINT * len(fitted[0])))
    if fitted[0].shape[1] > allowed:
        subspace = fit_principal_subspace(fitted[0], allowed)
        fitted = subspace.project(fitted[0]), fitted[1]
        judged = subspace.project(judged[0]), judged[1]
    return _residual([fitted], [judged])


def _residual(fitted: Pairs, judged: Pairs) -> float:
    """Fit by the normal equations in float64, then judge; each side passes over its pairs once."""
    origin = gram = products = torch.zeros((), dtype=torch.float64)
    for number, (inputs, outputs) in enumerate(fitted):
        rows, values = _with_one(inputs), outputs.double()
        if number == 0:
            # The first values are an origin near all values, which limits rounding errors.
            origin = values[0]
        gram = gram + rows.T @ rows
        products = products + rows.T @ (values - origin)
    # A pseudoinverse: some inputs may not vary.
    weights = torch.linalg.pinv(gram, hermitian=True) @ products
    unexplained = count = 0.0
    total, squares = torch.zeros_like(origin), 0.0
    for inputs, outputs in judged:
        values = outputs.double() - origin
        unexplained += (values - _with_one(inputs) @ weights).square().sum().item()
        total += values.sum(0)
        squares += values.square().sum().item()
        count += len(values)
    variation = squares - total.square().sum().item() / count
    # Sums of squares cannot tell a smaller variation from rounding errors.
    return unexplained / variation if variation > 1e-12 * squares else 0.0


def _with_one(inputs: Tensor) -> Tensor:
    inputs = inputs.double().flatten(1)
    return torch.cat([inputs, inputs.new_ones(len(inputs), 1)], dim=1)
