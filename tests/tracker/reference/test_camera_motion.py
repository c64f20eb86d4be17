"""Tracks that follow the camera."""

import numpy as np

from flatsort.tracker import CameraMovement
from flatsort.tracker.reference.camera_motion import CameraMotion
from flatsort.tracker.reference.flat_sort_motion import FlatSortMotion

RIGHT = np.array([1.0, 0, 0, 0])
CROWD = np.array([[200.0 * k, 300.0 * row, 40, 80] for row in range(2) for k in range(5)])
ALL = np.arange(len(CROWD))


def crowd():
    motion = FlatSortMotion()
    motion.append(CROWD)
    return motion


def test_all_tracks_move_the_lost_ones_too():
    motion, camera = crowd(), CameraMotion(4, 8)
    # Only the first nine tracks were seen in the last frame.
    camera.follow(motion, ALL[:9], CROWD[:9] + 30 * RIGHT)
    np.testing.assert_allclose(motion.boxes_tlwh(), CROWD + 30 * RIGHT, atol=1e-9)
    np.testing.assert_allclose(camera.velocity, [30, 0], atol=1e-9)


def test_the_velocity_is_carried_on():
    motion, camera = crowd(), CameraMotion(4, 8)
    camera.follow(motion, ALL, CROWD + 30 * RIGHT)
    # A step of 90 px is too far for pairs of boxes 40 px wide; after 60 px there are 30 px left.
    camera.follow(motion, ALL, CROWD + 90 * RIGHT)
    np.testing.assert_allclose(motion.boxes_tlwh(), CROWD + 90 * RIGHT, atol=1e-9)
    np.testing.assert_allclose(camera.velocity, [60, 0], atol=1e-9)


def test_the_second_pass_finishes_a_large_zoom():
    # One pass zooms by 1.1 at most. Both reach 1.15.
    near = CROWD * [0.5, 0.5, 1, 1]
    motion, camera = FlatSortMotion(), CameraMotion(4, 8)
    motion.append(near)
    camera.follow(motion, ALL, near * 1.15)
    np.testing.assert_allclose(motion.boxes_tlwh(), near * 1.15, atol=1)


def test_without_an_estimate_the_velocity_halves():
    motion, camera = crowd(), CameraMotion(4, 8)
    camera.follow(motion, ALL, CROWD + 32 * RIGHT)
    steps = []
    for _ in range(3):
        before = motion.boxes_tlwh()[0, 0]
        camera.follow(motion, ALL, np.empty((0, 4)))
        steps.append(motion.boxes_tlwh()[0, 0] - before)
    np.testing.assert_allclose(steps, [32, 16, 8])


def measured(shift, uncertainty=1.0, turn=((1.0, 0.0), (0.0, 1.0))):
    return CameraMovement(np.column_stack([turn, shift]), uncertainty)


NO_BOXES = np.empty((0, 4))


def test_without_pairs_the_measurement_counts_alone():
    motion, camera = crowd(), CameraMotion(4, 8)
    camera.follow_measured(motion, ALL, NO_BOXES, measured((30, -5)))
    np.testing.assert_allclose(motion.boxes_tlwh(), CROWD + np.array([30, -5, 0, 0]))
    np.testing.assert_allclose(camera.velocity, [30, -5])


def test_a_measured_turn_moves_centres_and_keeps_sides():
    motion = FlatSortMotion()
    motion.append(np.array([[0.0, 0, 40, 80]]))
    quarter = ((0.0, -1.0), (1.0, 0.0))
    CameraMotion(4, 8).follow_measured(motion, ALL[:1], NO_BOXES, measured((100, 0), turn=quarter))
    # The centre (20, 40) goes to (-40 + 100, 20).
    np.testing.assert_allclose(motion.boxes_tlwh(), [[40, -20, 40, 80]])


def test_a_measured_zoom_scales_the_sides():
    motion, zoom = crowd(), ((1.5, 0.0), (0.0, 1.5))
    CameraMotion(4, 8).follow_measured(motion, ALL, NO_BOXES, measured((0, 0), turn=zoom))
    np.testing.assert_allclose(motion.boxes_tlwh(), 1.5 * CROWD)


def test_measurement_and_boxes_are_combined():
    # Nine exact pairs: the boxes' uncertainty is 0.8 / sqrt(8) px, here the measurement's too.
    motion, camera = crowd(), CameraMotion(4, 8)
    movement = measured((30, 0), uncertainty=0.8 / np.sqrt(8))
    camera.follow_measured(motion, ALL[:9], CROWD[:9] + 34 * RIGHT, movement)
    np.testing.assert_allclose(motion.boxes_tlwh(), CROWD + 32 * RIGHT, atol=1e-9)
    np.testing.assert_allclose(camera.velocity, [32, 0], atol=1e-9)


def test_the_next_frame_without_a_measurement_starts_with_its_shift():
    motion, camera = crowd(), CameraMotion(4, 8)
    camera.follow_measured(motion, ALL, NO_BOXES, measured((60, 0)))
    camera.follow(motion, ALL, CROWD + 120 * RIGHT)
    np.testing.assert_allclose(motion.boxes_tlwh(), CROWD + 120 * RIGHT, atol=1e-9)


def test_without_tracks_nothing_moves():
    motion, camera = FlatSortMotion(), CameraMotion(4, 8)
    camera.follow_measured(motion, ALL[:0], CROWD, measured((30, 0)))
    np.testing.assert_array_equal(camera.velocity, [0, 0])
