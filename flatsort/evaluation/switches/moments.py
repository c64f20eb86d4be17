"""Moments at which one tracker changes a person's identity and another keeps it.

The ground truth says where each person is. Without ground truth, each tracker's tracks stand for
the people whom the other trackers follow. If a tracker changes identity along another tracker's
track, the two differ, but nothing says which of them is right.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from flatsort.evaluation.switches.switches import Switch, find_switches
from flatsort.evaluation.tracks.matching import Course, follow, match_frames
from flatsort.evaluation.tracks.preprocessing import preprocess
from flatsort.files.mot_files import Rows
from flatsort.files.sequence import Layout


@dataclass(frozen=True)
class Moment:
    """Switches on one person whose intervals overlap, for example during one occlusion.

    Attributes:
        person: the person's identity in the ground truth, or in the tracks of `reference`.
        reference: the tracker whose track stands for the person; None with ground truth.
        switches: at least one, by falling disagreement.
        people: the person's rows, in the order of the frames.
        courses: tracker -> the person's course, for every tracker that ever followed the person.
    """

    person: int
    reference: str | None
    switches: tuple[Switch, ...]
    people: Rows = field(repr=False, compare=False)
    courses: dict[str, Course] = field(repr=False, compare=False)

    @property
    def disagreement(self) -> int:
        """Sum of the disagreements of the switches, in frames."""
        return sum(switch.disagreement for switch in self.switches)

    @property
    def name(self) -> str:
        """The person as printed, with the reference tracker if there is one."""
        return str(self.person) if self.reference is None else f"{self.reference} {self.person}"


def moments_by_truth(
    ground_truth: Rows,
    results: dict[str, Rows],
    length: int,
    layout: Layout,
    advance: Callable[[], object] = lambda: None,
) -> list[Moment]:
    """Find all identity switches of all trackers; the score counts the same switches.

    Args:
        ground_truth: all rows of the ground truth.
        results: tracker -> all rows of its results.
        length: number of frames.
        layout: the benchmark whose rules apply.
        advance: called after each tracker, for a progress bar.

    Returns:
        The moments, by falling disagreement.
    """
    courses = {}
    for tracker, rows in results.items():
        courses[tracker] = _follow(ground_truth, rows, length, layout)
        advance()
    return _ranked(_moments(ground_truth, None, courses))


def moments_by_each_other(
    results: dict[str, Rows], length: int, advance: Callable[[], object] = lambda: None
) -> list[Moment]:
    """Find the switches that each tracker makes along another tracker's tracks.

    Args:
        results: tracker -> all rows of its results.
        length: number of frames.
        advance: called after each ordered pair of trackers; A along B and B along A are two pairs.

    Returns:
        The moments, by falling disagreement. A switch along the tracks of several trackers is
        reported once.
    """
    moments = []
    for reference, rows in results.items():
        # Confidence 1 flags every row; under MOT15's rules every flagged row is a person.
        people = replace(rows, confidences=np.ones(len(rows)))
        courses = {reference: _own_courses(rows)}
        for tracker, others in results.items():
            if tracker != reference:
                courses[tracker] = _follow(people, others, length, "MOT15")
                advance()
        moments += _moments(people, reference, courses)
    return _without_repeats(_ranked(moments))


def _follow(people: Rows, results: Rows, length: int, layout: Layout) -> dict[int, Course]:
    return follow(match_frames(preprocess(people, results, length, layout)))


def _own_courses(rows: Rows) -> dict[int, Course]:
    courses = {}
    for identity in np.unique(rows.ids):
        frames = np.sort(rows.frames[rows.ids == identity])
        courses[int(identity)] = Course(frames, np.full(len(frames), identity))
    return courses


def _moments(
    people: Rows, reference: str | None, courses: dict[str, dict[int, Course]]
) -> Iterable[Moment]:
    for person in sorted(set().union(*courses.values())):
        followed = {name: course[person] for name, course in courses.items() if person in course}
        index = np.flatnonzero(people.ids == person)
        rows = people.select(index[np.argsort(people.frames[index], kind="stable")])
        for group in _overlapping(find_switches(followed)):
            strongest_first = sorted(group, key=lambda switch: -switch.disagreement)
            yield Moment(person, reference, tuple(strongest_first), rows, followed)


def _overlapping(switches: list[Switch]) -> Iterable[list[Switch]]:
    """Group switches whose intervals from old to new identity share more than an end point."""
    group: list[Switch] = []
    end = 0
    for switch in switches:
        if group and switch.last >= end:
            yield group
            group = []
        end = max(end, switch.frame) if group else switch.frame
        group.append(switch)
    if group:
        yield group


def _ranked(moments: Iterable[Moment]) -> list[Moment]:
    return sorted(moments, key=lambda moment: (-moment.disagreement, moment.switches[0].frame))


def _without_repeats(moments: list[Moment]) -> list[Moment]:
    seen: list[Switch] = []
    kept = []
    for moment in moments:
        new = tuple(s for s in moment.switches if not any(_same(s, other) for other in seen))
        seen += new
        if new:
            kept.append(replace(moment, switches=new))
    return _ranked(kept)


def _same(a: Switch, b: Switch) -> bool:
    """Whether two switches are one change, seen along two tracks with slightly different frames."""
    named_alike = (a.tracker, a.old, a.new) == (b.tracker, b.old, b.new)
    return named_alike and a.last <= b.frame and b.last <= a.frame
