"""The two background layers: sky and houses, and the paved ground.

Each layer is drawn once, wider than the picture, as :data:`world.REFERENCE` sees it, both in
sunshine and under cloud. A frame mixes both versions and moves the layers to its camera by affine
maps. These are exact for the upright houses, and also for the ground, because 1 / z is linear in
the row.
"""

import cv2
import numpy as np

from flatsort.scene.houses import house_row
from flatsort.scene.textures import cloudy
from flatsort.scene.world import HEIGHT, REFERENCE, WIDTH, Camera

MARGIN = 320  # extra columns of a layer on each side of the picture
HEADROOM = 60  # extra rows of a layer above and below the picture
FACADE = 24.0  # distance of the houses, metres
STREET = (13.2, 17.6)  # nearest and farthest z of the asphalt band across the square, metres
SHADOW = np.array([0.80, 0.62])  # length of the shadow per metre of height, along x and z


class Backdrop:
    """Sky, houses and ground of one scene."""

    def __init__(self, seed: int, standing: list[tuple[float, float, float, float]]) -> None:
        """Draw the layers.

        Args:
            seed: seed of the scene.
            standing: objects that cast shadows on the ground: x, z, radius, height in metres.
        """
        rng = np.random.default_rng([seed, 4])
        self._base_row = REFERENCE.project(0.0, 0.0, FACADE)[1]
        self._ground_top = int(self._base_row) - 12
        self._far = _far_layer(rng, int(np.ceil(self._base_row)) + HEADROOM)
        self._ground = _ground_layer(rng, self._ground_top, standing)
        self._mixed: tuple[int, np.ndarray, np.ndarray] | None = None

    def render(self, camera: Camera, sun: float) -> np.ndarray:
        """Return the empty square, (720, 1280, 3) uint8 BGR.

        Args:
            camera: the camera of the frame.
            sun: 0 (overcast) to 1 (clear).
        """
        far, ground = self._mix(sun)
        zoom = camera.focal / REFERENCE.focal
        base = camera.project(0.0, 0.0, FACADE)[1]
        seam = int(np.floor(base))
        picture = np.empty((HEIGHT, WIDTH, 3), np.uint8)
        shift = camera.focal * (REFERENCE.x - camera.x) / FACADE
        upright = np.array(
            [
                [zoom, 0, camera.centre + shift - zoom * (REFERENCE.centre + MARGIN)],
                [0, zoom, camera.horizon - zoom * (REFERENCE.horizon + HEADROOM)],
            ]
        )
        picture[: seam + 1] = _warp(far, upright, seam + 1)
        # If the camera moves sideways, a row of the ground shifts in proportion to its distance
        # from the horizon.
        shear = zoom * (REFERENCE.x - camera.x) / REFERENCE.height
        drop = self._ground_top - REFERENCE.horizon
        flat = np.array(
            [
                [zoom, shear, camera.centre - zoom * (REFERENCE.centre + MARGIN) + shear * drop],
                [0, zoom, camera.horizon + zoom * drop - seam],
            ]
        )
        below = _warp(ground, flat, HEIGHT - seam)
        part = base - seam
        below[0] = part * picture[seam] + (1 - part) * below[0]
        picture[seam:] = below
        return picture

    def _mix(self, sun: float) -> tuple[np.ndarray, np.ndarray]:
        """Return both layers at a strength of the sun in steps of 1/40; keep the last result."""
        step = round(sun * 40)
        if self._mixed is None or self._mixed[0] != step:
            weight = step / 40
            far, ground = (
                cv2.addWeighted(sunny, weight, grey, 1 - weight, 0)
                for sunny, grey in (self._far, self._ground)
            )
            self._mixed = (step, far, ground)
        return self._mixed[1:]


def _warp(layer: np.ndarray, affine: np.ndarray, rows: int) -> np.ndarray:
    return cv2.warpAffine(
        layer, affine, (WIDTH, rows), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )


