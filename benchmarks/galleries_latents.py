"""The latents of labelled boxes, from which benchmarks/galleries.py learns how people spread."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flatsort.descriptors import load_descriptor
from flatsort.evaluation.tracks.preprocessing import is_scored
from flatsort.files.atomic import atomic_path
from flatsort.files.mot_files import Rows, read_ground_truth
from flatsort.files.sequence import Sequence
from flatsort.images.track_picture import is_in_frame, shown_areas
from flatsort.retrieval.track_samples import choose_samples

DESCRIPTOR = "fmvae"
TRACK_FRAMES = 32
"""Frames after which a labelled person's boxes count as another track, about one second."""
BOXES_PER_TRACK = 16
"""Boxes per track, as `search index` takes by default."""


@dataclass(frozen=True)
class LabelledLatents:
    """The latents of N boxes of labelled people.

    Attributes:
        features: (N, D) float32.
        people: (N,) int64, the person of each box, ascending, numbered over all sequences.
        tracks: (N,) int64, the track of each box, ascending; a track shows one person.
    """

    features: NDArray[np.float32]
    people: NDArray[np.int64]
    tracks: NDArray[np.int64]


def read_latents(path: Path, sequences: list[Sequence]) -> LabelledLatents:
    """Return the latents of sequences, from a file of an earlier run if it is there.

    Args:
        path: the file, .npz; it is written if it is not there.
        sequences: sequences with frames and ground truth.

    Raises:
        InputError: frames or ground truth are missing.
    """
    if not path.is_file():
        found = _describe(sequences)
        with atomic_path(path) as temporary:
            np.savez(temporary, **vars(found))
    with np.load(path) as file:
        return LabelledLatents(**{name: file[name] for name in file.files})


def _describe(sequences: list[Sequence]) -> LabelledLatents:
    """Describe up to BOXES_PER_TRACK boxes of each track of each sequence."""
    features, people, tracks = [], [], []
    for sequence in sequences:
        truth = read_ground_truth(sequence.ground_truth_path, sequence.length, sequence.layout)
        scored = truth.select(is_scored(truth, sequence.layout))
        rows, described = _describe_sequence(sequence, scored)
        features.append(described)
        pairs = np.column_stack([rows.ids, (rows.frames - 1) // TRACK_FRAMES])
        for labels, columns in ((people, pairs[:, :1]), (tracks, pairs)):
            first = labels[-1].max() + 1 if labels else 0
            labels.append(first + np.unique(columns, axis=0, return_inverse=True)[1].ravel())
    return LabelledLatents(np.concatenate(features), np.concatenate(people), np.concatenate(tracks))


def _describe_sequence(sequence: Sequence, rows: Rows) -> tuple[Rows, NDArray[np.float32]]:
    """Return the chosen boxes, by person and frame, and their latents."""
    describe = load_descriptor(DESCRIPTOR, sequence)
    pieces = rows.ids * (sequence.length // TRACK_FRAMES + 1) + (rows.frames - 1) // TRACK_FRAMES
    image = sequence.read_frame(1)
    areas = shown_areas(rows.frames, rows.boxes_tlwh, image.shape[1::-1])
    as_tracks = Rows(**(vars(rows) | {"ids": pieces}))
    chosen = rows.select(choose_samples(as_tracks, areas, BOXES_PER_TRACK))
    inside = is_in_frame(image, chosen.boxes_tlwh)
    chosen = chosen.select(inside)
    features = None
    for number in np.unique(chosen.frames).tolist():
        here = np.flatnonzero(chosen.frames == number)
        describe.start_frame(number)
        boxes_tlwh = chosen.boxes_tlwh[here].astype(np.float32)
        found = describe(sequence.read_frame(number), boxes_tlwh)
        if features is None:
            features = np.empty((len(chosen), found.shape[1]), np.float32)
        features[here] = found
    return chosen, features
