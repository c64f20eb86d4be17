"""Choose the frames, and the part of each frame, that show an identity switch."""

import numpy as np

from flatsort.evaluation.switches.moments import Moment

_CONTEXT = 1.5
"""Side of a window in heights of the person; above 1, so that people beside the person show."""
_MIN_SIDE_PX = 120
"""Smallest side of a window in pixels; a smaller one would show only the enlarged person."""


def choose_frames(moment: Moment, frame_rate: float) -> list[int]:
    """Choose the frames that show the moment's first switch.

    They are the last frame of the old identity, a frame half-way, the first frame of the new
    identity, and a frame one second later, or the last one if the identity ends earlier. If no
    frame lies half-way, a frame of the old identity one second earlier takes its place. Each frame
    except the half-way one may move by up to one second within its identity's run, to a frame in
    which as many trackers as possible follow the person.

    Args:
        moment: the moment to show.
        frame_rate: frames per second.

    Returns:
        Two to four frame numbers, ascending.
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
    """Choose the frame near `wanted` in which the largest number of trackers follow the person.

    It lies within `reach` frames of the given frame that is nearest to `wanted`. Among several such
    frames, the nearest one is chosen.
    """
    nearest = int(frames[np.argmin(np.abs(frames - wanted))])
    near = frames[np.abs(frames - nearest) <= reach]
    having = np.zeros(len(near))
    for course in moment.courses.values():
        having += np.isin(near, course.frames)
    best = near[having == having.max()]
    return int(best[np.argmin(np.abs(best - nearest))])


def person_boxes(moment: Moment, frames: list[int]) -> np.ndarray:
    """Find the person's box in some frames.

    Where the person has no box, the box is interpolated; before the first and after the last box
    it stays in place.

    Args:
        moment: the moment that names the person.
        frames: F frame numbers.

    Returns:
        (F, 4) left, top, width, height in pixels.
    """
    people = moment.people
    sides = [np.interp(frames, people.frames, people.boxes_tlwh[:, side]) for side in range(4)]
    return np.stack(sides, axis=1)


def choose_windows(boxes_tlwh: np.ndarray, image_size: tuple[int, int]) -> np.ndarray:
    """Choose a square window around the person in each frame, all of one size.

    Args:
        boxes_tlwh: (F, 4) the person's boxes in pixels; they may reach beyond the image.
        image_size: width and height of the image in pixels.

    Returns:
        (F, 3) int: left, top and side in pixels. The windows lie inside the image, so the side is
        at most the image's shorter side.
    """
    widths, heights = boxes_tlwh[:, 2], boxes_tlwh[:, 3]
    wanted = max(_MIN_SIDE_PX, _CONTEXT * heights.max(), _CONTEXT * widths.max())
    side = min(round(wanted), *image_size)
    centres = boxes_tlwh[:, :2] + boxes_tlwh[:, 2:] / 2
    corners = np.rint(centres - side / 2)
    corners = np.clip(corners, 0, np.array(image_size) - side).astype(int)
    return np.column_stack([corners, np.full(len(corners), side)])
