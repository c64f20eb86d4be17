"""Overlays: painted pixels, colours of identities, and the length of trails."""

import cv2
import numpy as np
import pytest

from flatsort.images.drawing import TRAIL_LENGTH, Overlay, colour

BLACK = np.zeros((120, 160, 3), np.uint8)
NO_IDS, NO_BOXES = np.empty(0, np.int64), np.empty((0, 4))


def draw(overlay, number, *people, image=BLACK, caption=""):
    """Draw people given as (id, left, top, width, height)."""
    ids = np.array([person[0] for person in people], np.int64)
    boxes = np.array([person[1:] for person in people], float).reshape(-1, 4)
    return overlay.draw(image, number, ids, boxes, caption)


def painted(picture, identity):
    """Return (H, W) bool: True where a picture has exactly an identity's colour."""
    return (picture == colour(identity)).all(axis=2)


def test_colours_are_stable_and_in_range():
    assert [colour(i) for i in range(1, 500)] == [colour(i) for i in range(1, 500)]
    values = np.array([colour(i) for i in range(1, 500)])
    assert values.min() >= 0
    assert values.max() <= 255


def test_neighbouring_ids_are_told_apart():
    colours = np.array([colour(i) for i in range(1, 200)], float)
    for step in (1, 2, 3, 4):
        apart = np.linalg.norm(colours[step:] - colours[:-step], axis=1)
        assert apart.min() > 60
    assert len({colour(i) for i in range(1, 60)}) == 59


@pytest.mark.parametrize("identity", [0, 2**53, -1])
def test_any_id_has_a_colour(identity):
    assert all(0 <= value <= 255 for value in colour(identity))


def test_the_edges_of_a_box_are_painted_and_its_middle_is_not():
    picture = draw(Overlay(), 1, (3, 60, 40, 40, 60))
    mine = painted(picture, 3)
    # Left 60, right 100, top 40, bottom 100.
    assert mine[50:90, 60].all()
    assert mine[50:90, 100].all()
    assert mine[100, 65:95].all()
    assert not picture[60:90, 70:90].any()


def test_the_image_is_not_written_to_and_its_size_stays():
    image = BLACK.copy()
    picture = draw(Overlay(), 1, (1, 20, 30, 40, 50), image=image)
    assert picture.shape == image.shape
    assert picture.dtype == np.uint8
    assert not image.any()


def test_two_people_have_two_colours():
    picture = draw(Overlay(), 1, (1, 60, 40, 20, 60), (2, 110, 40, 20, 60))
    assert painted(picture, 1)[50:90, 60].all()
    assert painted(picture, 2)[50:90, 110].all()


def test_without_tracks_only_the_frame_number_is_drawn():
    picture = Overlay().draw(BLACK, 7, NO_IDS, NO_BOXES)
    assert picture[:40, :60].any()
    assert not picture[60:].any()
    other = Overlay().draw(BLACK, 8, NO_IDS, NO_BOXES)
    assert (picture != other).any()


def test_the_caption_is_shown():
    without, captioned = (
        Overlay().draw(BLACK, 7, NO_IDS, NO_BOXES, caption) for caption in ("", "sort")
    )
    assert (without != captioned).any()


@pytest.mark.parametrize(
    "box",
    [
        pytest.param((-1e9, -1e9, 2e9, 2e9), id="huge"),
        pytest.param((1e12, 1e12, 10, 10), id="far"),
        pytest.param((-1e12, 20, 10, 10), id="far left"),
        pytest.param((20, 20, 1e-9, 1e-9), id="a point"),
        pytest.param((-30, -30, 20, 20), id="outside"),
        pytest.param((150, 110, 100, 100), id="over the corner"),
        pytest.param((10, 10, 0, 0), id="empty"),
    ],
)
def test_boxes_anywhere_are_drawn_without_harm(box):
    overlay = Overlay()
    for number in (1, 2, 3):
        picture = draw(overlay, number, (1, *box), (2, 60, 40, 20, 60))
        assert picture.shape == BLACK.shape
        # The odd box does not keep the other one from being drawn.
        assert painted(picture, 2)[60:90, 80].all()


def test_a_box_from_far_outside_has_its_edge_inside_drawn():
    assert painted(draw(Overlay(), 1, (1, -90_000, 40, 90_080, 60)), 1)[50:90, 80].all()


