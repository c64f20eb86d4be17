"""The camera, the light, the people and the background of the scene."""

import numpy as np

from flatsort.scene.backdrop import Backdrop
from flatsort.scene.body import pose
from flatsort.scene.cast import cast
from flatsort.scene.props import standing_props
from flatsort.scene.wardrobe import outfits
from flatsort.scene.world import Camera, camera_at, light_at


def test_projection_by_hand():
    # A point 2 m to the right, 0.3 m up and 10 m away lies at column 640 + 1000 * 2 / 10 and at row
    # 300 + 1000 * 2 / 10.
    assert Camera().project(2.0, 0.3, 10.0) == (840.0, 500.0)


def test_the_camera_moves_smoothly_and_the_light_changes():
    centres = np.array([camera_at(1, n).centre for n in range(1, 361)])
    assert np.ptp(centres) > 60
    assert np.abs(np.diff(centres)).max() < 8
    suns = [light_at(1, n).sun for n in range(1, 361)]
    assert min(suns) < 0.05 and max(suns) > 0.95


def test_one_foot_stands_on_the_ground_throughout_the_gait():
    outfit = outfits(1, 1)[0]
    for phase in np.linspace(0, 2 * np.pi, 12):
        shoes = [tube for tube in pose(outfit, phase, 1.0, 0.0) if tube.material == "glossy"]
        scale = outfit.stature / 1.75
        lowest = min(min(shoe.start[1], shoe.end[1]) for shoe in shoes)
        assert abs(lowest - 0.04 * scale) < 1e-9  # the sole is 4 cm below the shoe's axis


def test_no_two_people_wear_the_same_top():
    tops = [(outfit.top.pattern, outfit.top.base) for outfit in outfits(3, 32)]
    assert len(set(tops)) == 32


def test_pairs_turn_back_behind_the_column():
    props = standing_props(1)
    people = cast(1, 360, props)
    # The third and fourth person come from opposite sides; each leaves to the side it came from.
    ways = []
    for person in people[2:4]:
        velocity = np.diff(person.x)
        velocity = velocity[np.isfinite(velocity)]
        assert velocity[0] * velocity[-1] < 0
        ways.append(np.sign(velocity[0]))
    assert sorted(ways) == [-1.0, 1.0]


def test_the_feet_do_not_slip():
    for person in cast(1, 360, standing_props(1)):
        walked = np.hypot(np.diff(person.x), np.diff(person.z))
        turned = np.diff(person.phase) % (2 * np.pi)
        steady = np.isfinite(walked) & (person.swing[1:] == 1.0)
        stride = 1.40 * person.outfit.stature / 1.75
        assert np.allclose(turned[steady] / (2 * np.pi) * stride, walked[steady], atol=0.01)


def test_the_ground_moves_by_parallax_and_the_houses_less():
    # A camera 0.24 m to the right moves the houses at 24 m by 10 px and the ground at 6 m by 40.
    backdrop = Backdrop(1, [])
    still, moved = backdrop.render(Camera(), 1.0), backdrop.render(Camera(x=0.24), 1.0)

    def shift(row):
        strips = [(picture[row].mean(1) - picture[row].mean()) for picture in (still, moved)]
        return min(
            range(80),
            key=lambda s: np.abs(strips[0][s + 100 : 1100 + s] - strips[1][100:1100]).mean(),
        )

    assert shift(200) == 10
    row = round(Camera().project(0.0, 0.0, 6.0)[1])
    assert abs(shift(row) - 40) <= 1
