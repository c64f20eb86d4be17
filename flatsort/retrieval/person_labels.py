"""Label the boxes and tracks of an index with the people of the ground truth."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flatsort.errors import InputError
from flatsort.evaluation.tracks.matching import follow, match_frames
from flatsort.evaluation.tracks.preprocessing import preprocess
from flatsort.files.mot_files import Rows, read_ground_truth
from flatsort.files.sequence import Sequence, open_sequence
from flatsort.retrieval.track_index import TrackIndex

NOBODY = -1
"""Label of a box or a track that shows no labelled person."""


def label_samples(index: TrackIndex) -> NDArray[np.int64]:
    """Match the samples of an index with ground truth, by the rules of the scores.

    Only the samples are matched, not all boxes of the results. A box that is not in the index may
    be nearer to a person than the matched sample.

    Returns:
        (N,) person of each sample; NOBODY if it matches no person or its source has no ground
        truth. People of different sequences have different labels.

    Raises:
        InputError: ground truth cannot be read, or two sources have the same footage, so that their
            tracks would show the same boxes and find each other.
    """
    footage = [source.footage for source in index.sources]
    for place, source in enumerate(index.sources):
        if source.footage in footage[:place]:
            other = index.sources[footage.index(source.footage)]
            raise InputError(
                f"{other.results} and {source.results} are both results of {source.footage}: for "
                "an evaluation, index the results of one tracker only"
            )
    people = np.full(len(index.owners), NOBODY)
    for place, source in enumerate(index.sources):
        if (Path(source.footage) / "seqinfo.ini").is_file():
            sequence = open_sequence(source.footage)
            if sequence.has_ground_truth:
                rows = np.flatnonzero(index.track_sources[index.owners] == place)
                found = _match(index, rows, sequence)
                people[rows] = np.where(found == NOBODY, NOBODY, found + people.max() + 1)
    return people


def main_person(people: NDArray[np.int64]) -> int:
    """Return the person whom at least half of a track's boxes show, or NOBODY.

    Args:
        people: (S,) labels of the boxes.
    """
    known, counts = np.unique(people[people != NOBODY], return_counts=True)
    if len(known) == 0 or 2 * counts.max() < len(people):
        return NOBODY
    return int(known[counts.argmax()])


def _match(index: TrackIndex, samples: NDArray[np.int64], sequence: Sequence) -> NDArray[np.int64]:
    """Return the ground-truth identities (S,) of the samples (S,) of one sequence, or NOBODY."""
    truth = read_ground_truth(sequence.ground_truth_path, sequence.length, sequence.layout)
    count = len(samples)
    results = Rows(
        frames=index.frames[samples],
        ids=index.track_ids[index.owners[samples]],
        boxes_tlwh=index.boxes_tlwh[samples].astype(np.float64),
        confidences=np.ones(count),
        classes=np.full(count, -1, np.int64),
        visibilities=np.full(count, -1.0),
        path=sequence.folder,
    )
    frames = preprocess(truth, results, sequence.length, sequence.layout)
    matched = {
        place: person
        for person, course in follow(match_frames(frames)).items()
        for place in zip(course.frames.tolist(), course.ids.tolist(), strict=True)
    }
    places = zip(results.frames.tolist(), results.ids.tolist(), strict=True)
    return np.array([matched.get(place, NOBODY) for place in places], np.int64)
