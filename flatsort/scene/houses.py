"""Draw the far side of the square: a flat picture of a row of houses with shops."""

import itertools

import numpy as np

from flatsort.scene.textures import Board, cloudy

NAMES = ("KALMAN & SON", "CAFE BAYES", "HUNGARIAN BOOKS", "GAUSS BAKERY", "RIEMANN MAPS", "MUNKRES")
WALLS = (
    (168, 196, 214),
    (112, 132, 190),
    (178, 190, 172),
    (150, 186, 222),
    (188, 182, 180),
    (128, 160, 204),
)
SIGNS = ((60, 52, 40), (52, 44, 110), (48, 78, 46), (92, 58, 34), (40, 40, 44), (36, 70, 120))
AWNINGS = (
    (54, 56, 176),
    (84, 118, 60),
    (150, 96, 52),
    (62, 150, 206),
    (60, 60, 66),
    (112, 70, 130),
)


def house_row(rng: np.random.Generator, width: float, height: float, scale: float) -> np.ndarray:
    """Return the row of houses, (H, W, 4) uint8: BGR and a mask.

    The mask is 255 where there is a house and 0 where the sky shows.

    Args:
        rng: chooses the houses and their details.
        width: metres.
        height: metres.
        scale: pixels per metre.
    """
    board = Board(width, height, scale, (0, 0, 0))
    mask = Board(width, height, scale, (0, 0, 0))
    left, order = -1.0, rng.permutation(len(NAMES))
    index = 0
    while left < width:
        broad = float(rng.uniform(6.6, 8.2))
        tall = float(rng.choice((6.3, 7.0, 7.5)) + rng.uniform(0, 0.4))
        style = int(order[index % len(order)])
        _house(board, mask, rng, left, broad, tall, style)
        left, index = left + broad, index + 1
    grain = cloudy(rng, *board.image.shape[:2], coarse=round(2.5 * scale))
    colour = board.image * (1 + 0.07 * grain[..., None])
    return np.dstack([np.clip(colour, 0, 255), mask.image[..., 0]]).astype(np.uint8)


def _house(
    board: Board,
    mask: Board,
    rng: np.random.Generator,
    left: float,
    broad: float,
    tall: float,
    style: int,
) -> None:
    wall = WALLS[style]
    board.box(left, 0, broad, tall, wall)
    if style in (1, 5):
        _bricks(board, rng, left, broad, tall, wall)
    roof = [
        (left - 0.15, tall),
        (left + broad + 0.15, tall),
        (left + broad - 0.9, tall + 1.5),
        (left + 0.9, tall + 1.5),
    ]
    slate = ((66, 74, 128), (80, 76, 74))[style % 2]
    board.polygon(roof, slate)
    mask.polygon(roof, (255,) * 3)
    for course in np.arange(0.12, 1.5, 0.16):
        inset = 0.7 * course
        board.box(
            left + inset, tall + course, broad - 2 * inset, 0.03, tuple(0.8 * c for c in slate)
        )
    chimney = left + broad * 0.72
    for target, colour in ((board, (84, 96, 140)), (mask, (255,) * 3)):
        target.box(chimney, tall + 0.7, 0.6, 1.2, colour)
    mask.box(left, 0, broad, tall, (255,) * 3)
    board.box(left - 0.1, tall - 0.22, broad + 0.2, 0.24, tuple(min(255, 1.12 * c) for c in wall))
    board.darken(left, tall - 0.55, broad, 0.33, np.linspace(0.62, 1, 8)[:, None])
    _windows(board, rng, left, broad, tall, style)
    _shop(board, rng, left, broad, style)
    # A downpipe hides the joint between two houses.
    board.box(left - 0.06, 0, 0.12, tall, (70, 74, 78))


def _bricks(
    board: Board, rng: np.random.Generator, left: float, broad: float, tall: float, wall: tuple
) -> None:
    for row, y in enumerate(np.arange(3.4, tall, 0.13)):
        for x in np.arange(left + (row % 2) * 0.15, left + broad, 0.30):
            tone = rng.uniform(0.86, 1.08)
            board.box(x, y, min(0.27, left + broad - x), 0.105, tuple(tone * c for c in wall))


