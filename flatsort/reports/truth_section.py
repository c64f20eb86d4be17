"""Compare a result with ground truth: the score, and each person's tracks and their breaks."""

from dataclasses import dataclass

import numpy as np

from flatsort.evaluation.switches.switches import Switch, find_switches
from flatsort.evaluation.tracks.matching import Course, follow, match_frames
from flatsort.evaluation.tracks.preprocessing import ScoredFrame, preprocess
from flatsort.evaluation.tracks.score import Score, score_matches
from flatsort.files.mot_files import Rows
from flatsort.files.sequence import Layout
from flatsort.reports.track_timeline import Bar, stretches

_NO_COURSE = Course(np.empty(0, np.int64), np.empty(0, np.int64))


@dataclass(frozen=True)
class Person:
    """One person of the ground truth, and the tracks that followed the person.

    Attributes:
        identity: identity in the ground truth.
        present: stretches of frames in which the ground truth has the person, ascending.
        held: stretches in which one track follows the person, with the identity of this track.
        switches: changes of the track on the person, ascending.
        lost: fragments: stretches in which the person is present without a track, between two
            stretches with a track.
    """

    identity: int
    present: tuple[Bar, ...]
    held: tuple[Bar, ...]
    switches: tuple[Switch, ...]
    lost: tuple[Bar, ...]

    @property
    def frames(self) -> int:
        """Number of frames in which the ground truth has the person."""
        return sum(bar.frames for bar in self.present)

    @property
    def followed(self) -> int:
        """Number of frames in which a track follows the person."""
        return sum(bar.frames for bar in self.held)


@dataclass(frozen=True)
class Judgement:
    """A result compared with ground truth.

    Attributes:
        score: the score, which counts the switches and fragments of `people`.
        people: the people of the ground truth, by first frame, then by identity.
        courses: identity of a person -> course, for every person whom a track ever followed.
    """

    score: Score
    people: tuple[Person, ...]
    courses: dict[int, Course]

    def changes(self) -> list[tuple[Person, Switch]]:
        """Return all switches with their people, in order of frames."""
        found = [(person, switch) for person in self.people for switch in person.switches]
        return sorted(found, key=lambda change: (change[1].frame, change[0].identity))


def judge(truth: Rows, results: Rows, length: int, layout: Layout, every: int = 1) -> Judgement:
    """Compare a result with ground truth by the rules of the benchmark.

    Args:
        truth: all rows of the ground truth.
        results: all rows of the result.
        length: number of frames.
        layout: the benchmark whose rules apply.
        every: distance between the numbers of two tracked frames.
    """
    frames = preprocess(truth, results, length, layout)
    matched = match_frames(frames)
    courses = follow(matched)
    people = [
        _person(identity, present, courses.get(identity, _NO_COURSE), every)
        for identity, present in _presence(frames).items()
    ]
    people.sort(key=lambda person: (person.present[0].first, person.identity))
    return Judgement(score_matches(frames, matched), tuple(people), courses)


def _presence(frames: list[ScoredFrame]) -> dict[int, np.ndarray]:
    """Return the frames in which each ground-truth identity is scored, ascending."""
    numbers = np.repeat(np.arange(1, len(frames) + 1), [len(f.truth_ids) for f in frames])
    ids = np.concatenate([frame.truth_ids for frame in frames])
    return {int(identity): numbers[ids == identity] for identity in np.unique(ids)}


def _person(identity: int, present: np.ndarray, course: Course, every: int) -> Person:
    """Make a person from the frames with the person and the course of the tracks on the person."""
    return Person(
        identity=identity,
        present=stretches(present, np.full(len(present), identity), every),
        held=stretches(course.frames, course.ids, every),
        switches=tuple(find_switches({"": course})) if len(course.frames) else (),
        lost=_interruptions(identity, present, course.frames),
    )


def _interruptions(identity: int, present: np.ndarray, followed: np.ndarray) -> tuple[Bar, ...]:
    """Return the runs of frames with the person but no track, between two runs with a track.

    Frames without the person do not end a run, as in motmetrics.

    Args:
        identity: the person.
        present: frames with the person, ascending.
        followed: frames with a track on the person.
    """
    missed = ~np.isin(present, followed)
    changes = np.flatnonzero(np.diff(missed.astype(np.int8), prepend=1, append=1))
    # Changes alternate: a followed run begins, then a missed run, and so on. The missed runs before
    # the first followed run and after the last followed run are not fragments.
    begins, ends = changes[1:-1:2], changes[2::2]
    return tuple(
        Bar(int(present[begin]), int(present[end - 1]), identity)
        for begin, end in zip(begins, ends, strict=True)
    )
