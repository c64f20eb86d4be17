"""Which frames show an identity switch, and which part of them: the same for every tracker."""

import numpy as np

from flatsort.evaluation.switches.moments import Moment

# A window is this many times as high as the person: enough to see the others, and who hides whom.
_CONTEXT = 1.5
# Narrower windows would show nothing but the person enlarged.
_LEAST_SIDE = 120


def choose_frames(moment: Moment, frame_rate: float) -> list[int]:
    """The frames that tell the story of the moment's first switch, ascending.

    They are the last frame of the old identity, one half-way, the first of the new identity and one
    a second later while it lasts. Each but the half-way one may move by up to a second within the
    identity's run, to where as many trackers as possible have the person. Where nothing is half-way
    a frame a second earlier, of the old identity, is shown instead.

    Args:
        moment: what to show.
        frame_rate: frames per second.

    Returns:
        Two to four frame numbers.
    """
    switch = moment.switches[0]
    second = max(1, round(frame_rate))
    own = moment.courses[switch.tracker].frames
    old = own[(own >= switch.since) & (own <= switch.last)]
    new = own[(own >= switch.frame) & (own <= switch.until)]
    last = _shared(moment, old, switch.last, second)
    first = _shared(moment, new, switch.frame, second)
    later = _shared(moment, new[new >= first], first + second, second)
    half_way = (last + first) // 2
    if half_way == last:
        half_way = _shared(moment, old[old <= last], last - second, second)
    return sorted({last, half_way, first, later})


def _shared(moment: Moment, frames: np.ndarray, wanted: int, reach: int) -> int:
    """The frame nearest to `wanted`, of those near it in which most trackers have the person."""
    nearest = int(frames[np.argmin(np.abs(frames - wanted))])
    near = frames[np.abs(frames - nearest) <= reach]
    having = np.zeros(len(near))
    for course in moment.courses.values():
        having += np.isin(near, course.frames)
    best = near[having == having.max()]
    return int(best[np.argmin(np.abs(best - nearest))])


def person_boxes(moment: Moment, frames: list[int]) -> np.ndarray:
    """Where the person is, (F, 4) left, top, width, height in pixels.

    Frames without a box of the person (hidden, gone) are interpolated; before the first and after
    the last the box stays where it was.

    Args:
        moment: whose person is meant.
        frames: F frame numbers.
    """
    people = moment.people
    sides = [np.interp(frames, people.frames, people.boxes_tlwh[:, side]) for side in range(4)]
    return np.stack(sides, axis=1)


def choose_windows(boxes_tlwh: np.ndarray, image_size: tuple[int, int]) -> np.ndarray:
    """Squares around the person in some frames, all of one size, moved inside the image.

    Args:
        boxes_tlwh: (F, 4) the person, pixels; it may reach beyond the image.
        image_size: width and height of the image, pixels.

    Returns:
        (F, 3) int: left, top and side in pixels. The side is at most the image's shorter one.
    """
    widths, heights = boxes_tlwh[:, 2], boxes_tlwh[:, 3]
    wanted = max(_LEAST_SIDE, _CONTEXT * heights.max(), _CONTEXT * widths.max())
    side = min(round(wanted), *image_size)
    centres = boxes_tlwh[:, :2] + boxes_tlwh[:, 2:] / 2
    corners = np.rint(centres - side / 2)
    corners = np.clip(corners, 0, np.array(image_size) - side).astype(int)
    return np.column_stack([corners, np.full(len(corners), side)])
