"""Identity switches on one person, and the trackers that keep their identity meanwhile."""

from dataclasses import dataclass, replace

import numpy as np

from flatsort.evaluation.tracks.matching import Course


@dataclass(frozen=True)
class Keeper:
    """A tracker that keeps its identity on a person while another tracker switches.

    Attributes:
        tracker: name of the tracker.
        identity: the identity that it keeps.
        frames: number of frames in which the two trackers differ: the smaller of two counts. They
            are the frames in which the keeper follows the person with this identity during the old
            run of the switch, and during its new run.
    """

    tracker: str
    identity: int
    frames: int


@dataclass(frozen=True)
class Switch:
    """A change of the identity with which a tracker follows a person.

    Attributes:
        tracker: name of the tracker that switches.
        old: the identity that follows the person from frame `since` to frame `last`.
        new: the identity that follows the person from frame `frame` to frame `until`.
        since: first frame of the old identity's run.
        last: last frame of the old identity's run.
        frame: first frame of the new identity's run.
        until: last frame of the new identity's run.
        keepers: the trackers that keep their identity through this switch.
    """

    tracker: str
    old: int
    new: int
    since: int
    last: int
    frame: int
    until: int
    keepers: tuple[Keeper, ...] = ()

    @property
    def disagreement(self) -> int:
        """Number of frames in which this tracker differs from its keepers, summed over them."""
        return sum(keeper.frames for keeper in self.keepers)


def find_switches(courses: dict[str, Course]) -> list[Switch]:
    """Find all switches on one person, in the order of their intervals.

    Args:
        courses: tracker -> its course on the person.
    """
    switches = []
    for tracker, course in courses.items():
        starts = np.flatnonzero(np.diff(course.ids)) + 1
        edges = [0, *starts.tolist(), len(course.ids)]
        for before, start, stop in zip(edges, edges[1:], edges[2:], strict=False):
            ids, frames = course.ids.tolist(), course.frames.tolist()
            switch = Switch(
                tracker=tracker,
                old=ids[start - 1],
                new=ids[start],
                since=frames[before],
                last=frames[start - 1],
                frame=frames[start],
                until=frames[stop - 1],
            )
            keepers = (_keeper(name, other, switch) for name, other in courses.items())
            switches.append(replace(switch, keepers=tuple(filter(None, keepers))))
    return sorted(switches, key=lambda switch: (switch.last, switch.frame))


def _keeper(tracker: str, course: Course, switch: Switch) -> Keeper | None:
    """Return the tracker as a keeper if it keeps one identity on the person during the switch.

    It must have the same identity before the switch, after it, and in every frame between in which
    it follows the person.
    """
    before = np.searchsorted(course.frames, switch.last, side="right") - 1
    after = np.searchsorted(course.frames, switch.frame, side="left")
    if before < 0 or after == len(course.frames):
        return None
    identity = course.ids[before]
    if (course.ids[before : after + 1] != identity).any():
        return None
    frames = course.frames[course.ids == identity]
    during_old = (frames >= switch.since) & (frames <= switch.last)
    during_new = (frames >= switch.frame) & (frames <= switch.until)
    count = min(int(during_old.sum()), int(during_new.sum()))
    return Keeper(tracker, int(identity), count) if count else None
