"""Measured movements of the camera, checked when they are made."""

import numpy as np
import pytest

from flatsort.tracker import CameraMovement


def test_the_scale_is_the_root_of_the_factor_of_areas():
    assert CameraMovement([[0.0, -1.2, 5], [1.2, 0.0, 5]], 1.0).scale == pytest.approx(1.2)
    assert CameraMovement([[1.44, 0.3, 5], [0.0, 1.0, 5]], 1.0).scale == pytest.approx(1.2)


def test_later_changes_of_the_array_leave_the_movement_alone():
    matrix = np.eye(2, 3)
    movement = CameraMovement(matrix, 1.0)
    matrix[0, 2] = 9
    np.testing.assert_array_equal(movement.matrix, np.eye(2, 3))


@pytest.mark.parametrize(
    ("matrix", "uncertainty", "complaint"),
    [
        (np.eye(3), 1, r"matrix must have shape \(2, 3\), not \(3, 3\)"),
        ([[1, 0, np.nan], [0, 1, 0]], 1, "matrix must have finite numbers"),
        ([[1, 0, 1e9], [0, 1, 0]], 1, "matrix must have finite numbers below 1e"),
        ([[1, 0, 0], [0, -1, 0]], 1, "not mirror it; its determinant is -1"),
        ([[2.1, 0, 0], [0, 2.1, 0]], 1, "scale a picture by 1/2 to 2"),
        ([[0.4, 0, 0], [0, 0.4, 0]], 1, "scale a picture by 1/2 to 2"),
        (np.eye(2, 3), 0, "uncertainty must be a finite number above 0"),
        (np.eye(2, 3), np.inf, "uncertainty must be a finite number above 0"),
    ],
)
def test_bad_values(matrix, uncertainty, complaint):
    with pytest.raises(ValueError, match=complaint):
        CameraMovement(matrix, uncertainty)
