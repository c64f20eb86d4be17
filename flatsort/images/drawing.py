"""Draw tracks over a frame: boxes and ids in stable colours, trails and the frame number."""

import colorsys
from collections import deque
from collections.abc import Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from flatsort.images.label_placement import place_labels

TRAIL_LENGTH = 30
"""Length of a trail in frames: about a second."""
_FORGET_AFTER = 150
"""Frames for which the trail of an unseen track is kept, so that it resumes after a gap."""
_LONGEST_GAP = 3
"""Frames between two positions over which a trail is drawn: a line over a gap would be a guess."""
_SMOOTHING = 9
"""Positions over whose mean a trail runs: boxes jitter from frame to frame."""
_BOX_WIDTH, _TRAIL_WIDTH = 4.0, 3.0
"""Width of lines in a picture of 1080 lines: they are seen when it is shown at a third."""
_GOLDEN_RATIO = 0.618033988749895
"""Step in hue, in turns of the colour circle: successive multiples lie far apart."""
_FONT = cv2.FONT_HERSHEY_SIMPLEX


class Overlay:
    """Draws the tracks of successive frames and remembers their recent positions.

    Memory is bounded by the number of tracks in the last seconds, not by the video's length.

    Args:
        letters: factor on the size of labels and lines, for pictures that are shown small.
        class_names: number -> name of the classes, from 0; labels name them if there are several.
        every: distance between the numbers of two frames.
    """

    def __init__(
        self,
        letters: float = 1.0,
        class_names: Mapping[int, str] | None = None,
        every: int = 1,
    ) -> None:
        self._every = every
        self._letters = letters
        self._class_names = class_names if class_names and len(class_names) > 1 else {}
        self._trails: dict[int, deque[tuple[int, float, float]]] = {}
        self._places: dict[int, int] = {}

    def draw(
        self,
        image: NDArray[np.uint8],
        frame_number: int,
        ids: NDArray[np.int64],
        boxes_tlwh: NDArray[np.float64],
        caption: str = "",
        classes: NDArray[np.int64] | None = None,
    ) -> NDArray[np.uint8]:
        """Return a copy of the image with the tracks drawn over it.

        Args:
            image: (H, W, 3) uint8 BGR.
            frame_number: the number in the corner; frames must come in ascending order.
            ids: (M,) ids of the tracks in this frame.
            boxes_tlwh: (M, 4) boxes of these tracks, pixels.
            caption: text behind the frame number, such as the tracker's name.
            classes: (M,) class numbers of these tracks, from 0; None if they are unknown.

        Returns:
            (H, W, 3) uint8 BGR.
        """
        canvas = image.copy()
        # Lines and letters keep their proportion to the picture's height.
        scale = self._letters * max(0.4, image.shape[0] / 1080)
        # A box far outside the image would overflow OpenCV's fixed-point coordinates.
        boxes = np.clip(boxes_tlwh, -1e5, 1e5)
        # Trails count the frames that are drawn.
        moment = frame_number // self._every
        self._extend_trails(moment, ids, boxes)
        for identity in ids.tolist():
            self._draw_trail(canvas, identity, moment, scale)
        for identity, box in zip(ids.tolist(), boxes, strict=True):
            left, top, width, height = box
            corner, opposite = _point(left, top), _point(left + width, top + height)
            cv2.rectangle(canvas, corner, opposite, colour(identity), _width(_BOX_WIDTH, scale))
        # Labels come last, so that no box of another person crosses them.
        words = self._words(ids.tolist(), classes)
        self._draw_labels(canvas, ids.tolist(), words, boxes, scale)
        text = f"{frame_number}  {caption}".rstrip()
        draw_label(canvas, text, (0, round(44 * scale)), (40, 40, 40), 1.2 * scale)
        return canvas

    def _words(self, ids: list[int], classes: NDArray[np.int64] | None) -> list[str]:
        """Return the texts of the labels: ids, behind the names of their classes."""
        if classes is None:
            return [str(identity) for identity in ids]
        names = [self._class_names.get(number, "") for number in classes.tolist()]
        return [f"{name} {identity}".lstrip() for name, identity in zip(names, ids, strict=True)]

    def _extend_trails(
        self, moment: int, ids: NDArray[np.int64], boxes_tlwh: NDArray[np.float64]
    ) -> None:
        for identity, (left, top, width, height) in zip(ids.tolist(), boxes_tlwh, strict=True):
            trail = self._trails.setdefault(identity, deque(maxlen=TRAIL_LENGTH))
            trail.append((moment, left + width / 2, top + height))
        limit = moment - _FORGET_AFTER
        gone = [identity for identity, trail in self._trails.items() if trail[-1][0] < limit]
        for identity in gone:
            del self._trails[identity]

    def _draw_trail(
        self, canvas: NDArray[np.uint8], identity: int, moment: int, scale: float
    ) -> None:
        first = moment - TRAIL_LENGTH
        recent = np.array([point for point in self._trails[identity] if point[0] > first])
        gaps = np.flatnonzero(np.diff(recent[:, 0]) > _LONGEST_GAP) + 1
        for piece in np.split(recent[:, 1:], gaps):
            points = np.rint(_smoothed(piece)).astype(np.int32)
            cv2.polylines(
                canvas,
                [points],
                False,
                colour(identity),
                _width(_TRAIL_WIDTH, scale),
                lineType=cv2.LINE_AA,
            )

    def _draw_labels(
        self,
        canvas: NDArray[np.uint8],
        ids: list[int],
        words: list[str],
        boxes_tlwh: NDArray[np.float64],
        scale: float,
    ) -> None:
        """Draw the label of each box where it covers no head and no other label."""
        sizes = np.array([label_size(text, scale) for text in words]).reshape(-1, 2)
        before = np.array([self._places.get(identity, -1) for identity in ids], np.int64)
        height, width = canvas.shape[:2]
        corners, places = place_labels(sizes, boxes_tlwh, (width, height), before)
        self._places = dict(zip(ids, places.tolist(), strict=True))
        for identity, text, (left, top), size in zip(ids, words, corners, sizes, strict=True):
            draw_label(canvas, text, _point(left, top + size[1]), colour(identity), scale)


