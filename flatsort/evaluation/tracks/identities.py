"""How pure the tracks are and how whole the people's courses are: the two halves of an identity."""

from dataclasses import astuple, dataclass

import numpy as np

from flatsort.evaluation.tracks.matching import Course

LEAST_BOXES = 10
"""Smallest number of matched boxes of a track that is counted as mixed or not: a third of a second
at 30 frames per second. Shorter tracks are mostly of one person, and would hide the mixed ones."""
LEAST_SHARE = 0.9
"""Share of a track's matched boxes below which its main person does not own the track."""


@dataclass(frozen=True)
class Identities:
    """Counts of right identities in one sequence; `+` combines sequences.

    A track is all result boxes of one identity. Its main person has the most of its matched boxes;
    a person's main track has the most of the person's matched boxes.

    Attributes:
        matches: matched boxes, including those at a switch.
        of_main_person: matched boxes that belong to their track's main person.
        in_main_track: matched boxes that lie in their person's main track.
        tracks: tracks with at least `LEAST_BOXES` matched boxes.
        mixed: those of these tracks whose main person has less than `LEAST_SHARE` of the
            matched boxes.
    """

    matches: int = 0
    of_main_person: int = 0
    in_main_track: int = 0
    tracks: int = 0
    mixed: int = 0

    def __add__(self, other: "Identities") -> "Identities":
        return Identities(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))

    @property
    def purity(self) -> float:
        """Percentage of the matched boxes that belong to their track's main person."""
        return _percent(self.of_main_person, self.matches)

    @property
    def continuity(self) -> float:
        """Percentage of the matched boxes that lie in their person's main track."""
        return _percent(self.in_main_track, self.matches)


def count_identities(courses: dict[int, Course]) -> Identities:
    """Count how many boxes of one sequence have their track's person, and their person's track.

    Args:
        courses: ground-truth identity -> course, from
            :func:`flatsort.evaluation.tracks.matching.follow`.
    """
    if not courses:
        return Identities()
    tracks, columns = np.unique(
        np.concatenate([course.ids for course in courses.values()]), return_inverse=True
    )
    rows = np.repeat(np.arange(len(courses)), [len(course.ids) for course in courses.values()])
    boxes = np.zeros((len(courses), len(tracks)), np.int64)
    np.add.at(boxes, (rows, columns), 1)
    sizes, main = boxes.sum(axis=0), boxes.max(axis=0)
    long = sizes >= LEAST_BOXES
    return Identities(
        matches=int(sizes.sum()),
        of_main_person=int(main.sum()),
        in_main_track=int(boxes.max(axis=1).sum()),
        tracks=int(long.sum()),
        mixed=int((main < LEAST_SHARE * sizes)[long].sum()),
    )


def _percent(part: int, whole: int) -> float:
    return 100.0 * part / whole if whole else 0.0
