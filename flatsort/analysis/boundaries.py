"""Lines and zones in the picture, at whose boundaries people are counted."""

import math
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np

from flatsort.errors import InputError

Point = tuple[float, float]
"""x and y in pixels, from the picture's upper left corner."""


class Boundary(Protocol):
    """A boundary with an inner and an outer side.

    Attributes:
        name: name of the line or zone.
    """

    name: str

    def depth(self, point: Point) -> float:
        """Return how far inside a point is, in pixels; negative outside."""

    def is_passed(self, before: Point, after: Point) -> bool:
        """Return whether a straight way between two sides passes the boundary."""


@dataclass(frozen=True)
class Line:
    """A line between two points; inside is the left-hand side of the way from start to end.

    A line drawn from left to right thus has its inner side above it. `supervision.LineZone` has the
    same rule.

    Attributes:
        name: name of the line.
        start: first point.
        end: second point.
    """

    name: str
    start: Point
    end: Point

    def depth(self, point: Point) -> float:
        """Return the distance to the endless line in pixels; negative outside."""
        across, down = self.end[0] - self.start[0], self.end[1] - self.start[1]
        x, y = point[0] - self.start[0], point[1] - self.start[1]
        return (down * x - across * y) / math.hypot(across, down)

    def is_passed(self, before: Point, after: Point) -> bool:
        """Return whether a way to the other side passes between the line's ends.

        Somebody who walks around an end passes the endless line, but not this line.
        """
        first, last = self.depth(before), self.depth(after)
        if first == last:
            return False
        share = first / (first - last)
        x = before[0] + share * (after[0] - before[0])
        y = before[1] + share * (after[1] - before[1])
        across, down = self.end[0] - self.start[0], self.end[1] - self.start[1]
        along = (x - self.start[0]) * across + (y - self.start[1]) * down
        return 0 <= along <= across**2 + down**2


@dataclass(frozen=True)
class Zone:
    """A part of the picture with straight sides.

    Attributes:
        name: name of the zone.
        corners: three or more points, in order around the zone.
    """

    name: str
    corners: tuple[Point, ...]

    def depth(self, point: Point) -> float:
        """Return the distance to the nearest side in pixels; negative outside."""
        outline = np.array(self.corners, np.float32)
        return cv2.pointPolygonTest(outline, (float(point[0]), float(point[1])), True)

    def is_passed(self, before: Point, after: Point) -> bool:
        """Return True: every way from one side of a closed boundary to the other passes it."""
        return True


def parse_line(text: str) -> Line:
    """Return the line of a text such as "door=100,400,600,400".

    Raises:
        InputError: the text is no name with four numbers, or both points are the same.
    """
    name, numbers = _parse(text, "--line", "door=100,400,600,400")
    if len(numbers) != 4:
        raise InputError(f"--line {text}: give x and y of two points: door=100,400,600,400")
    start, end = (numbers[0], numbers[1]), (numbers[2], numbers[3])
    if start == end:
        raise InputError(f"--line {text}: both points are the same: give two different ones")
    return Line(name, start, end)


def parse_zone(text: str) -> Zone:
    """Return the zone of a text such as "hall=0,0,200,0,200,90".

    Raises:
        InputError: the text is no name with the x and y of three or more points, or the zone has no
            area.
    """
    name, numbers = _parse(text, "--zone", "hall=0,0,200,0,200,90")
    if len(numbers) < 6 or len(numbers) % 2:
        raise InputError(f"--zone {text}: give x and y of three or more corners")
    return _zone(name, numbers, f"--zone {text}")


def parse_region(text: str) -> Zone:
    """Return the region of a text: "100,50,400,300" is a rectangle, more numbers are corners.

    Raises:
        InputError: the text has neither two opposite corners nor three or more corners, or the
            region has no area.
    """
    numbers = _numbers(text)
    if len(numbers) == 4:
        left, top, right, bottom = numbers
        numbers = [left, top, right, top, right, bottom, left, bottom]
    if len(numbers) < 6 or len(numbers) % 2:
        raise InputError(
            f"--region {text}: give x and y of two opposite corners, such as 100,50,400,300, or of "
            "three or more corners"
        )
    return _zone("region", numbers, f"--region {text}")


def check_names(boundaries: tuple[Boundary, ...]) -> None:
    """Check that lines and zones have different names.

    Raises:
        InputError: two have the same name.
    """
    names = [boundary.name for boundary in boundaries]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"two lines or zones are called {name}: give each its own name")


def _parse(text: str, option: str, example: str) -> tuple[str, list[float]]:
    """Return the name before the equals sign, and the finite numbers behind it."""
    name, equals, rest = text.partition("=")
    numbers = _numbers(rest)
    if not name.strip() or not equals or not numbers:
        raise InputError(f"{option} {text}: give a name and pixels, such as {example}")
    return name.strip(), numbers


def _numbers(text: str) -> list[float]:
    """Return the finite numbers between commas; none if a part is anything else."""
    try:
        numbers = [float(word) for word in text.split(",")]
    except ValueError:
        return []
    return numbers if all(map(math.isfinite, numbers)) else []


def _zone(name: str, numbers: list[float], given: str) -> Zone:
    """Return the zone with these corners.

    Raises:
        InputError: it has no area; the message begins with what the user gave.
    """
    corners = tuple(zip(numbers[::2], numbers[1::2], strict=True))
    if cv2.contourArea(np.array(corners, np.float32)) == 0:
        raise InputError(f"{given}: it has no area: give corners around it, in order")
    return Zone(name, corners)
