"""Lengths, smoothness and equidistance contours on surfaces with known geometry."""

import math

import pytest
import torch
from torch import Tensor

from flatsort.reid_vae.geometry import curves
from flatsort.reid_vae.geometry.curves import (
    equidistance_contour,
    latent_lengths,
    riemannian_lengths,
    second_derivative_norms,
    straight_lines,
)
from tests.reid_vae.surfaces import RADIUS, cylinder, polar, sphere


def line(start: list[float], end: list[float], points: int) -> Tensor:
    """Return one straight line in double precision, (1, T, Nz)."""
    return straight_lines(torch.tensor([start]).double(), torch.tensor([end]).double(), points)


class TestStraightLines:
    def test_by_hand(self) -> None:
        lines = straight_lines(
            torch.tensor([[0.0, 0.0], [1.0, 5.0]]), torch.tensor([[4.0, 2.0], [1.0, 1.0]]), 3
        )
        expected = [[[0, 0], [2, 1], [4, 2]], [[1, 5], [1, 3], [1, 1]]]
        torch.testing.assert_close(lines, torch.tensor(expected).float())

    @pytest.mark.parametrize("kind", [torch.float32, torch.float64])
    def test_ends_are_exact(self, kind: torch.dtype) -> None:
        starts, ends = torch.randn(2, 1000, 3, dtype=kind)
        lines = straight_lines(starts, ends, 7)
        assert torch.equal(lines[:, 0], starts)
        assert torch.equal(lines[:, -1], ends)

    def test_one_point_is_no_line(self) -> None:
        with pytest.raises(ValueError, match="at least 2 points, not 1"):
            straight_lines(torch.zeros(1, 2), torch.ones(1, 2), 1)


class TestRiemannianLengths:
    def test_linear_decoder(self) -> None:
        matrix = torch.randn(12, 5, dtype=torch.float64)
        starts, ends = torch.randn(2, 4, 5, dtype=torch.float64)
        # |W (b - a)| for any number of points.
        expected = ((ends - starts) @ matrix.T).norm(dim=1)
        for points in (2, 9):
            lines = straight_lines(starts, ends, points)
            lengths = riemannian_lengths(lambda z: z @ matrix.T + 2, lines)
            torch.testing.assert_close(lengths, expected)

    @pytest.mark.parametrize("points", [2, 10, 100])
    def test_a_quarter_circle_in_polar_coordinates(self, points: int) -> None:
        # A polygon of T - 1 chords 2 r sin(turn / 2): too short by a share of turn^2 / 24.
        length = riemannian_lengths(polar, line([2, 0], [2, math.pi / 2], points)).item()
        turn = math.pi / 2 / (points - 1)
        assert length == pytest.approx((points - 1) * 4 * math.sin(turn / 2))
        assert 1 - length / math.pi == pytest.approx(turn**2 / 24, rel=0.1)

    def test_on_a_sphere(self) -> None:
        # A meridian has length R times the angle; the parallel at 30 degrees R sin(theta) times it.
        meridian = line([0.5, 1], [2, 1], 500)
        parallel = line([math.pi / 6, 0], [math.pi / 6, 1], 500)
        lengths = riemannian_lengths(sphere, torch.cat([meridian, parallel]))
        assert lengths.tolist() == pytest.approx([1.5 * RADIUS, 0.5 * RADIUS], rel=1e-6)

    def test_an_isometry_keeps_lengths_between_unevenly_spaced_points(self) -> None:
        fractions = torch.rand(1000, 1).double().sort(dim=0).values
        curve = torch.cat([fractions, fractions**2], dim=1)[None]
        length = riemannian_lengths(cylinder, curve).item()
        assert length == pytest.approx(latent_lengths(curve).item(), rel=1e-5)

    def test_single_precision(self) -> None:
        lines = line([2, 0], [2, math.pi / 2], 200)
        lengths = riemannian_lengths(polar, lines.float())
        assert lengths.dtype == torch.float32
        assert lengths.item() == pytest.approx(math.pi, rel=1e-4)

    def test_each_pass_holds_a_few_whole_curves(self, monkeypatch: pytest.MonkeyPatch) -> None:
        passes = []

        def decoder(z: Tensor) -> Tensor:
            passes.append(len(z))
            return sphere(z)

        lines = straight_lines(*torch.rand(2, 5, 2).double(), 3)
        expected = riemannian_lengths(sphere, lines)
        monkeypatch.setattr(curves, "POINTS_PER_PASS", 8)
        torch.testing.assert_close(riemannian_lengths(decoder, lines), expected)
        assert passes == [6, 6, 3]
        # A curve of more points than the limit is still decoded in one pass.
        monkeypatch.setattr(curves, "POINTS_PER_PASS", 2)
        torch.testing.assert_close(riemannian_lengths(sphere, lines), expected)

    def test_decoded_points_need_not_be_vectors(self) -> None:
        lines = straight_lines(*torch.rand(2, 5, 2).double(), 4)
        lengths = riemannian_lengths(lambda z: sphere(z)[:, None, :, None], lines)
        torch.testing.assert_close(lengths, riemannian_lengths(sphere, lines))

    def test_gradients_flow(self) -> None:
        end = torch.tensor([[3.0, 4.0]]).double().requires_grad_()
        lines = straight_lines(torch.zeros(1, 2).double(), end, 5)
        (gradient,) = torch.autograd.grad(riemannian_lengths(lambda z: 2 * z, lines).sum(), end)
        # The gradient of 2 |end| is twice the unit vector.
        assert gradient[0].tolist() == pytest.approx([1.2, 1.6])


