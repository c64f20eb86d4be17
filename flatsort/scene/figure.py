"""Draw one person: tubes are drawn into a depth buffer, coloured, shaded and antialiased.

A sprite shows one moment of the gait with one heading at one size. It is drawn once and kept, so a
frame only moves sprites to their places.
"""

import itertools
import math

import cv2
import numpy as np

from flatsort.scene.body import pose
from flatsort.scene.skeleton import Tube
from flatsort.scene.sprite import Sprite
from flatsort.scene.textures import cloudy
from flatsort.scene.wardrobe import Cloth, Outfit

PHASES = 16  # drawn moments of a gait cycle
HEADINGS = 16  # drawn headings of a full turn
SWINGS = 3  # drawn amplitudes of the gait besides standing
FINE, COARSE = 3, 2  # 3 pixels of the canvas become 2 pixels of the sprite
HALF_WIDTH = 0.80  # metres of canvas on each side of the hips
TOP, BOTTOM = 2.05, -0.12  # upper and lower edge of the canvas, metres above the ground
SIZES = (56, 76, 100, 132, 168)  # drawn sizes, pixels per metre
SUN = (-0.501, 0.622, 0.602)  # unit vector towards the sun, body axes

Normal = tuple[np.ndarray, np.ndarray, np.ndarray]  # x, y, z of N unit vectors

_FOLDS = cloudy(np.random.default_rng(7), 64, 64, 16)


class Figure:
    """The sprites of one person, each drawn when it is first needed."""

    def __init__(self, outfit: Outfit) -> None:
        self.outfit = outfit
        self._sprites: dict[tuple[int, int, int, int], Sprite] = {}

    def sprite(self, phase: float, swing: float, heading: float, scale: float) -> Sprite:
        """Return the sprite of a moment (see ``body.pose``) at about ``scale`` pixels per metre."""
        size = next((s for s in SIZES if s >= 0.88 * scale), SIZES[-1])
        step = round(swing * SWINGS)
        moment = round(phase / (2 * np.pi) * PHASES) % PHASES if step else 0
        turn = round(heading / (2 * np.pi) * HEADINGS) % HEADINGS
        key = (moment, step, turn, size)
        if key not in self._sprites:
            tubes = pose(
                self.outfit,
                moment * 2 * np.pi / PHASES,
                step / SWINGS,
                turn * 2 * np.pi / HEADINGS,
            )
            self._sprites[key] = draw(tubes, turn * 2 * np.pi / HEADINGS, size)
        return self._sprites[key]


def draw(tubes: list[Tube], heading: float, pixels_per_metre: int) -> Sprite:
    """Return the sprite of a posed body."""
    scale = pixels_per_metre * FINE / COARSE
    width, height = (
        FINE * round(metres * scale / FINE) for metres in (2 * HALF_WIDTH, TOP - BOTTOM)
    )
    canvas = _Canvas(
        columns=((np.arange(width) + 0.5) / scale - HALF_WIDTH).astype(np.float32),
        rows=(TOP - (np.arange(height) + 0.5) / scale).astype(np.float32),
        scale=scale,
    )
    for tube in tubes:
        canvas.draw(tube, heading)
    return canvas.resolve()


