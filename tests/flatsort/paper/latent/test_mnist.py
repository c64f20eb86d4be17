"""MNIST: reading and binarising digits."""

import io

import numpy as np
import pytest

from flatsort.errors import InputError
from flatsort.paper.latent.mnist import load_mnist


@pytest.fixture
def digits(tmp_path):
    """A file with four plain images: black, white and two greys."""
    images = np.zeros((4, 28, 28), np.uint8)
    images[1], images[2], images[3] = 255, 51, 204
    path = tmp_path / "digits.npz"
    np.savez(path, x_train=images, y_train=np.array([7, 1, 0, 9], np.uint8))
    return path


def test_each_pixel_is_drawn_with_its_grey_value(digits, tmp_path):
    points = load_mnist(digits, tmp_path)
    assert points.values.shape == (4, 784)
    assert set(np.unique(points.values)) == {0, 1}
    black, white, dark, bright = points.values.mean(axis=1)
    # Shares of 784 pixels, within five standard deviations of 0.014.
    assert (black, white) == (0, 1)
    assert abs(dark - 0.2) < 0.07
    assert abs(bright - 0.8) < 0.07
    assert points.classes.tolist() == [7, 1, 0, 9]
    assert points.class_names[7] == "7"


def test_the_last_sixth_is_held_out(tmp_path):
    images = np.zeros((13, 28, 28), np.uint8)
    images[11:] = 255
    np.savez(tmp_path / "digits.npz", x_train=images, y_train=np.arange(13) % 10)
    points = load_mnist(tmp_path / "digits.npz", tmp_path)
    assert points.values.shape == (11, 784) and not points.values.any()
    assert points.held_out.shape == (2, 784) and points.held_out.all()
    assert points.classes.tolist() == [*range(10), 0]


def test_the_binarisation_is_reproducible(digits, tmp_path):
    assert np.array_equal(load_mnist(digits, tmp_path).values, load_mnist(digits, tmp_path).values)


@pytest.mark.parametrize(
    ("arrays", "complaint"),
    [
        ({"x": np.zeros(3)}, "not an .npz file with x_train"),
        ({"x_train": np.zeros((2, 28, 28)), "y_train": np.zeros(2)}, "float64; give x_train"),
        ({"x_train": np.zeros((2, 8, 8), np.uint8), "y_train": np.zeros(2)}, r"\(2, 8, 8\) uint8"),
        ({"x_train": np.zeros((2, 28, 28), np.uint8), "y_train": np.zeros(3)}, "not one digit for"),
        ({"x_train": np.zeros((2, 28, 28), np.uint8), "y_train": [[1], [2]]}, "not one digit for"),
        ({"x_train": np.zeros((2, 28, 28), np.uint8), "y_train": [1, 10]}, "each of the 2 images"),
        ({"x_train": np.zeros((2, 28, 28), np.uint8), "y_train": 7}, "not one digit for"),
    ],
)
def test_wrong_content(tmp_path, arrays, complaint):
    path = tmp_path / "other.npz"
    np.savez(path, **arrays)
    with pytest.raises(InputError, match=complaint):
        load_mnist(path, tmp_path)


def test_no_file(tmp_path):
    with pytest.raises(InputError, match=r"absent\.npz: no such file; name no file"):
        load_mnist(tmp_path / "absent.npz", tmp_path)


def test_not_an_archive(digits, tmp_path):
    path = tmp_path / "text.npz"
    whole = digits.read_bytes()
    array = io.BytesIO()
    np.save(array, np.zeros(3))
    for content in (b"no", b"", whole[:100], whole[:-50], array.getvalue()):
        path.write_bytes(content)
        with pytest.raises(InputError, match=r"text\.npz: not an \.npz file"):
            load_mnist(path, tmp_path)
