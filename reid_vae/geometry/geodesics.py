"""Shortest curves under the decoder's metric: by search in a graph, then by a spline's descent.

The baseline of Table 1, to which a flat decoder's straight lines are held.
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
        path: (T, Nz), from exactly one given point to exactly the other.
        length: its Riemannian length (equation 7) along these points, in units of the decoder's
            output.
    """

    path: Tensor
    length: float


class LatentGraph:
    """Latent points joined to their neighbours (Chen et al. 2019, "Fast approximate geodesics").

    Nodes are uniform in a box. Each is joined to its nearest nodes in latent space, both ways, by
    straight edges as long as their Riemannian length. All edges are decoded once, here; a search
    decodes only those of its two ends.

    A path zigzags between random nodes, so it is longer than the geodesic even where the decoder is
    an isometry: a straight line is 0.974 ± 0.008 of it (100 pairs in a square, the defaults here),
    and 0.977 with four times the nodes. Nearer to 1 a ratio to the graph's lengths says nothing;
    :func:`refine` takes the zigzag out.

    Attributes:
        nodes: (count, Nz).
        tree: of the nodes, for their Euclidean neighbours.
        edges: (count, count) symmetric, Riemannian lengths. An edge of length zero is an edge.

    Args:
        decoder: f, (M, Nz) -> (M, ...).
        low: (Nz,), the box's lower corner; its type and device are the nodes'.
        high: (Nz,), the upper one.
        count: number of nodes.
        neighbours: of each node.
        seed: of the nodes.
        points: on each edge, ends included, between which its chords are taken.

    Raises:
        ValueError: the box is empty, there are no more nodes than neighbours, or the decoder's
            output is not finite.
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
        """The shortest path in the graph, with the two ends joined to it.

        Args:
            start: (Nz,). Outside the box its edges are longer and their lengths rougher.
            end: (Nz,), likewise.

        Returns:
            The path, with the points on its edges, and its length.

        Raises:
            ValueError: no path leads from one to the other, or the decoder's output is not finite.
        """
        departures, arrivals = self._nearest(start), self._nearest(end)
        count = len(departures)
        starts = torch.cat([start.expand(count, -1), self.nodes[arrivals], start[None]])
        ends = torch.cat([self.nodes[departures], end.expand(count, -1), end[None]])
        lengths = self._lengths(starts, ends)
        distances, previous = self._search(departures, lengths[:count])
        totals = distances[arrivals] + lengths[count : 2 * count]
        best = int(totals.argmin())
        # Ends as close as neighbours are have an edge of their own.
        reach = (self.nodes[departures] - start).norm(dim=1).max()
        if (end - start).norm() <= reach and lengths[-1] <= totals[best]:
            return Geodesic(self._polyline(torch.stack([start, end])), float(lengths[-1]))
        if not np.isfinite(totals[best]):
            raise ValueError(
                f"the graph has no path from {start.tolist()} to {end.tolist()}: it falls into "
                "parts, which more neighbours would join"
            )
        steps = [int(arrivals[best])]
        while (step := int(previous[steps[-1]])) < len(self.nodes):
            steps.append(step)
        vertices = torch.cat([start[None], self.nodes[steps[::-1]], end[None]])
        return Geodesic(self._polyline(vertices), float(totals[best]))

    def distances(self, start: Tensor) -> NDArray[np.float64]:
        """Length of the shortest path from a point (Nz,) to every node, (count,).

        Raises:
            ValueError: the decoder's output is not finite.
        """
        departures = self._nearest(start)
        starts = start.expand(len(departures), -1)
        distances, _ = self._search(departures, self._lengths(starts, self.nodes[departures]))
        return distances[: len(self.nodes)]

    def _join_neighbours(self) -> csr_array:
        count = len(self.nodes)
        # The nearest node of a node is itself.
        _, nearest = self.tree.query(self.nodes.cpu().numpy(), k=self._neighbours + 1)
        own = np.repeat(np.arange(count), self._neighbours)
        other = nearest[:, 1:].ravel()
        # Two nodes that are each other's neighbours have one edge.
        pairs = np.unique(np.stack([np.minimum(own, other), np.maximum(own, other)], 1), axis=0)
        lengths = self._lengths(self.nodes[pairs[:, 0]], self.nodes[pairs[:, 1]])
        both_ways = np.concatenate([pairs, pairs[:, ::-1]]).T
        return coo_array((np.tile(lengths, 2), tuple(both_ways)), shape=(count, count)).tocsr()

    def _search(
        self, departures: NDArray[np.int64], lengths: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
        """Dijkstra from a start joined to these nodes: each node's distance and predecessor.

        The start is one more row at the foot of the sparse matrix, which leaves the others as they
        are. Nobody needs to return to it, so the search is a directed one and it has no column.
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
        return dijkstra(with_start, indices=count, return_predecessors=True)

    def _nearest(self, point: Tensor) -> NDArray[np.int64]:
        """The nodes that an end is joined to."""
        _, nearest = self.tree.query(point.detach().cpu().numpy(), k=self._neighbours)
        return np.atleast_1d(nearest)

    @torch.no_grad()
    def _lengths(self, starts: Tensor, ends: Tensor) -> NDArray[np.float64]:
        """Riemannian lengths of straight edges, (M, Nz) both -> (M,)."""
        lines = straight_lines(starts, ends, self._points)
        lengths = riemannian_lengths(self._decoder, lines).cpu().double().numpy()
        if not np.isfinite(lengths).all():
            raise ValueError("the decoder's output is not finite everywhere")
        return lengths

    def _polyline(self, vertices: Tensor) -> Tensor:
        """The edges from vertex to vertex, (V, Nz), with the points on them."""
        lines = straight_lines(vertices[:-1], vertices[1:], self._points)
        return torch.cat([lines[:, :-1].flatten(0, 1), vertices[-1:]])


