"""The people of the scene and their walks.

The scene consists of acts for one or two people, arranged around the three wide props. The acts are
hard for trackers that use motion alone: two people vanish behind a prop together and both turn
back, so that each comes out where the other was expected; some people stop while they are hidden;
some walk behind another person.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from flatsort.scene.figure import SWINGS
from flatsort.scene.props import Prop
from flatsort.scene.scene_kind import USUAL, SceneKind
from flatsort.scene.skeleton import STATURE, STRIDE
from flatsort.scene.wardrobe import Outfit, outfits
from flatsort.scene.world import FRAME_RATE, camera_at

BLOCK = 360  # frames after which the acts start again, with other people
PER_BLOCK = 16  # people per crowd and block
CROWD_LAG = 1.8  # seconds between the acts of two crowds: about two metres of walking

Knots = list[tuple[float, float, float]]  # points of a walk: time (s), x (m), z (m)


@dataclass(frozen=True)
class Person:
    """One identity with its place and pose in each frame.

    Attributes:
        identity: number of the person, from 1.
        outfit: clothes and build.
        x: (frames,) place to the right in metres, NaN while the person is not on the square.
        z: (frames,) distance from the camera in metres.
        heading: (frames,) walking direction in radians, 0 to the right, pi/2 towards the camera.
        phase: (frames,) position in the gait cycle, radians.
        swing: (frames,) amplitude of the gait, 0 (standing) to 1 (walking briskly).
    """

    identity: int
    outfit: Outfit
    x: np.ndarray
    z: np.ndarray
    heading: np.ndarray
    phase: np.ndarray
    swing: np.ndarray


def cast(seed: int, frames: int, props: list[Prop], kind: SceneKind = USUAL) -> list[Person]:
    """Return the people of a scene of ``frames`` frames; their walks lead behind the props."""
    wide = {prop.name: prop for prop in props if prop.name in ("pillar", "column", "kiosk")}
    people = []
    blocks = -(-frames // BLOCK)
    wardrobe = outfits(seed, blocks * kind.crowds * PER_BLOCK, kind.uniforms)
    for block, crowd in itertools.product(range(blocks), range(kind.crowds)):
        # The first crowd is that of a scene with one crowd.
        rng = np.random.default_rng([seed, 6, block, crowd] if crowd else [seed, 6, block])
        start = block * BLOCK / FRAME_RATE + crowd * CROWD_LAG
        stage = _Stage(seed, rng, wide, start, kind.carried)
        for knots in stage.acts():
            identity = len(people) + 1
            people.append(_walk(identity, wardrobe[identity - 1], knots, frames))
    return people


class _Stage:
    """Makes the walks of one block."""

    def __init__(
        self,
        seed: int,
        rng: np.random.Generator,
        props: dict[str, Prop],
        start: float,
        carried: bool,
    ) -> None:
        self.seed, self.rng, self.props = seed, rng, props
        self.start, self.carried = start, carried

    def acts(self) -> Iterator[Knots]:
        """Yield the walks of all people of the block: ``PER_BLOCK`` of them."""
        side = float(self.rng.choice((-1.0, 1.0)))
        yield from self._crossing("pillar", 2.6, 9.4)
        yield from self._turning("column", 5.0, 10.6)
        yield from self._turning("pillar", 9.6, 9.8)
        yield from self._crossing("column", 12.2, 11.0)
        yield self._passing("kiosk", 4.6, 16.3, side, wait=0.0)
        yield self._passing("kiosk", 11.0, 15.6, -side, wait=0.35)
        yield from self._overtaking(11.2, 7.0, -side)
        yield self._nearing(4.0 + float(self.rng.uniform(0, 1)))
        yield self._leaving(0.5 + float(self.rng.uniform(0, 1)))
        yield self._waiting(4.8)
        yield self._straight(2.0, 0.3, 5.45, side, 1.42)

    def _crossing(self, prop: str, time: float, z: float) -> Iterator[Knots]:
        """Two people meet behind a prop and go on."""
        time = self._about(time)
        yield self._passing(prop, time, self._near(z), 1.0, wait=0.0)
        yield self._passing(prop, time, self._near(z + 0.8), -1.0, wait=0.0)

    def _turning(self, prop: str, time: float, z: float) -> Iterator[Knots]:
        """Two people meet behind a prop and turn back: each appears where the other is expected."""
        time = self._about(time)
        for way, depth in ((1.0, z), (-1.0, z + 0.8)):
            depth, speed = self._near(depth), self._speed()
            x = self._behind(prop, time, depth)
            yield self._timed(
                [
                    (time - 11, x - 11 * way * speed, depth),
                    (time - 0.1, x, depth),
                    (time + 0.1, x, depth + 0.05),
                    (time + 11, x - 11 * way * speed, depth + 0.05),
                ]
            )

    def _passing(self, prop: str, time: float, z: float, way: float, wait: float) -> Knots:
        """One person passes behind a prop and stands there for ``wait`` seconds."""
        speed, x = self._speed(), self._behind(prop, time, z)
        before, after = time - wait / 2, time + wait / 2
        walk = [(before - 12, x - 12 * way * speed, z), (before, x, z)]
        if wait:
            walk.append((after, x, z))
        return self._timed([*walk, (after + 12, x + 12 * way * speed, z)])

    def _overtaking(self, time: float, z: float, way: float) -> Iterator[Knots]:
        """Two people walk the same way; the farther one slowly falls behind the nearer one."""
        yield self._straight(time, 0.0, z, way, 1.28)
        yield self._straight(time, 0.0, z + 1.1, way, 1.16)

    def _straight(self, time: float, x: float, z: float, way: float, speed: float) -> Knots:
        return self._timed([(time + t, x + way * speed * t, z) for t in (-12.0, 12.0)])

    def _nearing(self, time: float) -> Knots:
        """One person comes from the shops, between the props, past the camera."""
        return self._timed([(time - 3, 3.4, 21.5), (time, 2.2, 18.5), (time + 12.4, -0.5, 4.6)])

    def _leaving(self, time: float) -> Knots:
        """One person comes in at the right and walks off towards the shops."""
        walk = [(time - 3, 6.5, 6.4), (time + 0.5, 3.7, 8.6), (time + 5.5, -0.8, 12.6)]
        return self._timed([*walk, (time + 12, 1.2, 20.4), (time + 16, 5.8, 22.2)])

    def _waiting(self, time: float) -> Knots:
        """One person stands still, then walks off behind the advertising column."""
        z, speed = self._near(12.2), self._speed()
        return self._timed(
            [(time - 20, -0.2, z), (time, -0.2, z), (time + 12, -0.2 + 12 * speed, z)]
        )

    def _behind(self, prop: str, time: float, z: float) -> float:
        """Return the x at which a prop hides a person at depth z from the camera at ``time``."""
        place = self.props[prop]
        eye = camera_at(self.seed, round((self.start + time) * FRAME_RATE), self.carried).x
        return eye + (place.x - eye) * z / place.z

    def _timed(self, knots: Knots) -> Knots:
        return [(self.start + time, x, z) for time, x, z in knots]

    def _speed(self) -> float:
        return float(self.rng.uniform(1.12, 1.34))

    def _near(self, z: float) -> float:
        return z + float(self.rng.uniform(-0.2, 0.2))

    def _about(self, time: float) -> float:
        return time + float(self.rng.uniform(-0.35, 0.35))


def _walk(identity: int, outfit: Outfit, knots: Knots, frames: int) -> Person:
    """Turn knots into a person: rounded corners, a heading, and a gait without slipping feet."""
    times, xs, zs = np.array(knots).T
    pad = 2 * FRAME_RATE
    clock = (np.arange(1 - pad, frames + 1 + pad)) / FRAME_RATE
    x = _smooth(np.interp(clock, times, xs), 0.16 * FRAME_RATE)
    z = _smooth(np.interp(clock, times, zs), 0.16 * FRAME_RATE)
    velocity_x, velocity_z = np.gradient(x) * FRAME_RATE, np.gradient(z) * FRAME_RATE
    speed = np.hypot(velocity_x, velocity_z)
    heading = _heading(velocity_x, velocity_z, speed)
    # The gait is drawn at a few amplitudes. Its pace follows the drawn amplitude, so no foot slips.
    swing = np.ceil(np.sqrt(np.clip(speed / 1.2, 0, 1)) * SWINGS - 0.5) / SWINGS
    stride = STRIDE * outfit.stature / STATURE * np.maximum(swing, 1 / SWINGS)
    phase = np.cumsum(2 * np.pi * speed / stride / FRAME_RATE) + identity
    here = (clock >= times[0]) & (clock <= times[-1])
    kept = slice(pad, pad + frames)
    return Person(
        identity,
        outfit,
        np.where(here, x, np.nan)[kept],
        z[kept],
        heading[kept],
        phase[kept] % (2 * np.pi),
        swing[kept],
    )


def _heading(velocity_x: np.ndarray, velocity_z: np.ndarray, speed: np.ndarray) -> np.ndarray:
    """Return the walking direction per frame; a standing person keeps the last direction."""
    moving = np.flatnonzero(speed > 0.2)
    if not len(moving):
        return np.full(len(speed), -np.pi / 2)
    raw = np.arctan2(-velocity_z, velocity_x)[moving]
    held = np.clip(np.searchsorted(moving, np.arange(len(speed)), side="right") - 1, 0, None)
    return _smooth(np.unwrap(raw)[held], 0.14 * FRAME_RATE)


def _smooth(values: np.ndarray, sigma: float) -> np.ndarray:
    """Smooth by a Gaussian whose standard deviation is ``sigma`` samples."""
    reach = int(3 * sigma) + 1
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    padded = np.pad(values, reach, mode="reflect", reflect_type="odd")
    return np.convolve(padded, weights / weights.sum(), mode="valid")
