"""Stick figures of tiny models, and their abrupt movements."""

import numpy as np
import pytest
import torch
from matplotlib.image import imread

from flatsort.paper.latent import movements
from flatsort.paper.latent.acclaim_skeleton import Bone, Skeleton
from flatsort.paper.latent.movements import plot_movements
from flatsort.paper.latent.points import Points
from flatsort.reid_vae.model.dense_vae import DenseArchitecture, DenseVAE

NAMES = ("lowerback", "head", "lfemur", "ltibia", "rfemur", "rtibia")


@pytest.fixture
def points():
    """Points with a body of six bones that turn about x."""

    def bone(name, parent, y):
        return Bone(name, parent, np.array([0.0, y, 0.0]), 1.0, np.zeros(3), ("rx",))

    bones = (
        bone("lowerback", "root", 1),
        bone("head", "lowerback", 1),
        bone("lfemur", "root", -1),
        bone("ltibia", "lfemur", -1),
        bone("rfemur", "root", -1),
        bone("rtibia", "rfemur", -1),
    )
    return Points(
        values=np.zeros((9, 6), np.float32),
        held_out=np.zeros((1, 6), np.float32),
        classes=np.zeros(9, np.int64),
        class_names=("walking",),
        dimension_names=tuple(f"{name} rx" for name in NAMES),
        skeleton=Skeleton(bones, {name: ("rx",) for name in NAMES}),
    )


@pytest.fixture
def model():
    torch.manual_seed(0)
    return DenseVAE(DenseArchitecture(data_size=6, hidden=(8,), prior_hidden=(8,))).eval()


@pytest.mark.parametrize("lines", [3, 7])
def test_a_picture_of_two_models(model, points, tmp_path, lines):
    pairs = (torch.randn(lines, 2), torch.randn(lines, 2))
    names = ("one", "other")
    path = tmp_path / "movements.png"
    plot_movements(path, "T", dict.fromkeys(names, model), dict.fromkeys(names, pairs), points)
    pixels = imread(path)
    assert pixels.shape[1] > pixels.shape[0] > 300
    # The picture has all three colours of the bones.
    for colour in movements._COLOUR_OF_SIDE.values():
        wanted = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        assert (np.abs(pixels[..., :3] - wanted).max(2) < 0.01).sum() > 500


def test_only_limbs_have_a_side(points):
    assert movements._sides(points.skeleton) == ["torso", "torso", "left", "left", "right", "right"]


def test_forward_is_to_the_right_and_up_is_up():
    x, y, z = movements._side_view(np.eye(3))
    assert z[0] > 0.8 and z[1] == 0
    assert y.tolist() == [0, 1]
    # The left side is farther from the camera and appears a little to the right.
    assert 0 < x[0] < 0.5


def test_a_jump_is_abrupt_and_a_fast_even_movement_is_not():
    angles = np.zeros((3, movements.STEPS, 3), np.float32)
    # Line 0 has an even pace, line 1 a faster one; line 2 jumps from figure 4 to 5 and back to 7.
    angles[0, :, 0] = np.arange(movements.STEPS) * 0.01
    angles[1, :, 0] = np.arange(movements.STEPS)
    angles[2, :, 1] = np.arange(movements.STEPS) * 0.01
    angles[2, 5:7, 2] = 0.1
    abrupt = movements._abrupt(angles)
    assert np.argwhere(abrupt).tolist() == [[2, 4], [2, 6]]


def test_consecutive_abrupt_steps_share_one_box():
    marked = np.array([[0, 0, 0, 0], [1, 1, 0, 1], [0, 1, 0, 0]], bool)
    assert list(movements._runs(marked)) == [(1, 0, 2), (1, 3, 4), (2, 1, 2)]