def refine(
    decoder: Decoder, path: Tensor, knots: int = 8, steps: int = 100, points: int = 200
) -> Geodesic:
    """A shorter curve between the same ends: descent from a path to a geodesic close by.

    The curve is a natural cubic spline through free knots between the two fixed ends, knots evenly
    spaced in t. Its points are a fixed linear map of its knots, so a gradient is one decoder pass
    and back. What L-BFGS minimises is the energy, the sum of squared decoded chords: unlike the
    length it also has a say in where on the curve the points lie, and its minimum is the shortest
    curve at constant speed.

    Args:
        decoder: f, differentiable. The gradients of its parameters are left alone.
        path: (T, Nz), T >= 2, to start from. Points so close together that their chords follow the
            decoded curve, as a :class:`LatentGraph`'s do.
        knots: free ones, at least 1.
        steps: of L-BFGS, at most.
        points: of the curve.

    Returns:
        The curve, (points, Nz), and its length, or the path itself if that is no longer.
    """
    path = path.detach()
    with torch.no_grad():
        given = Geodesic(path, float(riemannian_lengths(decoder, path[None])))
        start = _evenly_spaced(decoder, path, knots + 2)
    spline = _natural_spline(knots + 2, points).to(path)
    # Free of units, as the optimiser's tolerances are: knots move by multiples of the path's
    # length, and the energy is 1 for points evenly spaced along it.
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
    # Not so if the line search left for where the decoder is not finite.
    return Geodesic(refined, length) if length < given.length else given


def _evenly_spaced(decoder: Decoder, path: Tensor, count: int) -> Tensor:
    """(count, Nz) points of a path (T, Nz) at equal Riemannian distances along it."""
    steps = torch.stack([path[:-1], path[1:]], dim=1)
    travelled = riemannian_lengths(decoder, steps).double().cumsum(0).cpu().numpy()
    travelled = np.append(0, travelled)
    wanted = np.linspace(0, travelled[-1], count)
    coordinates = path.cpu().double().numpy().T
    spaced = np.stack([np.interp(wanted, travelled, values) for values in coordinates], axis=1)
    # Where the decoder stands still at either end the interpolation need not find the end itself.
    spaced = torch.from_numpy(spaced).to(path)
    return torch.cat([path[:1], spaced[1:-1], path[-1:]])


def _natural_spline(knots: int, points: int) -> Tensor:
    """(points, knots) float64: a natural cubic spline's values as a linear map of its knots."""
    spline = CubicSpline(np.linspace(0, 1, knots), np.eye(knots), bc_type="natural")
    values = spline(np.linspace(0, 1, points))
    # Exactly the knot at the end too, where the spline's polynomial is a rounding away from it.
    values[-1] = np.eye(knots)[-1]
    return torch.from_numpy(values)
