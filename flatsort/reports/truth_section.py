"""A result held against ground truth: who held whom, where it broke, and the score."""

from dataclasses import dataclass

import numpy as np

from flatsort.evaluation.switches.switches import Switch, find_switches
from flatsort.evaluation.tracks.accumulate import accumulate
from flatsort.evaluation.tracks.hota import hota_terms
from flatsort.evaluation.tracks.matching import Course, follow
from flatsort.evaluation.tracks.preprocessing import ScoredFrame, preprocess
from flatsort.evaluation.tracks.score import Score
from flatsort.files.mot_files import Rows
from flatsort.files.sequence import Layout
from flatsort.reports.track_timeline import Bar, stretches

_NO_COURSE = Course(np.empty(0, np.int64), np.empty(0, np.int64))


@dataclass(frozen=True)
class Person:
    """One person of the ground truth, as the tracker followed them.

    Attributes:
        identity: in the ground truth.
        present: stretches of frames in which the ground truth has them, ascending.
        held: stretches in which one track is on them; its identity is the track's.
        switches: changes of that identity, ascending.
        lost: interruptions: the stretches of their frames without a track, between two with one.
            Each is a fragment.
    """

    identity: int
    present: tuple[Bar, ...]
    held: tuple[Bar, ...]
    switches: tuple[Switch, ...]
    lost: tuple[Bar, ...]

    @property
    def frames(self) -> int:
        """In how many frames the ground truth has them."""
        return sum(bar.frames for bar in self.present)

    @property
    def followed(self) -> int:
        """In how many of them a track is on them."""
        return sum(bar.frames for bar in self.held)


@dataclass(frozen=True)
class Judgement:
    """What ground truth says of a result.

    Attributes:
        score: its figures; switches and fragments are those of `people`.
        people: in order of their first frames, then of their numbers.
        courses: ground-truth identity to the tracks that followed, of everyone ever followed.
    """

    score: Score
    people: tuple[Person, ...]
    courses: dict[int, Course]

    def changes(self) -> list[tuple[Person, Switch]]:
        """All switches, each with whom it is on, in order of their frames."""
        found = [(person, switch) for person in self.people for switch in person.switches]
        return sorted(found, key=lambda change: (change[1].frame, change[0].identity))


def judge(truth: Rows, results: Rows, length: int, layout: Layout) -> Judgement:
    """Hold a result against ground truth, by the benchmark's rules.

    Args:
        truth: all rows of the ground truth.
        results: all rows of the result.
        length: number of frames.
        layout: the benchmark whose rules apply.
    """
    frames = preprocess(truth, results, length, layout)
    courses = follow(frames)
    people = [
        _person(identity, present, courses.get(identity, _NO_COURSE))
        for identity, present in _presence(frames).items()
    ]
    people.sort(key=lambda person: (person.present[0].first, person.identity))
    score = Score(accumulate(frames), hota_terms(frames))
    return Judgement(score, tuple(people), courses)


def _presence(frames: list[ScoredFrame]) -> dict[int, np.ndarray]:
    """Ground-truth identity to the frames in which it is scored, ascending."""
    numbers = np.repeat(np.arange(1, len(frames) + 1), [len(f.truth_ids) for f in frames])
    ids = np.concatenate([frame.truth_ids for frame in frames])
    return {int(identity): numbers[ids == identity] for identity in np.unique(ids)}


def _person(identity: int, present: np.ndarray, course: Course) -> Person:
    return Person(
        identity=identity,
        present=stretches(present, np.full(len(present), identity)),
        held=stretches(course.frames, course.ids),
        switches=tuple(find_switches({"": course})) if len(course.frames) else (),
        lost=_interruptions(identity, present, course.frames),
    )


def _interruptions(identity: int, present: np.ndarray, followed: np.ndarray) -> tuple[Bar, ...]:
    """The runs of `present` frames that are not `followed`, but for one before and one after all.

    Frames in which the person is not present at all do not end a run, as in motmetrics.
    """
    missed = ~np.isin(present, followed)
    changes = np.flatnonzero(np.diff(missed.astype(np.int8), prepend=1, append=1))
    # Where missing begins and ends by turns; the first "end" begins the first stretch followed.
    begins, ends = changes[1:-1:2], changes[2::2]
    return tuple(
        Bar(int(present[begin]), int(present[end - 1]), identity)
        for begin, end in zip(begins, ends, strict=True)
    )
