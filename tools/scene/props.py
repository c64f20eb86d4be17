"""What stands on the square and hides people: pillar, advertising column, kiosk, trees, lamps."""

from dataclasses import dataclass

import cv2
import numpy as np

from tools.scene.figure import Sprite
from tools.scene.textures import Board, cloudy, cylinder_tone, label, premultiplied
from tools.scene.world import REFERENCE


@dataclass(frozen=True)
class Prop:
    """A standing thing.

    Attributes:
        name: what it is.
        x: place to the right, metres.
        z: distance, metres.
        width: its width where it hides people, metres.
        height: metres.
        sprite: its picture.
    """

    name: str
    x: float
    z: float
    width: float
    height: float
    sprite: Sprite


def standing_props(seed: int) -> list[Prop]:
    """Return the props of a scene; the three wide ones stand where the cast counts on them."""
    rng = np.random.default_rng([seed, 5])
    props = [
        Prop("pillar", -2.35, 6.0, 0.88, 5.4, _pillar(rng, 0.88, 5.4, 6.0, 190)),
        Prop("column", 1.95, 7.6, 1.34, 3.5, _advertising_column(rng, 1.34, 3.5, 7.6, 150)),
        Prop("kiosk", -1.3, 13.0, 1.6, 2.8, _kiosk(rng, 1.6, 2.8, 92)),
    ]
    props += [Prop("tree", x, 12.4, 0.3, 6.5, _tree(rng, 92)) for x in (-9.6, 4.9, 10.8)]
    props += [Prop("lamp", x, 18.2, 0.1, 4.6, _lamp(66)) for x in (-7.4, -3.2, 6.2)]
    props += [Prop("bollard", x, 17.7, 0.2, 0.9, _bollard(66)) for x in np.arange(-11.5, 12, 2.3)]
    return props


