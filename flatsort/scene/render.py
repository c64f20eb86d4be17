"""Compose the frames of the scene, with ground truth counted from their pixels."""

from dataclasses import dataclass

import cv2
import numpy as np

from flatsort.scene.backdrop import FACADE, SHADOW, Backdrop
from flatsort.scene.cast import Person, cast
from flatsort.scene.figure import Figure
from flatsort.scene.lens import Lens
from flatsort.scene.props import standing_props
from flatsort.scene.scene_kind import USUAL, SceneKind
from flatsort.scene.sprite import Sprite
from flatsort.scene.world import HEIGHT, WIDTH, Camera, camera_at, light_at

REACH = 0.7  # largest distance of a body's parts from its middle, metres
LEAST_INSIDE = 0.10  # a box has a row of ground truth if this share of it is in the picture


@dataclass(frozen=True)
class Truth:
    """Ground truth of one frame.

    Attributes:
        ids: (N,) int64 identities.
        boxes_tlwh: (N, 4) float64, boxes of the whole bodies with their hidden parts, pixels.
        visibilities: (N,) visible share of each body's pixels, 0 to 1.
    """

    ids: np.ndarray
    boxes_tlwh: np.ndarray
    visibilities: np.ndarray


class Scene:
    """One street with its people.

    Frames can be rendered in any order: each depends only on the seed, on the length of the scene
    and on its own number.
    """

    def __init__(self, seed: int, frames: int, kind: SceneKind = USUAL) -> None:
        """Draw the street and choose the people of a scene of ``frames`` rendered frames."""
        self._seed, self._carried = seed, kind.carried
        self._props = standing_props(seed)
        self._backdrop = Backdrop(seed, [(p.x, p.z, p.width / 2, p.height) for p in self._props])
        self._people = cast(seed, frames, self._props, kind)
        self._figures = [Figure(person.outfit) for person in self._people]
        self._lens = Lens(seed)

    def frame(self, number: int) -> tuple[np.ndarray, Truth]:
        """Return the picture, (720, 1280, 3) uint8 BGR, and the truth of a frame, from 1."""
        camera, light = self.camera(number), light_at(self._seed, number)
        canvas = self._backdrop.render(camera, light.sun)
        actors = self._actors(camera, number)
        for actor in actors:
            _cast_shadow(canvas, camera, actor, light.sun)
        stage = [*actors, *(_Placed(0, p.x, p.z, p.sprite) for p in self._props)]
        owners = np.zeros((HEIGHT, WIDTH), np.uint16)
        for standing in sorted(stage, key=lambda standing: -standing.z):
            _paste(canvas, owners, camera, standing)
        motion = camera.centre - self.camera(number - 1).centre
        picture = self._lens.photograph(canvas, light, motion, number)
        return picture, _truth(actors, camera, owners)

    def camera(self, number: int) -> Camera:
        """Return the camera of a frame."""
        return camera_at(self._seed, number, self._carried)

    def _actors(self, camera: Camera, number: int) -> list["_Placed"]:
        placed = (
            _placed(person, figure, camera, number)
            for person, figure in zip(self._people, self._figures, strict=True)
        )
        return [actor for actor in placed if actor is not None]


@dataclass(frozen=True)
class _Placed:
    """A sprite that stands at x, z; ``owner`` is the identity of a person, 0 for props."""

    owner: int
    x: float
    z: float
    sprite: Sprite

    def affine(self, camera: Camera) -> np.ndarray:
        """Return the affine map (2, 3) from pixels of the sprite to pixels of the picture."""
        zoom = camera.focal / self.z / self.sprite.scale
        column, row = camera.project(self.x, 0.0, self.z)
        foot = self.sprite.foot
        return np.array([[zoom, 0, column - zoom * foot[0]], [0, zoom, row - zoom * foot[1]]])

    def box(self, camera: Camera) -> np.ndarray:
        """Return the sprite's box in the picture, (4,) left, top, width, height."""
        affine = self.affine(camera)
        height, width = self.sprite.image.shape[:2]
        return np.array([affine[0, 2], affine[1, 2], affine[0, 0] * width, affine[0, 0] * height])


def _placed(person: Person, figure: Figure, camera: Camera, frame: int) -> _Placed | None:
    """Return the sprite of a person in this frame, or None outside the picture."""
    x, z = float(person.x[frame - 1]), float(person.z[frame - 1])
    if (
        not np.isfinite(x)
        or abs(camera.project(x, 0, z)[0] - WIDTH / 2) > WIDTH / 2 + REACH * camera.focal / z
    ):
        return None
    sprite = figure.sprite(
        person.phase[frame - 1],
        person.swing[frame - 1],
        # At the side of the picture, a body is seen turned by the angle of the line of sight.
        person.heading[frame - 1] - np.arctan2(x - camera.x, z),
        camera.focal / z,
    )
    return _Placed(person.identity, x, z, sprite)


