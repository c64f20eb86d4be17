"""Draw the two round props of the square: a fluted pillar and an advertising column."""

import cv2
import numpy as np

from flatsort.scene.sprite import Sprite, standing_sprite
from flatsort.scene.textures import Board, cloudy, cylinder_tone, label
from flatsort.scene.world import REFERENCE


def pillar(
    rng: np.random.Generator, width: float, height: float, distance: float, scale: float
) -> Sprite:
    """Return a fluted sandstone pillar on a plinth; sizes in metres, ``scale`` pixels per metre."""
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


def advertising_column(
    rng: np.random.Generator, width: float, height: float, distance: float, scale: float
) -> Sprite:
    """Return a round column covered with posters, under a small dome; units as for the pillar."""
    board = Board(width * 1.3, height, scale, (0, 0, 0))
    mask = Board(width * 1.3, height, scale, (0, 0, 0))
    left, centre = width * 0.15, width * 0.65
    for target, colour in ((board, (70, 84, 62)), (mask, (255,) * 3)):
        target.box(left, 0, width, height - 0.75, colour)
        target.box(left - 0.05, 0, width + 0.1, 0.30, colour)
        target.box(left - 0.14, height - 0.80, width + 0.28, 0.17, colour)
        dome = [
            (centre + np.cos(a) * width * 0.5, height - 0.64 + np.sin(a) * 0.48)
            for a in np.linspace(0, np.pi, 24)
        ]
        target.polygon(dome, colour)
        target.box(centre - 0.04, height - 0.25, 0.08, 0.24, colour)
    posters = _posters(rng, round(np.pi / 2 * width * scale), round(2.15 * scale))
    half = round(width * scale / 2)
    # The flat strip of posters is wrapped around a half cylinder that is seen from afar.
    turn = np.arcsin(np.linspace(-0.995, 0.995, 2 * half)) / np.pi + 0.5
    place = (turn * (posters.shape[1] - 1)).astype(int)
    top, start = board.pixel(0, 2.55)[1], board.pixel(left, 0)[0]
    board.image[top : top + posters.shape[0], start : start + 2 * half] = posters[:, place]
    tone = np.interp(
        np.arange(board.image.shape[1]),
        np.linspace(start, start + 2 * half, 2 * half),
        cylinder_tone(2 * half),
    )
    image = board.image * tone[None, :, None].astype(np.float32) * 1.08
    under_roof = board.pixel(0, height - 0.80)[1]
    image[under_roof : under_roof + 24] *= np.linspace(0.55, 1, 24)[:, None, None]
    return _round(image, mask.image[..., 0] / np.float32(255), scale, distance)


def _posters(rng: np.random.Generator, width: int, height: int) -> np.ndarray:
    strip = np.full((height, width, 3), (170, 188, 196), np.uint8)
    words = ("JAZZ", "EXPO", "OPERA", "FLAT EARTH", "SORT!", "CIRCUS", "MOT 16", "LATENT")
    inks = (
        (52, 60, 190),
        (150, 86, 40),
        (44, 170, 220),
        (70, 120, 60),
        (60, 50, 54),
        (220, 226, 230),
    )
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
            cv2.ellipse(
                strip,
                spot,
                (round(wide * 0.4), round(wide * 0.13)),
                30,
                0,
                360,
                ink,
                3,
                cv2.LINE_AA,
            )
            word = words[index % len(words)]
            label(strip, word, (middle[0], y + tall * 0.14), min(wide / len(word) * 0.8, 20), ink)
            for line in range(3):
                row = round(y + tall * (0.84 + 0.05 * line))
                if row < corner[1] - 3:
                    cv2.line(strip, (x + 8, row), (corner[0] - 8 - 9 * line, row), ink, 2)
            y, index = corner[1] + 5, index + 1
        x += wide + 5
    return strip


def _round(image: np.ndarray, alpha: np.ndarray, scale: float, distance: float) -> Sprite:
    """Bend a flat drawing around a cylinder: level lines sag, and lower lines sag more.

    The front of a cylinder is nearer than its axis by the radius times the cosine of the turn.
    Points below the eye's level therefore appear lower on the front, and points above it higher.
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
    sprite = standing_sprite(colour, bent[..., 3], scale)
    return Sprite(sprite.image, (sprite.foot[0], sprite.foot[1] - extra), scale)