def test_latent_lengths_by_hand() -> None:
    polyline = torch.tensor([[0.0, 0.0], [3.0, 4.0], [3.0, 5.0]])
    assert latent_lengths(torch.stack([polyline, 2 * polyline])).tolist() == [6, 12]


class TestSecondDerivativeNorms:
    def test_polynomials(self) -> None:
        def decoder(z: Tensor) -> Tensor:
            x, y = z.unbind(1)
            return torch.stack([x**2, 3 * x + 1, x * y], dim=1)

        # With x = 2 t and y = t: 4 t^2, 6 t + 1 and 2 t^2, whose second differences are exact.
        norms = second_derivative_norms(decoder, line([0, 0], [2, 1], 11))
        assert norms[0].tolist() == pytest.approx([8, 0, 4])

    def test_each_curve_and_output_has_its_own_norm(self) -> None:
        lines = torch.cat([line([0, 0], [1, 2], 5), line([1, 1], [1, 4], 5)])
        norms = second_derivative_norms(lambda z: z**2, lines)
        # 2 (dz / dt)^2 for each latent: dz / dt is 1 and 2, then 0 and 3.
        torch.testing.assert_close(norms, torch.tensor([[2, 8], [0, 18]]).double())

    def test_a_wave(self) -> None:
        # The second derivative of sin(2 pi t) has root mean square (2 pi)^2 / sqrt(2).
        norms = second_derivative_norms(torch.sin, line([0], [2 * math.pi], 400))
        assert norms.item() == pytest.approx((2 * math.pi) ** 2 / math.sqrt(2), rel=2e-3)

    def test_the_kink_of_a_relu_grows_with_the_number_of_points(self) -> None:
        # relu(2 t - 1): one of T - 2 second differences is 2 / (T - 1), divided by 1 / (T - 1)^2.
        for points in (5, 9, 101):
            norms = second_derivative_norms(torch.relu, line([-1], [1], points))
            expected = 2 * (points - 1) / math.sqrt(points - 2)
            assert norms.item() == pytest.approx(expected)

    def test_few_points_per_pass(self, monkeypatch: pytest.MonkeyPatch) -> None:
        lines = straight_lines(*torch.rand(2, 5, 2).double(), 7)
        expected = second_derivative_norms(sphere, lines)
        monkeypatch.setattr(curves, "POINTS_PER_PASS", 15)
        torch.testing.assert_close(second_derivative_norms(sphere, lines), expected)

    def test_two_points_have_no_second_derivative(self) -> None:
        with pytest.raises(ValueError, match="at least 3 points per curve, not 2"):
            second_derivative_norms(polar, line([0, 0], [1, 1], 2))


