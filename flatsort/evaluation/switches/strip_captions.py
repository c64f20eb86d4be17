"""What is said about a moment beside its pictures: who switches, who keeps, by which identities."""

from flatsort.evaluation.switches.moments import Moment


def title(moment: Moment) -> str:
    """Who switches and who does not, in a line."""
    switch = moment.switches[0]
    gap = switch.frame - switch.last
    after = "in the next frame" if gap == 1 else f"after {gap} frames"
    changes = f"{switch.tracker} {switch.old} \N{RIGHTWARDS ARROW} {switch.new} {after}"
    # Without ground truth the person is the track that the reference keeps.
    others = [keeper for keeper in switch.keepers if keeper.tracker != moment.reference]
    keepers = [f"{keeper.tracker} keeps {keeper.identity}" for keeper in others]
    person = f"Person {moment.name}" if moment.reference is None else f"Track {moment.name}"
    return "; ".join([f"{person}: {changes}", *keepers])


def fate(moment: Moment, tracker: str) -> str:
    """What becomes of the person's identity in one tracker, in a few words."""
    identities = " \N{RIGHTWARDS ARROW} ".join(map(str, identities_of(moment, tracker)))
    if tracker in {switch.tracker for switch in moment.switches}:
        return identities
    keeps = tracker in {keeper.tracker for keeper in moment.switches[0].keepers}
    return (
        f"keeps {identities}" if keeps else "follows in part" if identities else "does not follow"
    )


def identities_of(moment: Moment, tracker: str) -> list[int]:
    """The person's in a tracker's row: before and after its switches, or those it keeps."""
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
    """Which identity the tracker has on the person in a frame."""
    course = moment.courses.get(tracker)
    found = [] if course is None else course.ids[course.frames == frame].tolist()
    return found[0] if found else None