@pytest.mark.parametrize("size", [(2, 2), (10, 300), (1080, 1920)])
def test_any_picture_size(size):
    image = np.zeros((*size, 3), np.uint8)
    picture = draw(Overlay(), 12345, (987654321, 5, 5, 20, 40), image=image, caption="x" * 60)
    assert picture.shape == image.shape


def walk(overlay, frames, identity=1, start=10, step=2):
    """Draw a person of 10 x 20 pixels with feet at y = 60 who walks to the right."""
    for number in frames:
        picture = draw(overlay, number, (identity, start + step * number, 40, 10, 20))
    return picture


def test_a_trail_runs_along_the_positions_of_the_feet():
    picture = walk(Overlay(), range(1, 30))
    # Feet at x = 10 + 2 n + 5: from 17 to 73, and y = 60.
    trail = picture[60, 20:60]
    assert (trail.any(axis=1)).all()
    assert not picture[66:, :].any()


def test_a_trail_has_an_end():
    picture = walk(Overlay(), range(1, TRAIL_LENGTH + 31))
    # It starts with frame 31: x = 10 + 62 + 5 = 77.
    assert not picture[60, :74].any()
    assert picture[60, 80:110].any(axis=1).all()


def test_no_trail_is_drawn_over_a_gap_longer_than_itself():
    overlay = Overlay()
    walk(overlay, range(1, 10))
    picture = draw(overlay, 9 + TRAIL_LENGTH + 5, (1, 140, 40, 10, 20))
    assert not picture[60, :130].any()


def test_a_trail_has_a_hole_where_the_person_was_not_seen():
    overlay = Overlay()
    walk(overlay, range(1, 10))
    picture = walk(overlay, range(20, 25))
    # Feet at x = 10 + 2 n + 5: 17 to 33, then 55 to 63.
    seen = picture[60].any(axis=1)
    assert seen[18:33].all()
    assert not seen[36:52].any()
    assert seen[56:63].all()


def test_a_trail_goes_over_a_lost_frame():
    overlay = Overlay()
    walk(overlay, range(1, 10))
    picture = walk(overlay, range(11, 20))
    assert picture[60, 20:50].any(axis=1).all()


def test_a_trail_does_not_jitter():
    overlay = Overlay()
    for number in range(1, 30):
        # The feet jump between y = 57 and 63; their mean over nine positions stays near 60.
        top = 40 + (3 if number % 2 else -3)
        picture = draw(overlay, number, (1, 10 + 2 * number, top, 10, 20))
    rows = np.flatnonzero(picture[50:, 30:56].any(axis=(1, 2))) + 50
    assert rows.min() >= 57
    assert rows.max() <= 63


def test_lines_are_seen_at_a_third_of_the_size():
    picture = draw(Overlay(), 1, (3, 400, 300, 200, 500), image=np.zeros((1080, 1920, 3), np.uint8))
    small = cv2.resize(picture, (640, 360), interpolation=cv2.INTER_AREA)
    # The left edge lies at x = 400 / 3; the colour of identity 3 keeps half of its brightness.
    edge = small[150:220, 132:136].max(axis=(1, 2))
    assert edge.min() > max(colour(3)) / 2


def test_absent_people_have_no_trail():
    overlay = Overlay()
    walk(overlay, range(1, 10))
    assert not draw(overlay, 11)[50:].any()


def test_trails_are_forgotten():
    """Memory is bounded by the people of the last seconds, not by all people of the video."""
    overlay = Overlay()
    for number in range(1, 1001):
        draw(overlay, number, (number, 20, 30, 10, 20))
    remembered = overlay._trails
    assert max(len(trail) for trail in remembered.values()) <= TRAIL_LENGTH
    assert 1 <= len(remembered) <= 200


def test_larger_letters_cover_more():
    person = (3, 60, 40, 40, 60)
    usual, large = (painted(draw(Overlay(letters), 1, person), 3).sum() for letters in (1, 3))
    assert large > 2 * usual


def test_labels_name_classes_where_there_are_several():
    """A label with a name is wider, so it paints more pixels in the colour of the identity."""
    ids, boxes, classes = np.array([3]), np.array([[60.0, 60, 20, 20]]), np.array([2])

    def label(class_names, classes):
        overlay = Overlay(class_names=class_names)
        return painted(overlay.draw(BLACK, 1, ids, boxes, "", classes), 3).sum()

    plain = label(None, None)
    assert label({0: "person", 2: "car"}, classes) > plain
    assert label({0: "person", 2: "car"}, None) == plain
    assert label({2: "car"}, classes) == plain
