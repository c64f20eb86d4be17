"""Pose a dressed, walking body as a list of tubes, with the axes and headings of ``skeleton``."""

import numpy as np

from flatsort.scene.skeleton import STATURE, Axes, Tube, bent, leg_joints
from flatsort.scene.wardrobe import Cloth, Outfit


def pose(outfit: Outfit, phase: float, swing: float, heading: float) -> list[Tube]:
    """Return the tubes of a person in one moment of the gait.

    Args:
        outfit: clothes and build of the person.
        phase: position in the gait cycle, radians.
        swing: amplitude of the legs, 0 (standing) to 1 (walking briskly).
        heading: walking direction, radians.
    """
    body = Axes(heading, outfit.girth)
    legs = [leg_joints(body, phase + side, swing, side) for side in (0.0, np.pi)]
    # The lower sole stands on the ground, so the hips rise and fall with the gait.
    lift = -min(points["sole"] for points in legs)
    tubes = [tube for points in legs for tube in _dressed_leg(outfit, body, points, lift)]
    hips = np.array([0.0, lift, 0.0])
    tubes += _trunk(outfit, body, hips, swing)
    tubes += _arms(outfit, body, hips, phase, swing)
    tubes += _head(outfit, body, hips, swing)
    tubes += _luggage(outfit, body, hips)
    scale = outfit.stature / STATURE
    return [_scaled(tube, scale) for tube in tubes]


def _dressed_leg(outfit: Outfit, body: Axes, joints: dict, lift: float) -> list[Tube]:
    rise = np.array([0.0, lift, 0.0])
    hip, knee, ankle = (joints[name] + rise for name in ("hip", "knee", "ankle"))
    heel, toe = joints["heel"] + rise, joints["toe"] + rise
    skin, cloth = Cloth("plain", outfit.skin), outfit.bottom
    wide = 0.088 * body.girth
    if outfit.legs == "trousers":
        thigh, shin = cloth, cloth
        shin_radii = (0.070 * body.girth, 0.066, 0.062)
    elif outfit.legs == "shorts":
        thigh, shin, shin_radii = cloth, skin, (0.050, 0.056, 0.036)
    else:
        tights = Cloth("plain", (58, 52, 60))
        thigh, shin, shin_radii = tights, tights, (0.050, 0.056, 0.036)
    shoe = Cloth("plain", outfit.shoes)
    return [
        Tube(hip, knee, (wide, 0.085, 0.068), 1.0, thigh),
        Tube(knee, ankle, shin_radii, 1.0, shin),
        Tube(heel, toe, (0.045, 0.047, 0.036), 1.0, shoe, "glossy"),
    ]


def _trunk(outfit: Outfit, body: Axes, hips: np.ndarray, swing: float) -> list[Tube]:
    chest = hips + body.at(0.03 * swing, 0.46, 0)
    wide, depth = body.across(0.178, 0.120)
    hip_wide, hip_depth = body.across(0.166, 0.128)
    seat = Tube(
        hips + body.at(0, 0.03, 0),
        hips - body.at(0, 0.05, 0),
        (hip_wide * 0.97,) * 2,
        0.8 * hip_depth,
        outfit.bottom,
    )
    if outfit.cut == "coat":
        flare, flare_depth = body.across(0.225, 0.235)
        shape = (wide * 0.82, wide, wide * 0.95, (hip_wide + flare) / 2, flare * 0.96, flare)
        hem = hips - body.at(0.0, 0.40, 0)
        return [Tube(chest, hem, shape, max(depth, flare_depth), outfit.top, hem=True)]
    shirt = (wide * 0.82, wide, wide * 0.98, wide * 0.90, hip_wide, hip_wide * 1.05)
    tubes = [
        seat,
        Tube(chest, hips - body.at(0, 0.04, 0), shirt, max(depth, hip_depth), outfit.top, hem=True),
    ]
    if outfit.legs == "skirt":
        flare, flare_depth = body.across(0.235, 0.25)
        tubes.append(
            Tube(
                hips + body.at(0, 0.02, 0),
                hips - body.at(0, 0.38, 0),
                (hip_wide, (hip_wide + flare) / 2, flare),
                flare_depth,
                outfit.bottom,
                hem=True,
            )
        )
    return tubes


