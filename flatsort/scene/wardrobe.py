"""The clothes of the people: cloth with a pattern, and whole outfits.

The pools of colours are small on purpose. As in a real street, several people share the colour of
their shirts or trousers, and differ in pattern, bag or hair.
"""

from dataclasses import dataclass, replace

import numpy as np

Colour = tuple[int, int, int]  # BGR, 0 to 255

SKIN: tuple[Colour, ...] = ((164, 190, 230), (140, 172, 218), (96, 132, 186), (62, 88, 132))
HAIR: tuple[Colour, ...] = (
    (28, 30, 36),
    (36, 52, 84),
    (60, 96, 150),
    (150, 155, 160),
    (30, 44, 120),
)
SHIRTS: tuple[Colour, ...] = (
    (52, 48, 176),  # red
    (140, 78, 42),  # blue
    (70, 116, 62),  # green
    (222, 224, 226),  # white
    (54, 52, 50),  # charcoal
    (60, 164, 214),  # mustard
)
TROUSERS: tuple[Colour, ...] = ((96, 70, 48), (50, 46, 44), (104, 132, 156), (112, 108, 104))
SHOES: tuple[Colour, ...] = ((40, 40, 44), (224, 224, 226), (52, 74, 112))
PATTERNS = ("plain", "hoops", "checks", "logo", "block", "pinstripes", "dots")


@dataclass(frozen=True)
class Cloth:
    """A dyed cloth: a pattern of colour ``second`` on ``base`` that repeats every ``size`` m."""

    pattern: str
    base: Colour
    second: Colour = (0, 0, 0)
    size: float = 0.10


@dataclass(frozen=True)
class Outfit:
    """The build and the clothes of a person.

    Attributes:
        stature: height in metres.
        girth: ratio of the body's width to the average.
        skin: colour of face and hands.
        hair: colour of the hair.
        haircut: "short", "long", "bun" or "bald".
        hat: cloth of the hat; None without a hat.
        top: cloth of the upper body.
        cut: "tee" (bare forearms), "jacket" (long sleeves) or "coat" (to the knee).
        bottom: cloth of the lower body.
        legs: "trousers", "skirt" or "shorts".
        shoes: colour of the shoes.
        bag: "none", "backpack", "shoulder" or "tote".
        bag_colour: colour of the bag.
        scarf: colour of the scarf; None without a scarf.
    """

    stature: float
    girth: float
    skin: Colour
    hair: Colour
    haircut: str
    hat: Cloth | None
    top: Cloth
    cut: str
    bottom: Cloth
    legs: str
    shoes: Colour
    bag: str
    bag_colour: Colour
    scarf: Colour | None


def outfits(seed: int, count: int, uniforms: bool = False) -> list[Outfit]:
    """Return ``count`` outfits; up to 42 outfits differ in pattern or colour of the top.

    Args:
        seed: seed of the scene.
        count: number of people.
        uniforms: whether all wear the top and the trousers or skirt of the first one, and nobody a
            hat or a scarf. Build, skin, hair, shoes and bags differ all the same.
    """
    rng = np.random.default_rng([seed, 3])
    # The lists have 6 and 7 entries, which are coprime: a pair repeats only after 42 outfits.
    colours, patterns = rng.permutation(len(SHIRTS)), rng.permutation(len(PATTERNS))
    found = [
        _outfit(rng, SHIRTS[colours[i % len(SHIRTS)]], PATTERNS[patterns[i % len(PATTERNS)]])
        for i in range(count)
    ]
    if not uniforms:
        return found
    one = found[0]
    shared = {"top": one.top, "cut": one.cut, "bottom": one.bottom, "legs": one.legs}
    return [replace(outfit, **shared, hat=None, scarf=None) for outfit in found]


def _outfit(rng: np.random.Generator, shirt: Colour, pattern: str) -> Outfit:
    def pick(pool: tuple):
        return pool[rng.integers(len(pool))]

    second = pick(tuple(c for c in SHIRTS if c != shirt))
    sizes = {"hoops": 0.11, "checks": 0.13, "pinstripes": 0.07, "dots": 0.10}
    cut = pick(("tee", "jacket", "jacket", "coat"))
    return Outfit(
        stature=float(rng.uniform(1.60, 1.88)),
        girth=float(rng.uniform(0.92, 1.14)),
        skin=pick(SKIN),
        hair=pick(HAIR),
        haircut=pick(("short", "short", "long", "bun", "long", "bald")),
        hat=Cloth("hoops", pick(SHIRTS), pick(SHIRTS), 0.07) if rng.random() < 0.25 else None,
        top=Cloth(pattern, shirt, second, sizes.get(pattern, 0.1)),
        cut=cut,
        bottom=Cloth("plain", pick(TROUSERS)),
        legs="trousers" if cut == "coat" else pick(("trousers", "trousers", "skirt", "shorts")),
        shoes=pick(SHOES),
        bag=pick(("none", "backpack", "shoulder", "tote", "none")),
        bag_colour=pick(((40, 44, 120), (44, 44, 44), (60, 96, 150), (90, 110, 60))),
        scarf=pick(SHIRTS) if rng.random() < 0.25 else None,
    )
