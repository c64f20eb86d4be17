"""Shortest paths on surfaces with known geodesics."""

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from scipy.sparse.csgraph import connected_components, floyd_warshall
from torch import Tensor, nn

from flatsort.reid_vae.geometry import curves
from flatsort.reid_vae.geometry.curves import latent_lengths, riemannian_lengths, straight_lines
from flatsort.reid_vae.geometry.geodesics import LatentGraph, refine
from flatsort.reid_vae.geometry.metric import Decoder
from tests.reid_vae.surfaces import chord, cylinder, great_circle, polar, sphere


def euclidean(start: Tensor, end: Tensor) -> float:
    return (start - end).norm().item()


def identity(z: Tensor) -> Tensor:
    return z


def constant(z: Tensor) -> Tensor:
    return torch.zeros_like(z)


def not_finite(z: Tensor) -> Tensor:
    return z / 0


LOW, HIGH = torch.tensor([0.3, 0.0]).double(), torch.tensor([2.0, 2.5]).double()

Distance = Callable[[Tensor, Tensor], float]
SURFACES = [(cylinder, euclidean), (polar, chord), (sphere, great_circle)]


def pairs(count: int = 8) -> Tensor:
    """Return random starts and ends in the box, (count, 2, 2)."""
    return LOW + torch.rand(count, 2, 2).double() * (HIGH - LOW)


def graph_of(decoder: Decoder, count: int = 2000, **settings: int) -> LatentGraph:
    return LatentGraph(decoder, LOW, HIGH, count=count, **settings)


class TestAgainstClosedForms:
    @pytest.mark.parametrize(("decoder", "distance"), SURFACES)
    def test_paths_in_a_graph_are_a_few_per_cent_too_long(
        self, decoder: Decoder, distance: Distance
    ) -> None:
        graph = graph_of(decoder)
        ratios = [graph.geodesic(*ends).length / distance(*ends) for ends in pairs()]
        assert min(ratios) > 1 - 1e-4
        assert max(ratios) < 1.15
        assert np.mean(ratios) < 1.06

    @pytest.mark.parametrize(("decoder", "distance"), SURFACES)
    def test_a_refined_path_is_the_geodesic(self, decoder: Decoder, distance: Distance) -> None:
        graph = graph_of(decoder)
        for ends in pairs(4):
            geodesic = refine(decoder, graph.geodesic(*ends).path)
            assert geodesic.length == pytest.approx(distance(*ends), rel=1e-3)

    def test_single_precision(self) -> None:
        graph = LatentGraph(sphere, LOW.float(), HIGH.float(), count=2000)
        start, end = pairs(1)[0].float()
        path = graph.geodesic(start, end)
        refined = refine(sphere, path.path)
        assert path.path.dtype == refined.path.dtype == torch.float32
        assert path.length == pytest.approx(great_circle(start, end), rel=0.15)
        assert refined.length == pytest.approx(great_circle(start, end), rel=1e-3)

    def test_a_linear_isometry_in_three_dimensions(self) -> None:
        matrix, _ = torch.linalg.qr(torch.randn(10, 3, dtype=torch.float64))
        low, high = -torch.ones(3).double(), torch.ones(3).double()
        graph = LatentGraph(lambda z: 4 * z @ matrix.T, low, high, count=2000)
        start, end = low * 0.7, high * 0.5
        path = graph.geodesic(start, end)
        assert path.length == pytest.approx(4 * latent_lengths(path.path[None]).item())
        assert path.length > 4 * euclidean(start, end)
        refined = refine(lambda z: 4 * z @ matrix.T, path.path)
        assert refined.length == pytest.approx(4 * euclidean(start, end), rel=1e-6)

    def test_the_path_round_a_mountain_is_found(self) -> None:
        # A mountain of height 3 and width 0.2 lies between the ends. The straight line over it is
        # longer than 6; the path round it is not much longer than 2.
        def mountain(z: Tensor) -> Tensor:
            height = 3 * torch.exp(-(z**2).sum(1) / (2 * 0.2**2))
            return torch.cat([z, height[:, None]], dim=1)

        side = torch.tensor([1.5, 1.5]).double()
        graph = LatentGraph(mountain, -side, side, count=2000)
        start, end = torch.tensor([[-1.0, 0.0], [1.0, 0.0]]).double()
        assert riemannian_lengths(mountain, straight_lines(start[None], end[None], 500)) > 6
        path = graph.geodesic(start, end)
        refined = refine(mountain, path.path)
        assert 2.1 < refined.length < path.length < 2.8
        assert refined.path.norm(dim=1).min() > 0.3