def _arms(outfit: Outfit, body: Axes, hips: np.ndarray, phase: float, swing: float) -> list[Tube]:
    skin = Cloth("plain", outfit.skin)
    sleeve = outfit.top if outfit.top.pattern != "logo" else Cloth("plain", outfit.top.base)
    if outfit.top.pattern == "block":
        sleeve = Cloth("plain", outfit.top.second)
    fore = skin if outfit.cut == "tee" else sleeve
    thick = 1.0 if outfit.cut == "tee" else 1.15
    tubes = []
    for sign, offset in ((1.0, np.pi), (-1.0, 0.0)):
        angle = swing * 0.42 * np.cos(phase + offset) + 0.02
        bend = 0.16 + swing * (0.22 + 0.22 * np.cos(phase + offset))
        shoulder = hips + body.at(0.03 * swing, 0.455, 0.178 * sign * body.girth)
        splay = 0.035 * sign * body.side
        elbow = shoulder + 0.27 * bent(body, angle) + splay
        wrist = elbow + 0.24 * bent(body, angle + bend)
        hand = wrist + 0.07 * bent(body, angle + bend)
        tubes += [
            Tube(shoulder, elbow, (0.062 * thick, 0.056 * thick, 0.047 * thick), 1.0, sleeve),
            Tube(elbow, wrist, (0.046 * thick, 0.044 * thick, 0.034 * thick), 1.0, fore),
            Tube(wrist, hand, (0.034, 0.036), 1.0, skin),
        ]
    return tubes


def _head(outfit: Outfit, body: Axes, hips: np.ndarray, swing: float) -> list[Tube]:
    base = hips + body.forward * (0.03 * swing + 0.01)
    skin, hair = Cloth("plain", outfit.skin), Cloth("plain", outfit.hair)
    chin, crown = base + body.at(0.025, 0.635, 0), base + body.at(0.005, 0.745, 0)
    trim = outfit.skin if outfit.haircut == "bald" else outfit.hair
    tubes = [
        Tube(
            base + body.at(-0.01, 0.50, 0), base + body.at(0.01, 0.62, 0), (0.062, 0.052), 1.0, skin
        ),
        Tube(crown, chin, (0.096, 0.095, 0.070), 1.05, skin, "head", trim),
        # The nose is the only part that tells a head in profile from the back of a head.
        Tube(
            base + body.at(0.105, 0.685, 0),
            base + body.at(0.112, 0.665, 0),
            (0.014, 0.018),
            1.0,
            skin,
        ),
    ]
    if outfit.haircut == "long":
        tubes.append(
            Tube(
                base + body.at(-0.045, 0.73, 0),
                base + body.at(-0.075, 0.47, 0),
                (0.085, 0.092, 0.082),
                0.7,
                hair,
            )
        )
    elif outfit.haircut == "bun":
        knot = base + body.at(-0.115, 0.77, 0)
        tubes.append(Tube(knot, knot + 0.01, (0.048, 0.048), 1.0, hair))
    if outfit.hat is not None:
        tubes.append(
            Tube(
                base + body.at(0.0, 0.80, 0),
                base + body.at(0.0, 0.765, 0),
                (0.088, 0.106),
                1.0,
                outfit.hat,
            )
        )
    if outfit.scarf is not None:
        wide, depth = body.across(0.095, 0.085)
        tubes.append(
            Tube(
                base + body.at(0.0, 0.545, 0),
                base + body.at(0.01, 0.515, 0),
                (wide, wide),
                depth,
                Cloth("plain", outfit.scarf),
            )
        )
    return tubes


def _luggage(outfit: Outfit, body: Axes, hips: np.ndarray) -> list[Tube]:
    leather = Cloth("plain", outfit.bag_colour)
    if outfit.bag == "backpack":
        wide, depth = body.across(0.135, 0.085)
        return [
            Tube(
                hips + body.at(-0.14, 0.42, 0),
                hips + body.at(-0.15, 0.15, 0),
                (wide * 0.9, wide, wide),
                depth,
                leather,
            )
        ]
    if outfit.bag == "shoulder":
        strap_top, strap_end = hips + body.at(0.0, 0.53, -0.10), hips + body.at(0.0, 0.06, 0.20)
        wide, depth = body.across(0.11, 0.05)
        strap = [
            Tube(
                strap_top + body.at(way, 0, 0),
                strap_end + body.at(way, 0, 0),
                (0.016, 0.016),
                1.0,
                leather,
            )
            for way in (0.10, -0.10)
        ]
        return [
            *strap,
            Tube(
                hips + body.at(-0.02, 0.02, 0.22),
                hips + body.at(-0.02, -0.10, 0.23),
                (body.across(0.04, 0.13)[0],) * 2,
                depth,
                leather,
            ),
        ]
    if outfit.bag == "tote":
        width = body.across(0.05, 0.15)[0]
        return [
            Tube(
                hips + body.at(0.03, -0.13, 0.25),
                hips + body.at(0.03, -0.30, 0.25),
                (width * 0.9, width),
                0.5,
                leather,
            )
        ]
    return []


def _scaled(tube: Tube, scale: float) -> Tube:
    return Tube(
        tube.start * scale,
        tube.end * scale,
        tuple(r * scale for r in tube.radii),
        tube.depth,
        tube.cloth,
        tube.material,
        tube.trim,
        tube.hem,
    )
