"""Shortest curves under the decoder's metric: a graph search, then the descent of a spline.

Table 1 compares the straight lines of a flat decoder with these curves.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree
from torch import Tensor

from .curves import latent_lengths, riemannian_lengths, straight_lines
from .metric import Decoder


@dataclass(frozen=True)
class Geodesic:
    """An approximate geodesic.

    Attributes:
        path: (T, Nz); the first and last point are exactly the given ones.
        length: Riemannian length (equation 7) along these points, in units of the decoder's output.
    """

    path: Tensor
    length: float


class LatentGraph:
    """A graph of latent points and neighbours (Chen et al. 2019, "Fast approximate geodesics").

    Nodes are distributed uniformly in a box. Straight edges join each node to its nearest nodes in
    latent space, in both directions. The weight of an edge is its Riemannian length. The
    constructor decodes all edges once; a search decodes only the edges of its two ends.

    A path zigzags between random nodes, so it is longer than the geodesic even if the decoder is an
    isometry. A straight line then has 0.974 ± 0.008 of the path's length (100 pairs in a square,
    default arguments), and 0.977 with four times as many nodes. Ratios closer to 1 than that carry
    no information; :func:`refine` removes the zigzag.

    Attributes:
        nodes: (count, Nz).
        tree: k-d tree of the nodes, which finds their Euclidean neighbours.
        edges: (count, count), sparse and symmetric, Riemannian lengths. A stored 0 is an edge too.

    Args:
        decoder: f, (M, Nz) -> (M, ...).
        low: (Nz,), lower corner of the box; the nodes take its type and device.
        high: (Nz,), upper corner of the box.
        count: number of nodes.
        neighbours: number of nearest nodes to which each node is joined.
        seed: seed of the nodes' positions.
        points: number of points per edge, ends included; chords between them give its length.

    Raises:
        ValueError: the box is empty, the number of nodes does not exceed ``neighbours``, or the
            decoder's output is not finite.
    """

    def __init__(
        self,
        decoder: Decoder,
        low: Tensor,
        high: Tensor,
        *,
        count: int = 14_400,
        neighbours: int = 12,
        seed: int = 0,
        points: int = 4,
    ) -> None:
        if not (high > low).all():
            raise ValueError(f"the box from {low.tolist()} to {high.tolist()} is empty")
        if count <= neighbours:
            raise ValueError(f"{count} nodes do not have {neighbours} neighbours each")
        self._decoder = decoder
        self._neighbours = neighbours
        self._points = points
        generator = torch.Generator().manual_seed(seed)
        uniform = torch.rand(count, len(low), generator=generator, dtype=low.dtype)
        self.nodes = low + uniform.to(low.device) * (high - low)
        self.tree = cKDTree(self.nodes.cpu().numpy())
        self.edges = self._join_neighbours()

    def geodesic(self, start: Tensor, end: Tensor) -> Geodesic:
        """Return the shortest path between two points, after joining both to the graph.

        Args:
            start: (Nz,). Edges to a point outside the box are longer and their lengths less exact.
            end: (Nz,), as for ``start``.

        Returns:
            The path, with the points on its edges, and its length.

        Raises:
            ValueError: no path joins the two points, or the decoder's output is not finite.
        """
        departures, arrivals = self._nearest(start), self._nearest(end)
        count = len(departures)
        starts = torch.cat([start.expand(count, -1), self.nodes[arrivals], start[None]])
        ends = torch.cat([self.nodes[departures], end.expand(count, -1), end[None]])
        lengths = self._lengths(starts, ends)
        distances, previous = self._search(departures, lengths[:count])
        totals = distances[arrivals] + lengths[count : 2 * count]
        best = int(totals.argmin())
        # If the ends are as close as neighbours, one edge joins them directly.
        reach = (self.nodes[departures] - start).norm(dim=1).max()
        if (end - start).norm() <= reach and lengths[-1] <= totals[best]:
            return Geodesic(self._polyline(torch.stack([start, end])), float(lengths[-1]))
        if not np.isfinite(totals[best]):
            raise ValueError(
                f"the graph has no path from {start.tolist()} to {end.tolist()}: it consists of "
                "separate parts; build it with more neighbours"
            )
        steps = [int(arrivals[best])]
        while (step := int(previous[steps[-1]])) < len(self.nodes):
            steps.append(step)
        vertices = torch.cat([start[None], self.nodes[steps[::-1]], end[None]])
        return Geodesic(self._polyline(vertices), float(totals[best]))

    def distances(self, start: Tensor) -> NDArray[np.float64]:
        """Return the lengths of the shortest paths from a point (Nz,) to all nodes, (count,).

        Raises:
            ValueError: the decoder's output is not finite.
        """
        departures = self._nearest(start)
        starts = start.expand(len(departures), -1)
        distances, _ = self._search(departures, self._lengths(starts, self.nodes[departures]))
        return distances[: len(self.nodes)]

    def _join_neighbours(self) -> csr_array:
        count = len(self.nodes)
        # The nearest node of each node is the node itself.
        _, nearest = self.tree.query(self.nodes.cpu().numpy(), k=self._neighbours + 1)
        own = np.repeat(np.arange(count), self._neighbours)
        other = nearest[:, 1:].ravel()
        # Two nodes that are neighbours of each other have one edge.
        pairs = np.unique(np.stack([np.minimum(own, other), np.maximum(own, other)], 1), axis=0)
        lengths = self._lengths(self.nodes[pairs[:, 0]], self.nodes[pairs[:, 1]])
        both_ways = np.concatenate([pairs, pairs[:, ::-1]]).T
        return coo_array((np.tile(lengths, 2), tuple(both_ways)), shape=(count, count)).tocsr()

    def _search(
        self, departures: NDArray[np.int64], lengths: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
        """Run Dijkstra from a start joined to these nodes; return distances and predecessors.

        The start becomes one more row at the bottom of the sparse matrix; the other rows do not
        change. No path returns to the start, so the search is directed and the start's column is
        empty.
        """
        edges, count = self.edges, len(self.nodes)
        with_start = csr_array(
            (
                np.concatenate([edges.data, lengths]),
                np.concatenate([edges.indices, departures.astype(edges.indices.dtype)]),
                np.append(edges.indptr, edges.nnz + len(lengths)).astype(edges.indptr.dtype),
            ),
            shape=(count + 1, count + 1),
        )
        distances, predecessors = dijkstra(with_start, indices=count, return_predecessors=True)
        return distances, predecessors

    def _nearest(self, point: Tensor) -> NDArray[np.int64]:
        """Return the nodes to which an end point is joined."""
        _, nearest = self.tree.query(point.detach().cpu().numpy(), k=self._neighbours)
        return np.atleast_1d(nearest)

    @torch.no_grad()
    def _lengths(self, starts: Tensor, ends: Tensor) -> NDArray[np.float64]:
        """Return the Riemannian lengths (M,) of straight edges between points, both (M, Nz)."""
        lines = straight_lines(starts, ends, self._points)
        lengths = riemannian_lengths(self._decoder, lines).cpu().double().numpy()
        if not np.isfinite(lengths).all():
            raise ValueError("the decoder's output is not finite everywhere")
        return lengths

    def _polyline(self, vertices: Tensor) -> Tensor:
        """Return the points on the edges that join successive vertices (V, Nz)."""
        lines = straight_lines(vertices[:-1], vertices[1:], self._points)
        return torch.cat([lines[:, :-1].flatten(0, 1), vertices[-1:]])


def refine(
    decoder: Decoder, path: Tensor, knots: int = 8, steps: int = 100, points: int = 200
) -> Geodesic:
    """Shorten a path between fixed ends: descend from it to a nearby geodesic.

    The curve is a natural cubic spline through the two fixed ends and free knots between them,
    evenly spaced in t. Its points are a fixed linear map of its knots, so a gradient takes one
    forward and one backward pass through the decoder. L-BFGS minimises the energy, the sum of
    squared decoded chords. Unlike the length, the energy also depends on the spacing of the points,
    and its minimum is the shortest curve at constant speed.

    Args:
        decoder: f, differentiable. The call leaves its parameters' gradients unchanged.
        path: (T, Nz), T >= 2, the start of the descent. Its points must be so close together that
            their chords follow the decoded curve, as in a path of :class:`LatentGraph`.
        knots: number of free knots, at least 1.
        steps: largest number of L-BFGS iterations.
        points: number of points on the curve.

    Returns:
        The curve (points, Nz) and its length, or the given path if the curve is not shorter.
    """
    path = path.detach()
    with torch.no_grad():
        given = Geodesic(path, float(riemannian_lengths(decoder, path[None])))
        start = _evenly_spaced(decoder, path, knots + 2)
    spline = _natural_spline(knots + 2, points).to(path)
    # The optimiser's tolerances have no units, so the problem must have none: knots move by
    # multiples of the path's length, and the energy of points evenly spaced along the path is 1.
    scale = latent_lengths(path[None])
    energy_scale = given.length**2 / (points - 1)
    if energy_scale == 0:
        return given
    moves = torch.zeros_like(start[1:-1], requires_grad=True)

    def curve() -> Tensor:
        return spline @ torch.cat([start[:1], start[1:-1] + scale * moves, start[-1:]])

    def energy() -> Tensor:
        decoded = decoder(curve()).flatten(1)
        value = decoded.diff(dim=0).square().sum() / energy_scale
        (moves.grad,) = torch.autograd.grad(value, moves)
        return value.detach()

    optimiser = torch.optim.LBFGS([moves], max_iter=steps, line_search_fn="strong_wolfe")
    optimiser.step(energy)
    with torch.no_grad():
        refined = curve()
        length = float(riemannian_lengths(decoder, refined[None]))
    # The comparison is false if the line search ended where the decoder is not finite.
    return Geodesic(refined, length) if length < given.length else given


def _evenly_spaced(decoder: Decoder, path: Tensor, count: int) -> Tensor:
    """Return points (count, Nz) at equal Riemannian distances along a path (T, Nz)."""
    steps = torch.stack([path[:-1], path[1:]], dim=1)
    travelled = riemannian_lengths(decoder, steps).double().cumsum(0).cpu().numpy()
    travelled = np.append(0, travelled)
    wanted = np.linspace(0, travelled[-1], count)
    coordinates = path.cpu().double().numpy().T
    spaced = np.stack([np.interp(wanted, travelled, values) for values in coordinates], axis=1)
    # Where the decoded path does not move at an end, the interpolation may miss that end point.
    inner = torch.from_numpy(spaced[1:-1]).to(path)
    return torch.cat([path[:1], inner, path[-1:]])


def _natural_spline(knots: int, points: int) -> Tensor:
    """Return (points, knots) float64, the linear map from knots to points of a natural spline."""
    spline = CubicSpline(np.linspace(0, 1, knots), np.eye(knots), bc_type="natural")
    values = spline(np.linspace(0, 1, points))
    # The spline's polynomial misses the last knot by a rounding error.
    values[-1] = np.eye(knots)[-1]
    return torch.from_numpy(values)