class TestPaths:
    def test_ends_are_exactly_the_given_points(self) -> None:
        graph = graph_of(sphere)
        for start, end in pairs(3):
            path = graph.geodesic(start, end).path
            for each in (path, refine(sphere, path).path):
                assert torch.equal(each[0], start)
                assert torch.equal(each[-1], end)

    def test_the_length_of_a_path_is_measured_along_its_points(self) -> None:
        graph = graph_of(sphere)
        for start, end in pairs():
            geodesic = graph.geodesic(start, end)
            measured = riemannian_lengths(sphere, geodesic.path[None]).item()
            assert geodesic.length == pytest.approx(measured)

    def test_both_directions_give_the_same_path(self) -> None:
        graph = graph_of(polar)
        for start, end in pairs():
            there, back = graph.geodesic(start, end), graph.geodesic(end, start)
            assert there.length == pytest.approx(back.length)
            torch.testing.assert_close(there.path, back.path.flip(0))

    def test_agrees_with_floyd_warshall_on_a_graph_with_the_ends_as_nodes(self) -> None:
        # The same graph with two more nodes for the ends, searched by another algorithm.
        graph = graph_of(polar, count=60, neighbours=5)
        for start, end in pairs():
            dense = np.full((62, 62), np.inf)
            edges = graph.edges.tocoo()
            dense[edges.coords] = edges.data
            for row, point in ((60, start), (61, end)):
                nearest = (graph.nodes - point).norm(dim=1).topk(5, largest=False).indices
                lines = straight_lines(point.expand(5, 2), graph.nodes[nearest], 4)
                dense[row, nearest] = dense[nearest, row] = riemannian_lengths(polar, lines)
            expected = floyd_warshall(np.where(np.isinf(dense), 0, dense))[60, 61]
            assert graph.geodesic(start, end).length == pytest.approx(expected)

    def test_ends_closer_than_neighbours_are_joined(self) -> None:
        start = torch.tensor([1.0, 1.0]).double()
        end = start + 1e-3
        geodesic = graph_of(identity).geodesic(start, end)
        assert geodesic.length == pytest.approx(1e-3 * math.sqrt(2))
        torch.testing.assert_close(geodesic.path, straight_lines(start[None], end[None], 4)[0])

    def test_from_a_point_to_itself(self) -> None:
        graph = graph_of(sphere)
        for point in (torch.ones(2).double(), graph.nodes[7]):
            assert graph.geodesic(point, point).length == 0

    def test_from_node_to_node(self) -> None:
        graph = graph_of(identity)
        geodesic = graph.geodesic(graph.nodes[0], graph.nodes[1])
        assert 1 <= geodesic.length / euclidean(*graph.nodes[:2]) < 1.2

    def test_a_constant_decoder(self) -> None:
        # Edges of length zero are still edges.
        graph = graph_of(constant)
        assert graph.edges.nnz > 12 * 2000
        assert graph.geodesic(*pairs(1)[0]).length == 0


