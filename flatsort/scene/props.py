"""The props that stand on the square and hide people: pillar, column, kiosk, trees, lamps."""

from dataclasses import dataclass

import cv2
import numpy as np

from flatsort.scene.round_props import advertising_column, pillar
from flatsort.scene.sprite import Sprite, standing_sprite
from flatsort.scene.textures import Board


@dataclass(frozen=True)
class Prop:
    """A standing object.

    Attributes:
        name: kind of the object.
        x: place to the right, metres.
        z: distance from the camera, metres.
        width: width at the height of people, metres.
        height: height, metres.
        sprite: picture of the object.
    """

    name: str
    x: float
    z: float
    width: float
    height: float
    sprite: Sprite


def standing_props(seed: int) -> list[Prop]:
    """Return the props of a scene; the walks of the cast lead behind the three wide ones."""
    rng = np.random.default_rng([seed, 5])
    props = [
        Prop("pillar", -2.35, 6.0, 0.88, 5.4, pillar(rng, 0.88, 5.4, 6.0, 190)),
        Prop("column", 1.95, 7.6, 1.20, 3.4, advertising_column(rng, 1.20, 3.4, 7.6, 150)),
        Prop("kiosk", -1.3, 13.0, 1.6, 2.8, _kiosk(rng, 1.6, 2.8, 92)),
    ]
    props += [Prop("tree", x, 12.4, 0.3, 6.5, _tree(rng, 92)) for x in (-9.6, 4.9, 10.8)]
    props += [Prop("lamp", x, 18.2, 0.1, 4.6, _lamp(66)) for x in (-7.4, -3.2, 6.2)]
    props += [Prop("bollard", x, 17.7, 0.2, 0.9, _bollard(66)) for x in np.arange(-11.5, 12, 2.3)]
    return props


def _kiosk(rng: np.random.Generator, width: float, height: float, scale: float) -> Sprite:
    """Draw a newspaper kiosk with a striped roof edge."""
    board = Board(width * 1.2, height, scale, (0, 0, 0))
    mask = Board(width * 1.2, height, scale, (0, 0, 0))
    left = width * 0.1
    roof = [
        (0.02, height - 0.45),
        (width * 1.2 - 0.02, height - 0.45),
        (width * 1.05, height - 0.05),
        (width * 0.15, height - 0.05),
    ]
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
    board.text("NEWS", left + width / 2, 2.165, 0.09, (190, 224, 236))
    board.polygon(roof, (58, 62, 150))
    for place, x in enumerate(np.arange(0.04, width * 1.2 - 0.04, 0.14)):
        board.box(x, height - 0.56, 0.14, 0.12, ((228, 230, 232), (58, 62, 168))[place % 2])
        mask.box(x, height - 0.56, 0.14, 0.12, (255,) * 3)
    board.darken(left, 1.95, width, 0.16, np.linspace(0.55, 1, 6)[:, None])
    board.darken(left, 0, width, height - 0.4, np.linspace(1.08, 0.80, 9)[None, :])
    return standing_sprite(
        board.image.astype(np.float32), mask.image[..., 0] / np.float32(255), scale
    )


def _tree(rng: np.random.Generator, scale: float) -> Sprite:
    """Draw a plane tree: trunk, boughs and a crown of many small lit leaves."""
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
    # Dark leaves are drawn first; the lit ones face the sun at the upper left.
    light = (
        (leaves[:, 1] - 4.6) * 0.35 - (leaves[:, 0] - 2.3) * 0.16 + rng.normal(0, 0.28, len(leaves))
    )
    for (x, y), shine in sorted(
        zip(leaves.tolist(), light.tolist(), strict=True), key=lambda leaf: leaf[1]
    ):
        tone = float(np.clip(0.62 + 0.42 * shine, 0.26, 1.25))
        axes = (max(2, round(0.085 * scale)), max(1, round(0.05 * scale)))
        angle = float((x * 977 + y * 613) % 180)
        for target, colour in ((board, (58 * tone, 148 * tone, 112 * tone)), (mask, (255,) * 3)):
            cv2.ellipse(
                target.image, target.pixel(x, y), axes, angle, 0, 360, colour, -1, cv2.LINE_AA
            )
    return standing_sprite(
        board.image.astype(np.float32), mask.image[..., 0] / np.float32(255), scale
    )


def _lamp(scale: float) -> Sprite:
    board, mask = (Board(1.0, 4.6, scale * 2, (0, 0, 0)) for _ in range(2))
    for target, iron, glass in (
        (board, (58, 60, 58), (214, 236, 244)),
        (mask, (255,) * 3, (255,) * 3),
    ):
        target.box(0.46, 0, 0.08, 4.0, iron)
        target.box(0.41, 0, 0.18, 0.7, iron)
        target.polygon([(0.36, 4.0), (0.64, 4.0), (0.72, 4.36), (0.28, 4.36)], glass)
        target.polygon([(0.22, 4.36), (0.78, 4.36), (0.5, 4.58)], iron)
    return standing_sprite(
        board.image.astype(np.float32), mask.image[..., 0] / np.float32(255), scale * 2
    )


def _bollard(scale: float) -> Sprite:
    board, mask = (Board(0.3, 0.9, scale * 2, (0, 0, 0)) for _ in range(2))
    for target, iron in ((board, (62, 62, 62)), (mask, (255,) * 3)):
        target.box(0.09, 0, 0.12, 0.8, iron)
        target.box(0.07, 0.74, 0.16, 0.13, iron)
    board.darken(0.07, 0, 0.16, 0.9, np.linspace(1.6, 0.6, 5)[None, :])
    return standing_sprite(
        board.image.astype(np.float32), mask.image[..., 0] / np.float32(255), scale * 2
    )