def _pillar(
    rng: np.random.Generator, width: float, height: float, distance: float, scale: float
) -> Sprite:
    """A fluted sandstone pillar on a plinth."""
    wide, tall = round(width * 1.3 * scale), round(height * scale)
    image, alpha = np.zeros((tall, wide, 3), np.float32), np.zeros((tall, wide), np.float32)
    grain = 1 + 0.10 * cloudy(rng, tall, wide, 90) + 0.05 * rng.standard_normal((tall, wide))

    def drum(top: float, bottom: float, breadth: float, flutes: int) -> None:
        rows = slice(round((height - top) * scale), round((height - bottom) * scale))
        half = round(breadth * scale / 2)
        columns = slice(wide // 2 - half, wide // 2 + half)
        across = np.linspace(-0.995, 0.995, 2 * half)
        tone = cylinder_tone(2 * half)
        if flutes:
            tone = tone * (1 + 0.13 * np.cos(np.arcsin(across) * flutes))
        image[rows, columns] = tone[None, :, None] * np.array((150, 180, 204), np.float32)
        alpha[rows, columns] = 1

    drum(height, 0.42, width, 18)
    drum(0.42, 0.30, width * 1.14, 0)
    drum(0.30, 0.0, width * 1.28, 0)
    image *= grain[..., None]
    for joint in np.arange(1.5, height, 1.25):
        row = round((height - joint) * scale)
        image[row - 1 : row + 1] *= 0.78
    fade = np.linspace(0, height, tall)[::-1, None, None]
    image *= 1 - 0.30 * np.exp(-fade / 0.25)
    return _round(image, alpha, scale, distance)


def _advertising_column(
    rng: np.random.Generator, width: float, height: float, distance: float, scale: float
) -> Sprite:
    """A round column pasted with posters, under a small dome."""
    board = Board(width * 1.3, height, scale, (0, 0, 0))
    mask = Board(width * 1.3, height, scale, (0, 0, 0))
    left, centre = width * 0.15, width * 0.65
    for target, colour in ((board, (70, 84, 62)), (mask, (255,) * 3)):
        target.box(left, 0, width, height - 0.75, colour)
        target.box(left - 0.05, 0, width + 0.1, 0.30, colour)
        target.box(left - 0.14, height - 0.80, width + 0.28, 0.17, colour)
        dome = [(centre + np.cos(a) * width * 0.5, height - 0.64 + np.sin(a) * 0.48)
                for a in np.linspace(0, np.pi, 24)]
        target.polygon(dome, colour)
        target.box(centre - 0.04, height - 0.25, 0.08, 0.24, colour)
    posters = _posters(rng, round(np.pi / 2 * width * scale), round(2.15 * scale))
    half = round(width * scale / 2)
    # A flat strip wrapped on a half cylinder, seen from afar.
    turn = np.arcsin(np.linspace(-0.995, 0.995, 2 * half)) / np.pi + 0.5
    place = (turn * (posters.shape[1] - 1)).astype(int)
    top, start = board.pixel(0, 2.55)[1], board.pixel(left, 0)[0]
    board.image[top : top + posters.shape[0], start : start + 2 * half] = posters[:, place]
    tone = np.interp(
        np.arange(board.image.shape[1]), np.linspace(start, start + 2 * half, 2 * half), cylinder_tone(2 * half)
    )
    image = board.image * tone[None, :, None].astype(np.float32) * 1.08
    under_roof = board.pixel(0, height - 0.80)[1]
    image[under_roof : under_roof + 24] *= np.linspace(0.55, 1, 24)[:, None, None]
    return _round(image, mask.image[..., 0] / np.float32(255), scale, distance)


def _posters(rng: np.random.Generator, width: int, height: int) -> np.ndarray:
    strip = np.full((height, width, 3), (170, 188, 196), np.uint8)
    words = ("JAZZ", "EXPO", "OPERA", "FLAT EARTH", "SORT!", "CIRCUS", "MOT 16", "LATENT")
    inks = ((52, 60, 190), (150, 86, 40), (44, 170, 220), (70, 120, 60), (60, 50, 54), (220, 226, 230))
    x, index = 4, 0
    while x < width - 20:
        wide = int(rng.uniform(0.20, 0.30) * width)
        y = 4
        while y < height - 20:
            tall = int(rng.uniform(0.42, 0.52) * height)
            ground, ink = (inks[i] for i in rng.choice(len(inks), 2, replace=False))
            corner = (min(x + wide, width - 4), min(y + tall, height - 4))
            cv2.rectangle(strip, (x, y), corner, ground, -1)
            middle = ((x + corner[0]) / 2, (y + corner[1]) / 2)
            spot = (round(middle[0]), round(middle[1] + tall * 0.08))
            cv2.circle(strip, spot, round(wide * 0.27), ink, -1, cv2.LINE_AA)
            cv2.ellipse(strip, spot, (round(wide * 0.4), round(wide * 0.13)), 30, 0, 360, ink, 3, cv2.LINE_AA)
            word = words[index % len(words)]
            label(strip, word, (middle[0], y + tall * 0.14), min(wide / len(word) * 0.8, 20), ink)
            for line in range(3):
                row = round(y + tall * (0.84 + 0.05 * line))
                if row < corner[1] - 3:
                    cv2.line(strip, (x + 8, row), (corner[0] - 8 - 9 * line, row), ink, 2)
            y, index = corner[1] + 5, index + 1
        x += wide + 5
    return strip


def _kiosk(rng: np.random.Generator, width: float, height: float, scale: float) -> Sprite:
    """A newspaper kiosk with a striped roof edge."""
    board = Board(width * 1.2, height, scale, (0, 0, 0))
    mask = Board(width * 1.2, height, scale, (0, 0, 0))
    left = width * 0.1
    roof = [(0.02, height - 0.45), (width * 1.2 - 0.02, height - 0.45),
            (width * 1.05, height - 0.05), (width * 0.15, height - 0.05)]
    mask.box(left, 0, width, height - 0.4, (255,) * 3)
    mask.polygon(roof, (255,) * 3)
    board.box(left, 0, width, height - 0.4, (76, 98, 52))
    for x in np.arange(left + 0.08, left + width, 0.21):
        board.box(x, 0.06, 0.02, 0.85, (56, 74, 38))
    board.box(left + 0.12, 1.05, width - 0.24, 1.05, (52, 52, 54))
    for row in range(3):
        for x in np.arange(left + 0.17, left + width - 0.28, 0.21):
            board.box(x, 1.10 + row * 0.33, 0.17, 0.26, tuple(rng.uniform(50, 235, 3)))
    board.box(left - 0.02, 0.92, width + 0.04, 0.10, (120, 150, 100))
    board.box(left, 2.12, width, 0.30, (58, 74, 40))
    board.text("NEWS", left + width / 2, 2.22, 0.11, (190, 224, 236))
    board.polygon(roof, (58, 62, 150))
    for place, x in enumerate(np.arange(0.04, width * 1.2 - 0.04, 0.14)):
        board.box(x, height - 0.56, 0.14, 0.12, ((228, 230, 232), (58, 62, 168))[place % 2])
        mask.box(x, height - 0.56, 0.14, 0.12, (255,) * 3)
    board.darken(left, 1.95, width, 0.16, np.linspace(0.55, 1, 6)[:, None])
    board.darken(left, 0, width, height - 0.4, np.linspace(1.08, 0.80, 9)[None, :])
    return _finished(board.image.astype(np.float32), mask.image[..., 0] / np.float32(255), scale)


def _tree(rng: np.random.Generator, scale: float) -> Sprite:
    """A plane tree: trunk, boughs and a crown of many small lit leaves."""
    board = Board(4.6, 6.5, scale, (0, 0, 0))
    mask = Board(4.6, 6.5, scale, (0, 0, 0))
    for target, colour in ((board, (72, 92, 112)), (mask, (255,) * 3)):
        target.polygon([(2.12, 0), (2.48, 0), (2.40, 3.4), (2.20, 3.4)], colour)
        for tip in ((1.1, 4.6), (1.9, 5.2), (2.8, 5.1), (3.5, 4.5)):
            target.polygon([(2.22, 2.7), (2.38, 2.7), (tip[0] + 0.04, tip[1]), tip], colour)
    board.darken(2.1, 0, 0.4, 3.6, np.linspace(1.3, 0.55, 7)[None, :])
    turn, out = rng.uniform(0, 2 * np.pi, 40), np.sqrt(rng.uniform(0, 1, 40))
    lumps = np.column_stack([2.3 + 1.55 * out * np.cos(turn), 4.7 + 1.15 * out * np.sin(turn)])
    leaves = lumps[rng.integers(len(lumps), size=2600)] + rng.normal(0, 0.27, (2600, 2))
    # Dark leaves first; the lit ones face the sun at the upper left.
    light = (leaves[:, 1] - 4.6) * 0.35 - (leaves[:, 0] - 2.3) * 0.16 + rng.normal(0, 0.28, len(leaves))
    for (x, y), shine in sorted(zip(leaves.tolist(), light.tolist(), strict=True), key=lambda leaf: leaf[1]):
        tone = float(np.clip(0.62 + 0.42 * shine, 0.26, 1.25))
        axes = (max(2, round(0.085 * scale)), max(1, round(0.05 * scale)))
        angle = float((x * 977 + y * 613) % 180)
        for target, colour in ((board, (58 * tone, 148 * tone, 112 * tone)), (mask, (255,) * 3)):
            cv2.ellipse(target.image, target.pixel(x, y), axes, angle, 0, 360, colour, -1, cv2.LINE_AA)
    return _finished(board.image.astype(np.float32), mask.image[..., 0] / np.float32(255), scale)


def _lamp(scale: float) -> Sprite:
    board, mask = (Board(1.0, 4.6, scale * 2, (0, 0, 0)) for _ in range(2))
    for target, iron, glass in ((board, (58, 60, 58), (214, 236, 244)), (mask, (255,) * 3, (255,) * 3)):
        target.box(0.46, 0, 0.08, 4.0, iron)
        target.box(0.41, 0, 0.18, 0.7, iron)
        target.polygon([(0.36, 4.0), (0.64, 4.0), (0.72, 4.36), (0.28, 4.36)], glass)
        target.polygon([(0.22, 4.36), (0.78, 4.36), (0.5, 4.58)], iron)
    return _finished(board.image.astype(np.float32), mask.image[..., 0] / np.float32(255), scale * 2)


def _bollard(scale: float) -> Sprite:
    board, mask = (Board(0.3, 0.9, scale * 2, (0, 0, 0)) for _ in range(2))
    for target, iron in ((board, (62, 62, 62)), (mask, (255,) * 3)):
        target.box(0.09, 0, 0.12, 0.8, iron)
        target.box(0.07, 0.74, 0.16, 0.13, iron)
    board.darken(0.07, 0, 0.16, 0.9, np.linspace(1.6, 0.6, 5)[None, :])
    return _finished(board.image.astype(np.float32), mask.image[..., 0] / np.float32(255), scale * 2)


def _round(image: np.ndarray, alpha: np.ndarray, scale: float, distance: float) -> Sprite:
    """A sprite of a flat drawing bent round: level lines sag the more, the lower they are.

    The front of a cylinder is nearer than its axis by the radius times the cosine of the turn, so
    what is y high there appears that much lower below (or higher above) the eye's level.
    """
    height, width = alpha.shape
    extra = round(width / 2 / distance * REFERENCE.height) + 2
    across = np.linspace(-1, 1, width, dtype=np.float32)
    nearer = np.sqrt(1 - across**2) * (width / 2 / scale) / distance
    seen = (height - np.arange(height + extra, dtype=np.float32)[:, None]) / scale
    drawn = (seen + nearer * REFERENCE.height) / (1 + nearer)
    rows = height - drawn * scale
    columns = np.broadcast_to(np.arange(width, dtype=np.float32), rows.shape)
    flat = np.dstack([image * alpha[..., None], alpha]).astype(np.float32)
    bent = cv2.remap(flat, columns, np.ascontiguousarray(rows), cv2.INTER_LINEAR)
    colour = bent[..., :3] / np.maximum(bent[..., 3:], 1e-3)
    sprite = _finished(colour, bent[..., 3], scale)
    return Sprite(sprite.image, (sprite.foot[0], sprite.foot[1] - extra), scale)


def _finished(image: np.ndarray, alpha: np.ndarray, scale: float) -> Sprite:
    """A sprite that stands on the middle of its lower edge, with a clear pixel all around."""
    padded = cv2.copyMakeBorder(premultiplied(image, alpha), 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    return Sprite(padded, (padded.shape[1] / 2, padded.shape[0] - 1.0), scale)
