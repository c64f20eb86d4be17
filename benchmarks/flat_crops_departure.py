"""How far the middle of a straight latent line is from the data, beside its ends."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from benchmarks.flat_crops_crops import ChosenCrops
from benchmarks.flat_crops_measures import DIRECTIONS, Lines
from flatsort.reid_vae.geometry.principal import fit_principal_subspace


def departures(
    lines: Lines,
    decoded: Tensor,
    real: Tensor,
    chosen: ChosenCrops,
    directions: int = DIRECTIONS,
) -> dict[str, NDArray[np.float64]]:
    """Measure the midpoints of the lines between two people.

    Args:
        lines: the lines from the queries to all crops.
        decoded: (M, Nx), the decoded crops, which are the ends of the lines.
        real: (K, Nx), the data.
        chosen: the people of crops and data.
        directions: directions of the principal subspace, fewer where the data are few.

    Returns:
        "subspace" and "nearest crop" -> (Q,): the distance of the decoded midpoints to the
        principal subspace of the data, and to the nearest crop that shows a third person, over
        the same distance of the decoded ends. 1 says that a midpoint is as far away as the ends.
    """
    most = min(len(real) - 1, real.shape[1])
    plane = fit_principal_subspace(real, min(directions, most))

    def to_plane(points: Tensor) -> Tensor:
        return (points.double() - plane.reconstruct(points)).norm(dim=1)

    real_people = torch.from_numpy(chosen.real_people)
    people = torch.from_numpy(chosen.people)
    ends_to_plane, ends_to_real = to_plane(decoded), torch.cdist(decoded, real)
    subspace, nearest = [], []
    for number, query in enumerate(chosen.queries.tolist()):
        others = torch.nonzero(people != people[query])[:, 0]
        middles = torch.from_numpy(lines.midpoints[number])[others]
        both = ends_to_plane[others].mean() + ends_to_plane[query]
        subspace.append((2 * to_plane(middles).mean() / both).item())
        # (others, K): a picture of either end's person would lie near that end.
        third = (real_people != people[query]) & (real_people != people[others, None])
        far = torch.where(third, 0.0, torch.inf)
        near_middle, near_start, near_end = (
            (distances + far).amin(1)
            for distances in (torch.cdist(middles, real), ends_to_real[query], ends_to_real[others])
        )
        nearest.append((2 * near_middle.mean() / (near_start + near_end).mean()).item())
    return {"subspace": np.array(subspace), "nearest crop": np.array(nearest)}