def label_size(text: str, scale: float) -> tuple[int, int]:
    """Return the width and height in pixels of the rectangle that :func:`draw_label` fills."""
    (width, height), below = cv2.getTextSize(text, _FONT, *_letters(scale))
    return width + 2 * _pad(scale), height + below + _pad(scale)


def draw_label(
    canvas: NDArray[np.uint8],
    text: str,
    bottom_left: tuple[int, int],
    background: tuple[int, int, int],
    scale: float,
) -> None:
    """Draw text on a filled rectangle, which is moved to lie inside the picture.

    Args:
        canvas: (H, W, 3) uint8 BGR; it is changed.
        text: the text.
        bottom_left: lower left corner of the rectangle, pixels.
        background: BGR colour of the rectangle; the letters are black or white.
        scale: factor on the size of the letters; 1 for a picture of 1080 lines.
    """
    size, thickness = _letters(scale)
    _, below = cv2.getTextSize(text, _FONT, size, thickness)
    pad = _pad(scale)
    box_width, box_height = label_size(text, scale)
    left = min(max(bottom_left[0], 0), max(0, canvas.shape[1] - box_width))
    bottom = min(max(bottom_left[1], box_height), canvas.shape[0])
    cv2.rectangle(
        canvas, (left, bottom - box_height), (left + box_width, bottom), background, cv2.FILLED
    )
    # Rec. 601 luma: black letters are readable on light colours, white letters on dark ones.
    light = 0.114 * background[0] + 0.587 * background[1] + 0.299 * background[2] > 140
    ink = (0, 0, 0) if light else (255, 255, 255)
    cv2.putText(
        canvas, text, (left + pad, bottom - below), _FONT, size, ink, thickness, cv2.LINE_AA
    )


def colour(identity: int) -> tuple[int, int, int]:
    """Return an identity's BGR colour: the same in every video, unlike those of close ids."""
    hue = identity * _GOLDEN_RATIO % 1.0
    # Two levels of brightness distinguish ids whose hues are close.
    red, green, blue = colorsys.hsv_to_rgb(hue, 0.75, 1.0 if identity % 2 else 0.8)
    return round(255 * blue), round(255 * green), round(255 * red)


def _smoothed(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each point's mean with the points around it (P, 2); both ends stay."""
    reach = _SMOOTHING // 2
    count = len(points)
    sums = np.concatenate([np.zeros((1, 2)), points.cumsum(axis=0)])
    # The window shrinks towards the ends, so that it stays symmetric.
    reaches = np.minimum(reach, np.minimum(np.arange(count), np.arange(count)[::-1]))
    low, high = np.arange(count) - reaches, np.arange(count) + reaches + 1
    return (sums[high] - sums[low]) / (high - low)[:, None]


def _letters(scale: float) -> tuple[float, int]:
    """Return the size of letters and the width of their lines."""
    return 0.7 * scale, _width(1.6, scale)


def _pad(scale: float) -> int:
    return round(4 * scale)


def _point(x: float, y: float) -> tuple[int, int]:
    return round(x), round(y)


def _width(pixels: float, scale: float) -> int:
    return max(1, round(pixels * scale))