def _paste(canvas: np.ndarray, owners: np.ndarray, camera: Camera, standing: _Placed) -> None:
    """Draw a sprite on the canvas and mark its solid pixels in ``owners``."""
    part = _warped(standing.sprite.image, standing.affine(camera), 0)
    if part is None:
        return
    window, patch = part
    alpha = np.ascontiguousarray(patch[..., 3]).ravel()
    colour = cv2.cvtColor(patch, cv2.COLOR_BGRA2BGR)
    below = np.ascontiguousarray(canvas[window])
    # Most pixels are opaque or clear. Only the edges are mixed; flat indices make this fast.
    edge = np.flatnonzero((alpha != 0) & (alpha != 255))
    clear = (255 - alpha[edge]) * np.float32(1 / 255)
    mixed = colour.reshape(-1, 3)[edge] + below.reshape(-1, 3)[edge] * clear[:, None]
    solid = (alpha == 255).view(np.uint8).reshape(patch.shape[:2])
    cv2.copyTo(colour, solid, below)
    below.reshape(-1, 3)[edge] = np.minimum(mixed, 255)
    canvas[window] = below
    np.copyto(owners[window], standing.owner, where=(alpha > 127).reshape(patch.shape[:2]))


def _cast_shadow(canvas: np.ndarray, camera: Camera, actor: _Placed, sun: float) -> None:
    """Darken the ground in a person's shadow and, in any light, around the feet."""
    base_row = int(camera.project(0.0, 0.0, FACADE)[1]) + 1
    foot = np.array(camera.project(actor.x, 0.0, actor.z))
    spread = np.array((0.34, 0.20)) * camera.focal / actor.z * (1.0, camera.height / actor.z)
    middle = len(_BLOT) / 2
    blot = np.array(
        [
            [spread[0] / middle, 0, foot[0] - spread[0]],
            [0, spread[1] / middle, foot[1] - spread[1]],
        ]
    )
    _darken(canvas, _warped(_BLOT, blot, base_row), 0.55)
    sprite = actor.sprite
    tip = SHADOW * 1.0 + (actor.x, actor.z)
    per_metre = np.array(camera.project(tip[0], 0.0, tip[1])) - foot
    across = np.array([camera.focal / actor.z, 0.0])
    linear = np.column_stack([across, -per_metre]) / sprite.scale
    _darken(
        canvas,
        _warped(
            sprite.image[..., 3],
            np.column_stack([linear, foot - linear @ np.array(sprite.foot)]),
            base_row,
        ),
        0.46 * sun,
    )


def _darken(canvas: np.ndarray, part: tuple | None, strength: float) -> None:
    """Darken the canvas by a warped mask, blurred by 3 x 3 pixels."""
    if part is None or strength < 0.02:
        return
    window, mask = part
    kept = cv2.convertScaleAbs(cv2.blur(mask, (3, 3)), alpha=-strength, beta=0)
    kept = cv2.merge([255 - kept] * 3)
    canvas[window] = cv2.multiply(canvas[window], kept, scale=1 / 255)


def _warped(
    image: np.ndarray, affine: np.ndarray, top_row: int
) -> tuple[tuple[slice, slice], np.ndarray] | None:
    """Map an image into the picture; return its window there and the pixels of the window.

    Args:
        image: the image.
        affine: (2, 3) map from its pixels to pixels of the picture.
        top_row: rows of the picture above this row are cut off.

    Returns:
        Rows and columns of the window, and its pixels; None if nothing is inside the picture.
    """
    height, width = image.shape[:2]
    corners = affine[:, :2] @ np.array([[0, width, 0, width], [0, 0, height, height]])
    corners += affine[:, 2:]
    left, top = np.maximum(np.floor(corners.min(1)), (0, top_row)).astype(int)
    right, bottom = np.minimum(np.ceil(corners.max(1)) + 1, (WIDTH, HEIGHT)).astype(int)
    if right <= left or bottom <= top:
        return None
    moved = affine - np.array([[0, 0, left], [0, 0, top]])
    patch = cv2.warpAffine(image, moved, (int(right - left), int(bottom - top)))
    return (slice(top, bottom), slice(left, right)), patch


def _truth(actors: list[_Placed], camera: Camera, owners: np.ndarray) -> Truth:
    """Return the ground truth: boxes of the sprites, visibilities counted in ``owners``."""
    ids, boxes, visibilities = [], [], []
    for actor in actors:
        left, top, width, height = box = actor.box(camera)
        columns = min(left + width, WIDTH) - max(left, 0)
        rows = min(top + height, HEIGHT) - max(top, 0)
        if columns <= 0 or rows <= 0 or columns * rows < LEAST_INSIDE * width * height:
            continue
        window = owners[
            max(int(top) - 1, 0) : int(top + height) + 2,
            max(int(left) - 1, 0) : int(left + width) + 2,
        ]
        zoom = width / actor.sprite.image.shape[1]
        whole = np.count_nonzero(actor.sprite.image[..., 3] > 127) * zoom**2
        ids.append(actor.owner)
        boxes.append(box)
        visibilities.append(min(np.count_nonzero(window == actor.owner) / whole, 1.0))
    return Truth(
        np.array(ids, np.int64),
        np.array(boxes, np.float64).reshape(-1, 4),
        np.array(visibilities, np.float64),
    )


def _blot() -> np.ndarray:
    """Return a soft round spot, (64, 64) uint8: the mask of the shadow around the feet."""
    away = np.hypot(*np.meshgrid(np.linspace(-1, 1, 64), np.linspace(-1, 1, 64)))
    return (np.clip(1 - away, 0, 1) ** 1.3 * 255).astype(np.uint8)


_BLOT = _blot()
