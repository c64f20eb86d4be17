"""Forward kinematics of Acclaim's skeletons: from joint angles to where the bones are.

The convention is that of CMU's .asf files: the skeleton at rest is given in the axes of the world,
y up and z ahead, each bone by its direction and length. A bone starts where its parent ends.
Its angles turn about axes of its own: C takes these to the world's, M is the turn about them, so
L = C M C^-1 is the turn in the world's axes, and R = R_parent L carries on those of its ancestors.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Of each bone that moves, by name, and of "root": rx, ry, rz (the root tx, ty, tz too), in the
# order in which a motion lists their values.
Freedoms = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Bone:
    """One bone at rest.

    Attributes:
        name: of the bone.
        parent: name of the bone at whose end it starts, or "root", which is the origin.
        direction: (3,) float64, a unit vector.
        length: in the file's units; CMU's, times 2.54 / 0.45, are centimetres.
        axis: (3,) float64, angles in degrees that turn its own axes from the world's, about the
            world's x, then y, then z.
        freedoms: of "rx", "ry" and "rz", those about which it turns, the first one first.
    """

    name: str
    parent: str
    direction: NDArray[np.float64]
    length: float
    axis: NDArray[np.float64]
    freedoms: tuple[str, ...]


@dataclass(frozen=True)
class Skeleton:
    """All bones of a body.

    Attributes:
        bones: parents before their children.
        freedoms: of what moves, the root included, in the order of the file.
    """

    bones: tuple[Bone, ...]
    freedoms: Freedoms


def column_names(freedoms: Freedoms) -> tuple[str, ...]:
    """Of a motion's values: "lfemur rx", bones in the skeleton's order."""
    return tuple(f"{bone} {freedom}" for bone, own in freedoms.items() for freedom in own)


def bone_segments(
    skeleton: Skeleton, joints: tuple[str, ...], angles: NDArray[np.floating]
) -> NDArray[np.float64]:
    """Where the bones start and end, the root at the origin and as it is at rest.

    Args:
        skeleton: with B bones.
        joints: names of the D angles, as `column_names` has them; joints not named are at rest.
        angles: (F, D) in radians, of F frames.

    Returns:
        (F, B, 2, 3), start and end of each bone as x, y and z in the units of its length.

    Raises:
        ValueError: a joint is not the skeleton's.
    """
    turning = column_names({bone.name: bone.freedoms for bone in skeleton.bones})
    unknown = [joint for joint in joints if joint not in turning]
    if unknown:
        raise ValueError(f"no bone of the skeleton has {', '.join(unknown)}")
    named = dict(zip(joints, angles.T, strict=True))
    rest = np.zeros(len(angles))
    rotations = {"root": np.broadcast_to(np.eye(3), (len(angles), 3, 3))}
    ends = {"root": np.zeros((len(angles), 3))}
    segments = []
    for bone in skeleton.bones:
        own_axes = _rotation(("rx", "ry", "rz"), np.radians(bone.axis)[None])
        turns = [named.get(f"{bone.name} {freedom}", rest) for freedom in bone.freedoms]
        motion = _rotation(bone.freedoms, np.stack(turns, axis=1)) if turns else np.eye(3)
        local = own_axes @ motion @ own_axes.transpose(0, 2, 1)
        rotations[bone.name] = rotations[bone.parent] @ local
        start = ends[bone.parent]
        ends[bone.name] = start + rotations[bone.name] @ (bone.length * bone.direction)
        segments.append(np.stack([start, ends[bone.name]], axis=1))
    return np.stack(segments, axis=1)


def _rotation(freedoms: tuple[str, ...], angles: NDArray[np.floating]) -> NDArray[np.float64]:
    """Turns about fixed axes, the first one first, (F, D) radians -> (F, 3, 3)."""
    total = np.eye(3)
    for freedom, angle in zip(freedoms, angles.T, strict=True):
        # The plane that it turns: of y to z, z to x or x to y.
        axis = "xyz".index(freedom[1])
        one, other = (axis + 1) % 3, (axis + 2) % 3
        turn = np.zeros((len(angle), 3, 3))
        turn[:, axis, axis] = 1
        turn[:, one, one] = turn[:, other, other] = np.cos(angle)
        turn[:, other, one] = np.sin(angle)
        turn[:, one, other] = -np.sin(angle)
        total = turn @ total
    return total
