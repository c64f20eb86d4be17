"""Tracks that follow the camera."""

import numpy as np

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