class _Canvas:
    """A depth and a colour buffer; ``columns`` and ``rows`` are the places of pixels in metres."""

    def __init__(self, columns: np.ndarray, rows: np.ndarray, scale: float) -> None:
        self.columns, self.rows, self.scale = columns, rows, scale
        self.depth = np.full((len(rows), len(columns)), -9.0, np.float32)
        self.colour = np.zeros((len(rows), len(columns), 3), np.float32)

    def draw(self, tube: Tube, heading: float) -> None:
        """Draw the parts of a tube that are nearer than everything drawn so far."""
        # Plain floats keep the arrays in single precision.
        start, end = tube.start.tolist(), tube.end.tolist()
        reach = max(tube.radii)
        rows, columns = self._window(start, end, reach)
        way_x, way_y = end[0] - start[0], end[1] - start[1]
        square = max(way_x**2 + way_y**2, 1e-6)
        x = self.columns[columns][None, :] - start[0]
        y = self.rows[rows][:, None] - start[1]
        along = x * (way_x / square) + y * (way_y / square)
        clipped = np.minimum(np.maximum(along, 0), 1)
        radius = _profile(tube.radii, clipped)
        off_x, off_y = (x - clipped * way_x) / radius, (y - clipped * way_y) / radius
        bulge = 1 - off_x**2 - off_y**2
        inside = bulge > 0
        bulge = np.sqrt(np.maximum(bulge, 0))
        depth = radius * tube.depth * bulge + clipped * (end[2] - start[2]) + start[2]
        window = self.depth[rows, columns]
        wins = inside & (depth > window)
        if tube.hem:
            wins &= along < 1
        # np.flatnonzero is several times faster on a flat array than np.nonzero on two axes.
        picked = np.divmod(np.flatnonzero(wins.ravel()), wins.shape[1])
        if not len(picked[0]):
            return
        window[picked] = depth[picked]
        normal = off_x[picked], off_y[picked], bulge[picked]
        length = math.dist(start, end)
        dyed = _dye(tube, heading, along[picked] * length, normal)
        dyed *= _shade(normal, tube.material)[:, None]
        self.colour[rows, columns][picked] = dyed

    def resolve(self) -> Sprite:
        """Darken parts close behind nearer parts, then average the supersamples to a sprite."""
        solid = self.depth > -8
        top, bottom = _extent(solid.any(1))
        left, right = _extent(solid.any(0))
        crop = (slice(top, bottom), slice(left, right))
        solid = solid[crop]
        depth = np.where(solid, self.depth[crop], np.float32(-0.15))
        spread = max(3, round(0.07 * self.scale) | 1)
        nearer = np.clip(cv2.blur(depth, (spread, spread)) - depth, 0, 0.12)
        colour = self.colour[crop] * (1 - 4.2 * nearer)[..., None]
        full = np.empty((*solid.shape, 4), np.uint8)
        full[..., :3] = np.minimum(colour, 255)
        full[..., 3] = solid * np.uint8(255)
        size = (full.shape[1] * COARSE // FINE, full.shape[0] * COARSE // FINE)
        scale = self.scale * COARSE / FINE
        return Sprite(
            cv2.resize(full, size, interpolation=cv2.INTER_AREA),
            (HALF_WIDTH * scale - left * COARSE / FINE, TOP * scale - top * COARSE / FINE),
            scale,
        )

    def _window(self, start: list[float], end: list[float], reach: float) -> tuple[slice, slice]:
        """Return rows and columns of the canvas that a tube can cover."""

        def span(low: float, high: float, size: int) -> slice:
            return slice(max(int(low * self.scale), 0), min(int(high * self.scale) + 2, size))

        left, right = min(start[0], end[0]) - reach, max(start[0], end[0]) + reach
        low, high = min(start[1], end[1]) - reach, max(start[1], end[1]) + reach
        rows, columns = self.depth.shape
        return span(TOP - high, TOP - low, rows), span(
            left + HALF_WIDTH, right + HALF_WIDTH, columns
        )


def _extent(drawn: np.ndarray) -> tuple[int, int]:
    """Return first and last drawn line with a margin, rounded to whole pixels of the sprite."""
    lines = np.flatnonzero(drawn)
    first = max(lines[0] - 1, 0) // FINE * FINE
    last = min(-(-(lines[-1] + 2) // FINE) * FINE, len(drawn))
    return first, last


def _profile(radii: tuple[float, ...], along: np.ndarray) -> np.ndarray:
    """Return the radius along a tube, linear between radii at even distances."""
    # A sum of straight pieces: each further radius bends the line at its place.
    pieces = len(radii) - 1
    slopes = [(after - before) * pieces for before, after in itertools.pairwise(radii)]
    total = radii[0] + slopes[0] * along
    for piece in range(1, pieces):
        bend = slopes[piece] - slopes[piece - 1]
        total += bend * np.maximum(along - piece / pieces, 0)
    return total


def _shade(normal: Normal, material: str) -> np.ndarray:
    """Return the brightness (N,) of a surface by its normals."""
    sun = np.maximum(normal[0] * SUN[0] + normal[1] * SUN[1] + normal[2] * SUN[2], 0)
    light = 0.46 + 0.10 * normal[1] + 0.62 * sun
    return light + 0.5 * sun**12 if material == "glossy" else light


def _dye(tube: Tube, heading: float, down: np.ndarray, normal: Normal) -> np.ndarray:
    """Return the colour (N, 3) of points with these normals, ``down`` metres along the axis."""
    forward, sideways = float(np.cos(heading)), float(np.sin(heading))
    front = normal[0] * forward + normal[2] * sideways
    side = normal[0] * sideways - normal[2] * forward
    if tube.material == "head":
        return _face(tube, front, side, down, normal[1])
    turn = np.arctan2(side, front)
    around = turn * max(tube.radii)
    folds = _FOLDS[(down * 160).astype(np.int32) & 63, (around * 90).astype(np.int32) & 63]
    tone = (1 + 0.11 * folds)[:, None]
    base, second = (np.array(c, np.float32) for c in (tube.cloth.base, tube.cloth.second))
    if tube.cloth.pattern == "plain":
        return base * tone
    inked = _ink(tube.cloth, down, around, turn)[:, None]
    return (base + (second - base) * inked) * tone


def _ink(cloth: Cloth, down: np.ndarray, around: np.ndarray, turn: np.ndarray) -> np.ndarray:
    """Return the share of the second colour, 0 to 1, at places on a cloth, float32."""
    along, across = down / cloth.size % 1, around / cloth.size % 1
    share = {
        "hoops": lambda: along < 0.5,
        "pinstripes": lambda: across < 0.32,
        "checks": lambda: 0.5 * (along < 0.5) + 0.5 * (across < 0.5),
        "dots": lambda: (along - 0.5) ** 2 + (across - 0.5) ** 2 < 0.08,
        "block": lambda: down < 0.17,
        "logo": lambda: (np.abs(turn) < 0.65) & (np.abs(down - 0.17) < 0.075),
    }[cloth.pattern]()
    return share.astype(np.float32)


def _face(
    tube: Tube, front: np.ndarray, side: np.ndarray, down: np.ndarray, up: np.ndarray
) -> np.ndarray:
    """Return the colour (N, 3) of a head: skin, hair, eyes and mouth."""
    skin, hair = np.array(tube.cloth.base, np.float32), np.array(tube.trim, np.float32)
    # Hair covers the crown and the back of the head down to the neck.
    covered = (up > 0.45 + 0.30 * front) | (front < -0.12 - 0.25 * up)
    colour = np.where(covered[:, None], hair, skin)
    eyes = (np.abs(down - 0.035) < 0.012) & (np.abs(np.abs(side) - 0.38) < 0.12) & (front > 0.3)
    mouth = (np.abs(down - 0.105) < 0.007) & (np.abs(side) < 0.26) & (front > 0.3)
    colour[eyes] *= np.float32(0.40)
    colour[mouth] *= np.array([0.62, 0.60, 0.82], np.float32)
    return colour
