"""The images of the pendulum."""

import numpy as np
import pytest

from flatsort.paper.latent.pendulum import draw_pendulum, load_pendulum


@pytest.mark.parametrize(
    ("degrees", "rows", "columns"),
    [(0, slice(8, 16), slice(6, 10)), (90, slice(6, 10), slice(8, 16)),
     (180, slice(0, 8), slice(6, 10)), (270, slice(6, 10), slice(0, 8))],
)  # fmt: skip
def test_the_rod_points_in_the_direction_of_its_angle(
    degrees: int, rows: slice, columns: slice
) -> None:
    (image,) = draw_pendulum(np.radians([degrees]))
    assert image[rows, columns].sum() > 0.75 * image.sum()
    # The rod lies half a pixel off the nearest pixels, so its brightest pixel is a little below 1.
    assert 0.85 < image.max() <= 1


def test_a_small_turn_is_a_small_change() -> None:
    images = draw_pendulum(np.radians([10.0, 11.0, 30.0]))
    near, far = (np.abs(images[0] - images[i]).sum() for i in (1, 2))
    assert 0 < near < 0.15 * far


def test_fifteen_thousand_noisy_images() -> None:
    points = load_pendulum()
    assert points.values.shape == (15_000, 256)
    assert points.values.dtype == np.float32
    assert points.image_shape == (16, 16)
    # No held-out image is one of the others.
    assert points.held_out.shape == (3_000, 256)
    rows = [{row.tobytes() for row in images} for images in (points.values, points.held_out)]
    assert not rows[0] & rows[1]
    # Eight sectors of 1,875 images each, within five standard deviations of 41.
    counts = np.bincount(points.classes)
    assert len(counts) == len(points.class_names) == 8
    assert 1670 < counts.min() <= counts.max() < 2080
    # The rod does not reach the corners, so they have only noise.
    assert points.values[:, 0].std() == pytest.approx(0.05, rel=0.03)
    assert abs(points.values[:, 0].mean()) < 0.003


def test_the_seed_determines_the_images() -> None:
    one, same = load_pendulum(3), load_pendulum(3)
    assert np.array_equal(one.values, same.values)
    assert np.array_equal(one.held_out, same.held_out)
    assert not np.array_equal(load_pendulum(3).values, load_pendulum(4).values)
