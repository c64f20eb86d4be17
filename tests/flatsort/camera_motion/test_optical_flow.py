"""Camera movements from pictures: a known warp is recovered."""

import cv2
import numpy as np
import pytest

from flatsort.camera_motion.movement_file import MovementFile
from flatsort.camera_motion.optical_flow import OpticalFlow
from flatsort.sources.source import Frame

NO_BOXES = np.empty((0, 4))
CORNERS = np.array([[0.0, 0], [1279, 0], [0, 719], [1279, 719], [640, 360]])


def texture(size=(1280, 720), seed=0):
    """A picture of soft spots of three sizes, as scenes have coarse and fine detail."""
    rng, picture = np.random.default_rng(seed), np.zeros((size[1], size[0], 3))
    for side in (8, 30, 120):
        spots = rng.uniform(0, 85, (size[1] // side, size[0] // side, 3))
        picture += cv2.resize(spots, size, interpolation=cv2.INTER_CUBIC)
    return np.clip(picture, 0, 255).astype(np.uint8)


def warped(image, matrix):
    size = (image.shape[1], image.shape[0])
    return cv2.warpAffine(
        image, np.array(matrix, float), size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT
    )


def measure(*images, boxes=()):
    """Return the movement in the last of the images."""
    flow, boxes = OpticalFlow(), list(boxes) or [NO_BOXES] * len(images)
    for number, image in enumerate(images):
        movement = flow(Frame(number + 1, float(number), image), np.array(boxes[number]))
    return movement


def moved(matrix, points):
    matrix = np.asarray(matrix, float)
    return points @ matrix[:, :2].T + matrix[:, 2]


@pytest.mark.parametrize(
    "matrix",
    [
        [[1, 0, 0], [0, 1, 0]],
        [[1, 0, 13.5], [0, 1, -7.25]],
        [[1.02, 0, -12], [0, 1.02, -7]],
        [[0.9998, -0.0175, 8], [0.0175, 0.9998, -9]],
        [[0.985, 0.01, 40], [-0.01, 0.985, 5]],
    ],
)
def test_a_known_warp_is_recovered(matrix):
    image = texture()
    movement = measure(image, warped(image, matrix))
    errors = np.abs(moved(movement.matrix, CORNERS) - moved(matrix, CORNERS))
    assert errors.max() < 0.5
    # The error of the flow itself is 0.1 reduced pixels, 0.3 px here.
    assert 0.3 <= movement.uncertainty < 0.7


def test_people_who_cover_most_of_the_picture_do_not_count():
    """Their boxes cover 60 % of the picture, and they walk 20 px to the right."""
    ground, people = texture(), texture(seed=1)
    images, boxes = [], []
    for left in (100, 120):
        image = ground.copy()
        image[:, left : left + 768] = people[:, :768]
        images.append(image)
        boxes.append([[left, 0, 768, 720]])
    movement = measure(*images, boxes=boxes)
    np.testing.assert_allclose(moved(movement.matrix, CORNERS), CORNERS, atol=0.5)
    # Without the boxes most corners lie on the people.
    seen = measure(*images)
    np.testing.assert_allclose(moved(seen.matrix, CORNERS), CORNERS + np.array([20, 0]), atol=0.5)


def test_depth_makes_a_movement_uncertain():
    """The lower half of the picture, which is near, moves twice as far as the upper one."""
    image = texture()
    far, near = (warped(image, [[1, 0, shift], [0, 1, 0]]) for shift in (6, 12))
    both = np.vstack([far[:360], near[360:]])
    assert 2 < measure(image, both).uncertainty < 7
    assert measure(image, far).uncertainty < 1


def test_movements_are_in_pixels_of_the_picture_at_every_size():
    for size in ((320, 240), (640, 480), (1920, 1080), (1919, 1081)):
        image = texture(size)
        movement = measure(image, warped(image, [[1, 0, 5.5], [0, 1, -3]]))
        np.testing.assert_allclose(movement.matrix, [[1, 0, 5.5], [0, 1, -3]], atol=0.3, rtol=0)


def test_nothing_is_measured_without_a_picture_to_compare():
    image = texture()
    assert measure(image) is None
    assert measure(image, texture((640, 480))) is None
    assert measure(image, texture((640, 480)), texture((640, 480))) is not None


@pytest.mark.parametrize("name", ["grey", "covered", "cut"])
def test_nothing_is_measured_where_nothing_can_be_followed(name):
    image = texture()
    grey = np.full_like(image, 90)
    everything = [[[-10, -10, 1300, 740]]] * 2
    pairs = {
        "grey": ((grey, grey), ()),
        "covered": ((image, image), everything),
        "cut": ((image, texture(seed=2)), ()),
    }
    images, boxes = pairs[name]
    assert measure(*images, boxes=boxes) is None


def test_a_gap_is_measured_as_a_whole():
    image = texture()
    flow = OpticalFlow()
    flow(Frame(1, 0.0, image), NO_BOXES)
    movement = flow(Frame(9, 0.8, warped(image, [[1, 0, 20], [0, 1, 0]])), NO_BOXES)
    np.testing.assert_allclose(movement.matrix[:, 2], [20, 0], atol=0.5)


def test_it_agrees_with_the_file_of_a_moving_sequence(mot_data):
    """MOT16-11's first frames: the camera walks, and the file is another program's work."""
    folder = mot_data / "clips/MOT16-11-first7"
    rows = np.loadtxt(mot_data / "MOT16/train/MOT16-11/det/yolox.txt", delimiter=",")
    written, flow = MovementFile(mot_data / "gmc/MOT16-11.txt"), OpticalFlow()
    for number in range(1, 8):
        image = cv2.imread(str(folder / "img1" / f"{number:06d}.jpg"))
        frame = Frame(number, number / 30, image)
        ours = flow(frame, rows[rows[:, 0] == number, 2:6])
        theirs = written(frame, NO_BOXES)
        if number > 1:
            difference = moved(ours.matrix, CORNERS) - moved(theirs.matrix, CORNERS)
            assert np.abs(difference).max() < 2
            assert np.abs(difference[-1]).max() < 0.7
            assert 0.5 < ours.uncertainty < 2
