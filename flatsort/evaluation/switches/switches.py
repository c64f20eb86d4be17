"""Identity switches on one person, and who keeps its identity meanwhile."""

from dataclasses import dataclass, replace

import numpy as np

from flatsort.evaluation.tracks.matching import Course


@dataclass(frozen=True)
class Keeper:
    """A tracker that keeps its identity through another's switch.

    Attributes:
        tracker: its name.
        identity: that it keeps.
        frames: for how many frames the two differ: those in which the keeper follows the person
            by this identity, during the switcher's old identity or during its new one, whichever
            are fewer.
    """

    tracker: str
    identity: int
    frames: int


@dataclass(frozen=True)
class Switch:
    """A change of the identity that follows a person.

    Attributes:
        tracker: whose.
        old: the identity until frame `last`, without interruption by another since `since`.
        new: the identity from `frame`, without interruption by another until `until`.
        since: first frame of the old identity's run on this person.
        last: its last frame.
        frame: first frame of the new identity.
        until: last frame of its run.
        keepers: the trackers that keep theirs.
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
        """The frames of all keepers together."""
        return sum(keeper.frames for keeper in self.keepers)


def find_switches(courses: dict[str, Course]) -> list[Switch]:
    """All switches on one person, in order of their intervals.

    Args:
        courses: tracker to its course on the person.
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
    """The tracker if it follows the person by one identity from before the switch until after."""
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