class TestGraph:
    def test_nodes_fill_the_box(self) -> None:
        nodes = graph_of(identity).nodes
        assert nodes.shape == (2000, 2)
        assert ((nodes >= LOW) & (nodes <= HIGH)).all()
        # A uniform distribution has its mean in the middle and deviation width / sqrt(12).
        expected = (HIGH - LOW) / math.sqrt(12)
        torch.testing.assert_close(nodes.mean(0), (LOW + HIGH) / 2, atol=0.05, rtol=0)
        torch.testing.assert_close(nodes.std(0), expected, atol=0.02, rtol=0)

    def test_the_seed_determines_the_nodes(self) -> None:
        assert torch.equal(graph_of(identity, count=50).nodes, graph_of(identity, count=50).nodes)
        assert not torch.equal(
            graph_of(identity, count=50).nodes, graph_of(identity, count=50, seed=1).nodes
        )

    def test_nodes_are_joined_to_their_nearest(self) -> None:
        graph = graph_of(identity, count=40, neighbours=3)
        distances = torch.cdist(graph.nodes, graph.nodes)
        joined = torch.zeros(40, 40, dtype=torch.bool)
        nearest = distances.fill_diagonal_(torch.inf).topk(3, largest=False).indices
        joined.scatter_(1, nearest, value=True)
        # Edges in both directions, as long as the decoded segment.
        expected = torch.where(joined | joined.T, distances, 0)
        torch.testing.assert_close(torch.from_numpy(graph.edges.toarray()), expected)

    def test_edges_follow_the_surface(self) -> None:
        # Four points per edge give three chords, whose sum exceeds the single chord of two points.
        coarse, fine = graph_of(polar, count=20, points=2), graph_of(polar, count=20, points=4)
        assert (fine.edges.data > coarse.edges.data).all()

    def test_a_search_decodes_only_the_edges_of_its_ends(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        passes = []

        def decoder(z: Tensor) -> Tensor:
            assert not torch.is_grad_enabled()
            passes.append(len(z))
            return sphere(z)

        monkeypatch.setattr(curves, "POINTS_PER_PASS", 1000)
        graph = graph_of(decoder, count=500)
        # Four points per edge; the matrix stores each edge in both directions.
        assert sum(passes) == 4 * graph.edges.nnz // 2
        assert max(passes) <= 1000
        passes.clear()
        for ends in pairs(5):
            graph.geodesic(*ends)
        # Twelve edges per end, and the edge between the ends.
        assert passes == [4 * 25] * 5

    def test_no_path_between_separate_parts_of_a_graph(self) -> None:
        graph = graph_of(identity, count=50, neighbours=1)
        parts, part = connected_components(graph.edges)
        assert parts > 1
        there = int((part != part[0]).argmax())
        with pytest.raises(ValueError, match=r"no path from .* build it with more neighbours"):
            graph.geodesic(graph.nodes[0], graph.nodes[there])

    def test_a_decoder_that_is_not_finite(self) -> None:
        with pytest.raises(ValueError, match="not finite"):
            graph_of(not_finite, count=20)
        # A decoder that is not finite only outside the box fails at the edges of an end.
        graph = graph_of(lambda z: z.where(z < 3, torch.nan), count=20)
        with pytest.raises(ValueError, match="not finite"):
            graph.geodesic(LOW, HIGH + 1)

    def test_an_empty_box(self) -> None:
        with pytest.raises(ValueError, match=r"from \[0.0, 1.0\] to \[1.0, 1.0\] is empty"):
            LatentGraph(identity, torch.tensor([0.0, 1.0]), torch.tensor([1.0, 1.0]))

    def test_too_few_nodes(self) -> None:
        with pytest.raises(ValueError, match="12 nodes do not have 12 neighbours"):
            graph_of(identity, count=12)


class TestDistances:
    def test_distances_to_all_nodes_agree_with_single_searches(self) -> None:
        graph = LatentGraph(polar, LOW, HIGH, count=300)
        start = torch.tensor([1.0, 1.0]).double()
        distances = graph.distances(start)
        assert distances.shape == (300,)
        for node in (0, 100, 299):
            length = graph.geodesic(start, graph.nodes[node]).length
            assert length <= distances[node] + 1e-9
            assert distances[node] == pytest.approx(length, rel=0.1)

    def test_from_a_node_to_itself(self) -> None:
        graph = LatentGraph(polar, LOW, HIGH, count=300)
        assert graph.distances(graph.nodes[7])[7] == pytest.approx(0, abs=1e-9)


class TestRefine:
    def test_from_the_straight_line_in_polar_coordinates(self) -> None:
        # From (1, 0) to (1, 2) the geodesic is a straight line of length 2 sin 1 with its middle at
        # r = cos 1.
        start, end = torch.tensor([[1.0, 0.0], [1.0, 2.0]]).double()
        path = straight_lines(start[None], end[None], 100)[0]
        geodesic = refine(polar, path, points=201)
        assert geodesic.length == pytest.approx(2 * math.sin(1), rel=1e-4)
        assert geodesic.path[100].tolist() == pytest.approx([math.cos(1), 1], abs=1e-3)

    def test_points_are_at_equal_distances(self) -> None:
        # The minimum of the energy has constant speed; the straight line from radius 0.3 does not.
        path = straight_lines(*torch.tensor([[[0.3, 0.0]], [[2.0, 2.0]]]).double(), 100)[0]
        chords = polar(refine(polar, path, knots=16).path).diff(dim=0).norm(dim=1)
        assert chords.max() / chords.min() < 1.1

    def test_more_knots_come_closer(self) -> None:
        path = straight_lines(*torch.tensor([[[0.3, 0.0]], [[2.0, 2.5]]]).double(), 100)[0]
        lengths = [refine(polar, path, knots=knots).length for knots in (1, 3, 9)]
        assert lengths[0] > lengths[1] > lengths[2] > chord(path[0], path[-1])

    def test_never_longer_than_the_path(self) -> None:
        # A straight line in the plane is shortest already. A spline of one knot cannot follow it.
        start, end = polar(torch.tensor([[0.3, 0.0], [2.0, 2.5]]).double())
        x, y = straight_lines(start[None], end[None], 300)[0].unbind(1)
        path = torch.stack([torch.hypot(x, y), torch.atan2(y, x)], dim=1)
        geodesic = refine(polar, path, knots=1)
        assert torch.equal(geodesic.path, path)
        assert geodesic.length == pytest.approx((start - end).norm().item())

    def test_units_do_not_matter(self) -> None:
        path = straight_lines(*torch.tensor([[[0.3, 0.0]], [[2.0, 2.0]]]).double(), 100)[0]
        plain = refine(polar, path)
        scaled = refine(lambda z: 1e-6 * polar(z / 1e4), 1e4 * path)
        assert scaled.length == pytest.approx(1e-6 * plain.length, rel=1e-6)

    def test_a_path_of_no_length(self) -> None:
        path = straight_lines(torch.zeros(1, 2), torch.ones(1, 2), 5)[0]
        for decoder, each in ((constant, path), (identity, path[:1].expand(5, 2))):
            geodesic = refine(decoder, each)
            assert geodesic.length == 0
            assert torch.equal(geodesic.path, each)

    def test_a_network(self) -> None:
        network = nn.Sequential(nn.Linear(2, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU())
        path = graph_of(network.double(), count=500).geodesic(LOW, HIGH)
        # The descent works under no_grad and leaves the gradients of the parameters alone.
        with torch.no_grad():
            refined = refine(network, path.path)
        assert refined.length < path.length
        assert not refined.path.requires_grad
        assert all(parameter.grad is None for parameter in network.parameters())
