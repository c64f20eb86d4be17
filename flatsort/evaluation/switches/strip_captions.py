"""The captions of a strip: the trackers that switch or keep, and their identities."""

from flatsort.evaluation.switches.moments import Moment


def moment_title(moment: Moment) -> str:
    """Say in one line which tracker switches and which trackers keep their identity."""
    switch = moment.switches[0]
    gap = switch.frame - switch.last
    after = "in the next frame" if gap == 1 else f"after {gap} frames"
    changes = f"{switch.tracker} {switch.old} \N{RIGHTWARDS ARROW} {switch.new} {after}"
    # Without ground truth, the title already names the reference's track.
    others = [keeper for keeper in switch.keepers if keeper.tracker != moment.reference]
    keepers = [f"{keeper.tracker} keeps {keeper.identity}" for keeper in others]
    person = f"Person {moment.name}" if moment.reference is None else f"Track {moment.name}"
    return "; ".join([f"{person}: {changes}", *keepers])


def row_caption(moment: Moment, tracker: str) -> str:
    """Say in a few words which identities one tracker gives the person."""
    identities = " \N{RIGHTWARDS ARROW} ".join(map(str, identities_of(moment, tracker)))
    if tracker in {switch.tracker for switch in moment.switches}:
        return identities
    keeps = tracker in {keeper.tracker for keeper in moment.switches[0].keepers}
    return (
        f"keeps {identities}" if keeps else "follows in part" if identities else "does not follow"
    )


def identities_of(moment: Moment, tracker: str) -> list[int]:
    """List the identities that a tracker gives the person during the moment.

    For a tracker that switches, these are the identities before and after each of its switches. For
    a keeper, it is the identity that it keeps. For any other tracker, they are all its identities
    from the start of the old run to the end of the new run of the moment's first switch.
    """
    own = [switch for switch in moment.switches if switch.tracker == tracker]
    if own:
        own.sort(key=lambda switch: switch.last)
        return [own[0].old, *(switch.new for switch in own)]
    keepers = [keeper for keeper in moment.switches[0].keepers if keeper.tracker == tracker]
    if keepers or tracker not in moment.courses:
        return [keeper.identity for keeper in keepers]
    course, switch = moment.courses[tracker], moment.switches[0]
    during = (course.frames >= switch.since) & (course.frames <= switch.until)
    return list(dict.fromkeys(course.ids[during].tolist()))


def identity_at(moment: Moment, tracker: str, frame: int) -> int | None:
    """Find the identity that a tracker gives the person in a frame; None if it has none."""
    course = moment.courses.get(tracker)
    found = [] if course is None else course.ids[course.frames == frame].tolist()
    return found[0] if found else None
