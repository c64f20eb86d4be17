"""The principal subspace against numpy's singular value decomposition."""

import numpy as np
import pytest
import torch

from flatsort.reid_vae.geometry.principal import fit_principal_subspace


@pytest.mark.parametrize("shape", [(40, 12), (12, 40)])
def test_agrees_with_singular_value_decomposition(shape: tuple[int, int]) -> None:
    scales = torch.logspace(0, -2, shape[1], dtype=torch.float64)
    data = torch.randn(shape, dtype=torch.float64) * scales + 3
    found = fit_principal_subspace(data, 5)
    values = data.numpy() - data.numpy().mean(0)
    left, singular, right = np.linalg.svd(values, full_matrices=False)
    # Directions have no sign.
    agreement = np.abs((found.directions.numpy() * right[:5].T).sum(0))
    np.testing.assert_allclose(agreement, 1, atol=1e-9)
    nearest = (left[:, :5] * singular[:5]) @ right[:5] + data.numpy().mean(0)
    np.testing.assert_allclose(found.reconstruct(data).numpy(), nearest, atol=1e-9)
    error = np.sqrt((singular[5:] ** 2).sum() / data.numel())
    assert found.rms_error(data) == pytest.approx(error, rel=1e-9)


def test_projects_new_points() -> None:
    found = fit_principal_subspace(torch.tensor([[0.0, 1], [2, 1], [4, 1]]), 1)
    assert found.rms_error(torch.tensor([[1.0, 4.0]])) == pytest.approx(3 / 2**0.5)
    assert abs(found.project(torch.tensor([[5.0, 4.0]])).item()) == pytest.approx(3)


@pytest.mark.parametrize("count", [0, 3, 4])
def test_too_many_directions(count: int) -> None:
    with pytest.raises(ValueError, match=f"3 data points of 5 values have no {count}"):
        fit_principal_subspace(torch.randn(3, 5), count)
