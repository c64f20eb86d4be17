"""Forward kinematics of Acclaim's skeletons: from joint angles to the positions of the bones.

The convention comes from CMU's .asf files. The skeleton at rest is given in the axes of the world,
with y up and z ahead; each bone has a direction and a length, and starts where its parent ends. A
bone turns about its own axes by a rotation M. C maps the bone's axes to the world's. The rotation
in the world's axes is then L = C M C^-1, and R = R_parent L adds the rotations of the bone's
ancestors.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Freedoms = dict[str, tuple[str, ...]]
"""Name of a moving bone, or "root" -> its freedoms in the order of a motion's values.

A bone has some of rx, ry and rz; the root has tx, ty and tz too.
"""


@dataclass(frozen=True)
class Bone:
    """One bone at rest.

    Attributes:
        name: name of the bone.
        parent: name of the bone at whose end this bone starts, or "root", which is the origin.
        direction: (3,) float64, a unit vector.
        length: length in the file's units; CMU's unit is 2.54 / 0.45 cm.
        axis: (3,) float64, angles in degrees: turning the world's axes about the world's x, then y,
            then z gives the bone's own axes.
        freedoms: the axes about which the bone turns, some of "rx", "ry" and "rz", in the order
            of the turns.
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
        bones: all bones, parents before their children.
        freedoms: the freedoms of the root and of the moving bones, in the order of the file.
    """

    bones: tuple[Bone, ...]
    freedoms: Freedoms


def column_names(freedoms: Freedoms) -> tuple[str, ...]:
    """Name a motion's values, such as "lfemur rx", in the order of the skeleton's bones."""
    return tuple(f"{bone} {freedom}" for bone, own in freedoms.items() for freedom in own)


def bone_segments(
    skeleton: Skeleton, joints: tuple[str, ...], angles: NDArray[np.floating]
) -> NDArray[np.float64]:
    """Compute start and end of every bone; the root stays at the origin and does not turn.

    Args:
        skeleton: a skeleton with B bones.
        joints: names of the D angles, in the form of `column_names`; other joints are at rest.
        angles: (F, D) in radians, for F frames.

    Returns:
        (F, B, 2, 3): start and end of each bone as x, y and z, in the units of its length.

    Raises:
        ValueError: the skeleton lacks a joint.
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
    """Combine turns about fixed axes, in this order: angles (F, D) in radians -> (F, 3, 3)."""
    total = np.eye(3)
    for freedom, angle in zip(freedoms, angles.T, strict=True):
        # The turn takes y to z, z to x or x to y.
        axis = "xyz".index(freedom[1])
        one, other = (axis + 1) % 3, (axis + 2) % 3
        turn = np.zeros((len(angle), 3, 3))
        turn[:, axis, axis] = 1
        turn[:, one, one] = turn[:, other, other] = np.cos(angle)
        turn[:, other, one] = np.sin(angle)
        turn[:, one, other] = -np.sin(angle)
        total = turn @ total
    return total