def _windows(
    board: Board, rng: np.random.Generator, left: float, broad: float, tall: float, style: int
) -> None:
    count = int(broad // 2.1)
    pitch = broad / count
    frame = ((232, 236, 238), (70, 84, 60))[style % 2]
    for column in range(count):
        x, y, wide, high = left + pitch * (column + 0.5) - 0.55, 4.15, 1.1, min(1.75, tall - 5.0)
        board.box(x - 0.10, y - 0.10, wide + 0.20, high + 0.20, frame)
        tone = float(rng.uniform(0.7, 1.1))
        glass = tuple(tone * c for c in (140, 122, 104))
        board.box(x, y, wide, high, glass)
        board.darken(
            x, y, wide, high, np.linspace(0.72, 1.45, 12)[:, None] + np.linspace(-0.2, 0.2, 9)
        )
        if rng.random() < 0.6:
            for side in (0.0, wide - 0.26):
                board.box(x + side, y, 0.26, high, (206, 214, 222))
        board.box(x + wide / 2 - 0.035, y, 0.07, high, frame)
        board.box(x, y + high * 0.66, wide, 0.06, frame)
        board.darken(x, y + high - 0.16, wide, 0.16, np.linspace(0.5, 0.85, 4)[:, None])
        board.box(x - 0.18, y - 0.20, wide + 0.36, 0.12, tuple(0.9 * c for c in frame))
        if rng.random() < 0.45:
            for petal in rng.uniform(0, 1, (26, 2)):
                colour = ((60, 60, 214), (70, 130, 60), (150, 110, 226))[rng.integers(3)]
                board.box(
                    x - 0.05 + petal[0] * wide, y - 0.12 + 0.24 * petal[1], 0.09, 0.09, colour
                )


def _shop(board: Board, rng: np.random.Generator, left: float, broad: float, style: int) -> None:
    sign = SIGNS[style]
    board.box(left + 0.25, 0, broad - 0.5, 3.35, tuple(0.8 * c for c in sign))
    door = 1.15
    for x, wide in ((left + 0.5, broad - 1.3 - door), (left + broad - 0.6 - door, door)):
        bottom = 0.55 if wide > door else 0.05
        board.box(x, bottom, wide, 2.55 - bottom, (74, 72, 68))
        # Goods on two shelves, then the reflection of the street, brighter at the top.
        for shelf in (bottom + 0.05, bottom + 0.75):
            for place in np.arange(x + 0.1, x + wide - 0.3, 0.34):
                wares, high = rng.uniform(60, 170) * rng.uniform(0.7, 1.2, 3), rng.uniform(0.2, 0.5)
                board.box(place, shelf, rng.uniform(0.16, 0.28), high, tuple(wares))
            board.box(x, shelf - 0.05, wide, 0.05, (96, 104, 112))
        slant = np.add.outer(np.linspace(1.25, 0.75, 12), 0.18 * np.sign(np.sin(np.arange(9))))
        board.darken(x, bottom, wide, 2.55 - bottom, slant)
        for bar in np.linspace(x, x + wide - 0.05, max(2, round(wide / 1.3) + 1)):
            board.box(bar, bottom, 0.06, 2.55 - bottom, sign)
    board.box(left + broad - 0.75, 1.1, 0.05, 0.28, (190, 210, 220))
    board.box(left + 0.25, 2.78, broad - 0.5, 0.60, sign)
    board.text(NAMES[style], left + broad / 2, 3.08, 0.27, (206, 226, 238))
    stripes, colour = np.linspace(left + 0.35, left + broad - 0.35, 15), AWNINGS[style]
    for place, (start, end) in enumerate(itertools.pairwise(stripes)):
        shade = colour if place % 2 else (224, 228, 230)
        board.polygon([(start, 2.72), (end, 2.72), (end, 2.18), (start, 2.18)], shade)
        board.box(start, 2.06, end - start, 0.12, tuple(0.86 * c for c in shade))
    board.darken(left + 0.35, 2.06, broad - 0.7, 0.68, np.linspace(1.05, 0.80, 6)[:, None])
    board.darken(left + 0.30, 1.45, broad - 0.6, 0.60, np.linspace(0.40, 1, 8)[:, None])
