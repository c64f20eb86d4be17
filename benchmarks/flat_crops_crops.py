"""The crops of a footage among which neighbours are sought, and their pictures."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from benchmarks.flat_linking_footage import LinkableFootage, spread
from flatsort.images.crops import cut_crops
from flatsort.reid_vae.model.vhpvae import VHPVAE

_PER_TRACKLET = 4
"""Crops per tracklet that stand for the data."""


@dataclass(frozen=True)
class ChosenCrops:
    """Crops of labelled people.

    Attributes:
        rows: (M,) rows of the footage's tracks, one per tracklet, so that no two crops show one
            person at nearly the same time.
        queries: (Q,) numbers among the M crops, spread evenly.
        people: (M,) the person of each crop.
        real_rows: (K,) rows of the crops that stand for the data, some per tracklet.
        real_people: (K,) the person of each of them.
    """

    rows: NDArray[np.intp]
    queries: NDArray[np.intp]
    people: NDArray[np.int64]
    real_rows: NDArray[np.intp]
    real_people: NDArray[np.int64]


def choose(footage: LinkableFootage, queries: int, most: int) -> ChosenCrops:
    """Choose crops, at most ``most``, and at most ``queries`` of them as queries."""
    known = [rows[footage.people[rows] >= 0] for rows in footage.crops]
    known = [rows for rows in known if len(rows)]
    middles = np.array([rows[len(rows) // 2] for rows in known])
    rows = middles[spread(len(middles), most)]
    real = np.concatenate([each[spread(len(each), _PER_TRACKLET)] for each in known])
    return ChosenCrops(
        rows=rows,
        queries=spread(len(rows), queries),
        people=footage.people[rows],
        real_rows=real,
        real_people=footage.people[real],
    )


def cut_images(footage: LinkableFootage, rows: NDArray[np.intp], size: int) -> Tensor:
    """Return the crops (N, 3, size, size) of rows, RGB in [0, 1]."""
    images = np.empty((len(rows), size, size, 3), np.uint8)
    frames = footage.tracks.frames[rows]
    for number in np.unique(frames).tolist():
        here = np.flatnonzero(frames == number)
        boxes_tlwh = footage.tracks.boxes_tlwh[rows[here]].astype(np.float32)
        images[here] = cut_crops(footage.sequence.read_frame(number), boxes_tlwh, size, size)
    return torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255


@torch.no_grad()
def data_of(model: VHPVAE, images: Tensor) -> Tensor:
    """Return crops (N, 3, H, W) as the data (N, Nx) that the decoder reconstructs."""
    return model.data(model.observation.pictures(images))