class TestEquidistanceContour:
    def test_contours_of_an_isometry_are_circles(self) -> None:
        matrix, _ = torch.linalg.qr(torch.randn(5, 2, dtype=torch.float64))
        centre = torch.tensor([1.0, -2.0]).double()
        contours = equidistance_contour(
            lambda z: 3 * z @ matrix.T, centre, torch.tensor([1.0, 6.0]), reach=4
        )
        assert contours.shape == (2, 180, 2)
        radii = (contours - centre).norm(dim=2)
        torch.testing.assert_close(
            radii, torch.tensor([1 / 3, 2.0]).double()[:, None].expand(2, 180)
        )

    def test_contours_of_a_linear_decoder_are_ellipses_from_the_first_axis(self) -> None:
        # Decoding doubles lengths along z_1 and triples them along z_2.
        scales = torch.tensor([2.0, 3.0]).double()
        contours = equidistance_contour(
            lambda z: z * scales,
            torch.zeros(2).double(),
            torch.tensor([6.0]),
            reach=5,
            directions=4,
        )
        expected = torch.tensor([[3, 0], [0, 2], [-3, 0], [0, -2]]).double()
        torch.testing.assert_close(contours[0], expected)

    def test_polar_coordinates(self) -> None:
        # Along r the decoded length is the change of r; along phi at r = 2 it is 2 phi.
        contours = equidistance_contour(
            polar,
            torch.tensor([2.0, 0.5]).double(),
            torch.tensor([1.0]).double(),
            reach=1.5,
            directions=4,
        )
        expected = torch.tensor([[3, 0.5], [2, 1.0], [1, 0.5], [2, 0.0]]).double()
        torch.testing.assert_close(contours[0], expected, atol=1e-4, rtol=0)

    def test_sphere(self) -> None:
        # From the equator the decoded length is R times the angle, along meridian and equator.
        centre = torch.tensor([math.pi / 2, 1.0]).double()
        contours = equidistance_contour(
            sphere, centre, torch.tensor([0.8]).double(), reach=1, directions=4
        )
        angles = (contours[0] - centre).norm(dim=1)
        assert angles.tolist() == pytest.approx([0.8 / RADIUS] * 4, rel=1e-4)

    def test_rays_too_short_for_a_distance(self) -> None:
        # Four rays of length 1, decoded to 2 along z_1 and to 3 along z_2.
        scales = torch.tensor([2.0, 3.0])
        contours = equidistance_contour(
            lambda z: z * scales, torch.zeros(2), torch.tensor([1.0, 2.5]), reach=1, directions=4
        )
        assert contours[0].isfinite().all()
        assert contours[1].isnan().all(dim=1).tolist() == [True, False, True, False]
        assert contours[1, 1].tolist() == pytest.approx([0, 2.5 / 3], abs=1e-6)

    def test_a_ray_along_which_the_decoder_is_constant_at_first(self) -> None:
        # The decoder is constant below z_1 = 0, so the ray from -1 has length 0.5 at z_1 = 0.5.
        contours = equidistance_contour(
            lambda z: z[:, :1].relu(),
            torch.tensor([-1.0, 0.0]),
            torch.tensor([0.5]),
            reach=2,
            directions=2,
            points=201,
        )
        assert contours[0, 0].tolist() == pytest.approx([0.5, 0], abs=1e-5)
        assert contours[0, 1].isnan().all()

    def test_no_gradients_are_kept(self) -> None:
        network = torch.nn.Linear(2, 3)
        contours = equidistance_contour(network, torch.zeros(2), torch.ones(1), reach=1)
        assert not contours.requires_grad

    def test_only_a_plane_has_contours(self) -> None:
        with pytest.raises(ValueError, match=r"centre has shape \(3,\)"):
            equidistance_contour(polar, torch.zeros(3), torch.ones(1), reach=1)

    @pytest.mark.parametrize(("distance", "reach"), [(0.0, 1), (-1.0, 1), (1.0, 0)])
    def test_distances_and_reach_must_be_positive(self, distance: float, reach: float) -> None:
        with pytest.raises(ValueError, match="must be positive"):
            equidistance_contour(polar, torch.zeros(2), torch.tensor([distance]), reach=reach)