def _far_layer(rng: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw sky and houses, sunny and overcast, in ``rows`` rows down to the foot of the houses."""
    columns, fine = WIDTH + 2 * MARGIN, 2
    scale = REFERENCE.focal / FACADE
    houses = house_row(rng, columns / scale, rows / scale, scale * fine)
    houses = cv2.resize(houses, (columns, rows), interpolation=cv2.INTER_AREA).astype(np.float32)
    solid = houses[..., 3:] / 255
    height = np.linspace(0, 1, rows, dtype=np.float32)[:, None, None]
    blue = np.array((214, 164, 104), np.float32) * (1 - height) + np.array((236, 222, 204)) * height
    stretched = cloudy(rng, rows, columns // 3, 120)
    cloud = cv2.resize(stretched, (columns, rows), interpolation=cv2.INTER_CUBIC)
    puffs = np.clip(cloud * 2.2 - 0.1, 0, 1)[..., None]
    sunny_sky = blue * (1 - puffs) + np.array((250, 248, 246), np.float32) * puffs
    grey_sky = np.array((216, 208, 202), np.float32) * (1 + 0.10 * cloud[..., None])
    wall = houses[..., :3]
    sunny = wall * solid * 1.06 + sunny_sky * (1 - solid)
    soft = wall * 0.86 + cv2.blur(wall, (31, 31)) * 0.10
    grey = soft * solid + grey_sky * (1 - solid)
    return tuple(np.clip(layer, 0, 255).astype(np.uint8) for layer in (sunny, grey))


def _ground_layer(
    rng: np.random.Generator, top: int, standing: list[tuple[float, float, float, float]]
) -> tuple[np.ndarray, np.ndarray]:
    """Draw the ground, sunny and overcast, from row ``top`` of the reference picture down."""
    rows, columns = HEIGHT + HEADROOM - top, WIDTH + 2 * MARGIN
    fine = 2  # samples per row: far away, a row covers much more ground than a column
    row = (top + (np.arange(rows * fine) + 0.5) / fine).astype(np.float32)
    z = REFERENCE.focal * REFERENCE.height / (row - REFERENCE.horizon)
    column = (np.arange(columns) + 0.5 - MARGIN - REFERENCE.centre).astype(np.float32)
    x = column[None, :] * (z / REFERENCE.focal)[:, None]
    z = np.broadcast_to(z[:, None], x.shape)
    colour = cv2.resize(_paved(rng, x, z), (columns, rows), interpolation=cv2.INTER_AREA)
    soft = _shadows(x[:: 2 * fine, ::2], z[:: 2 * fine, ::2], standing, rng)
    shade, contact = (cv2.resize(part, (columns, rows)) for part in soft)
    sunny = colour * (1.06 - 0.50 * shade - 0.30 * contact)[..., None]
    sunny *= 1 + shade[..., None] * np.array((0.10, 0.0, -0.06), np.float32)
    grey = colour * (0.94 - 0.08 * shade - 0.42 * contact)[..., None]
    return tuple(np.clip(layer, 0, 255).astype(np.uint8) for layer in (sunny, grey))


def _paved(rng: np.random.Generator, x: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Return the colour of the ground at x, z: slabs, and an asphalt band between kerbs."""
    slab, joint = 0.44, 0.012
    course = np.floor(z / slab).astype(np.int32)
    shifted = x + (course % 2) * slab / 2
    piece = np.floor(shifted / slab).astype(np.int32)
    tones = rng.uniform(-1, 1, (64, 64)).astype(np.float32)
    tone = 1 + 0.075 * tones[course % 64, piece % 64]
    # Joints finer than a pixel are blurred to their average, so that they do not flicker.
    for place, footprint in ((z, z**2 / 2300), (shifted, z / 1000)):
        off = np.abs(place / slab - np.round(place / slab)) * slab
        wide = np.maximum(joint, footprint * 0.6)
        tone -= 0.34 * (joint / wide) * np.clip(1.5 - off / wide, 0, 1)
    grain = cloudy(rng, 512, 512, 96)
    tone += 0.07 * _mirrored(grain, z * 40, x * 40)
    tone += 0.05 * _mirrored(grain, z * 9, x * 9)
    warm = (rng.uniform(-1, 1, (64, 64)) > 0.55).astype(np.float32)[course % 64, piece % 64]
    colour = tone[..., None] * (
        np.array((158, 168, 176), np.float32) + warm[..., None] * np.array((-16, -8, 4), np.float32)
    )
    asphalt = (z > STREET[0]) & (z < STREET[1])
    rough = 1 + 0.16 * _mirrored(grain, z * 55, x * 55)
    colour[asphalt] = (rough[..., None] * np.array((98, 96, 94), np.float32))[asphalt]
    for edge in STREET:
        colour[np.abs(z - edge) < 0.16] *= 1.22
        colour[np.abs(z - edge - 0.2) < 0.05] *= 0.62
    return colour


def _mirrored(noise: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Look up square noise at any place; repeats are mirrored, so that they join without seams."""
    size = len(noise)

    def fold(place: np.ndarray) -> np.ndarray:
        repeat = np.floor(place + 0.7 * size).astype(np.int32) % (2 * size)
        return np.minimum(repeat, 2 * size - 1 - repeat)

    return noise[fold(rows), fold(columns)]


def _shadows(
    x: np.ndarray,
    z: np.ndarray,
    standing: list[tuple[float, float, float, float]],
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the cast shadow and the contact shadow at x, z, each 0 to 1."""
    shade, contact = np.zeros_like(x), np.zeros_like(x)
    leaves = cloudy(rng, 256, 256, 40)
    dapple = 0.035 * _mirrored(leaves, z * 26, x * 26)
    for place_x, place_z, radius, height in standing:
        off_x, off_z = x - place_x, z - place_z
        way = SHADOW * height
        along = np.clip((off_x * way[0] + off_z * way[1]) / (way @ way), 0, 1)
        apart = np.hypot(off_x - along * way[0], off_z - along * way[1])
        soft = 0.05 + 0.09 * along * height
        shade = np.maximum(shade, np.clip((radius + dapple - apart) / soft + 0.5, 0, 1))
        contact = np.maximum(
            contact, np.exp(-np.maximum(np.hypot(off_x, off_z) - radius, 0) / 0.09)
        )
    return shade, contact
