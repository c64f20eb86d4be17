"""Forward kinematics: two bones computed by hand, and CMU's skeletons on the floor."""

from pathlib import Path

import numpy as np
import pytest

from flatsort.paper.latent.acclaim import read_motion, read_skeleton
from flatsort.paper.latent.acclaim_skeleton import Bone, Skeleton, bone_segments, column_names

# Centimetres per unit of CMU's .asf files.
UNIT = 2.54 / 0.45


def make(upper_axis=(0, 0, 0), lower_axis=(0, 0, 0), freedoms=("rx", "ry", "rz")):
    """Make an upper bone, 2 towards x (right), and at its end a lower bone, 1 downwards."""

    def bone(name, parent, direction, length, axis):
        return Bone(name, parent, np.array(direction, float), length, np.array(axis), freedoms)

    upper = bone("upper", "root", (1, 0, 0), 2.0, upper_axis)
    lower = bone("lower", "upper", (0, -1, 0), 1.0, lower_axis)
    return Skeleton((upper, lower), {"upper": freedoms, "lower": freedoms})


def ends(skeleton, **degrees):
    """Compute the ends of the two bones from angles such as `upper_rx=90`."""
    joints = tuple(name.replace("_", " ") for name in degrees)
    angles = np.radians([list(degrees.values())]).reshape(1, -1)
    segments = bone_segments(skeleton, joints, angles)
    np.testing.assert_array_equal(segments[0, 0, 0], 0)
    np.testing.assert_array_equal(segments[0, 1, 0], segments[0, 0, 1])
    return segments[0, :, 1].round(9).tolist()


def test_at_rest_bones_have_their_directions():
    assert ends(make()) == [[2, 0, 0], [2, -1, 0]]
    assert ends(make(upper_axis=(10, 20, 30), lower_axis=(40, 50, 60))) == [[2, 0, 0], [2, -1, 0]]


def test_a_child_turns_with_its_parent():
    # The turn takes x to y, so down becomes right.
    assert ends(make(), upper_rz=90) == [[0, 2, 0], [1, 2, 0]]
    # The turn takes x to -z; about y, down stays down.
    assert ends(make(), upper_ry=90) == [[0, 0, -2], [0, -1, -2]]


def test_a_parent_does_not_turn_with_its_child():
    # The turn takes y to z, so down becomes back.
    assert ends(make(), lower_rx=90) == [[2, 0, 0], [2, 0, -1]]


def test_a_child_also_has_the_turn_of_its_parent():
    # The lower bone turns back to -z; its parent's turn takes -z to -x.
    assert ends(make(), upper_ry=90, lower_rx=90) == [[0, 0, -2], [-1, 0, -2]]


def test_the_first_freedom_turns_first():
    # About x the upper bone stays; about y it turns to -z, and about z it stays there.
    assert ends(make(), upper_rx=90, upper_ry=90, upper_rz=90)[0] == [0, 0, -2]
    # With z first it turns to y, stays there about y, and turns about x to z.
    turned = make(freedoms=("rz", "ry", "rx"))
    assert ends(turned, upper_rx=90, upper_ry=90, upper_rz=90)[0] == [0, 0, 2]


def test_angles_turn_about_the_axes_of_the_bone():
    # Its own x is the world's y: down stays down. Its own y is the world's -x: down turns ahead.
    turned = make(lower_axis=(0, 0, 90))
    assert ends(turned, lower_rx=90)[1] == [2, -1, 0]
    assert ends(turned, lower_ry=90)[1] == [2, 0, 1]
    # The turn about x takes its own y to z; the turn about z keeps it there: down turns right.
    assert ends(make(lower_axis=(90, 0, 90)), lower_ry=90)[1] == [3, 0, 0]
    # A bone's axes are not inherited: the lower bone keeps its own.
    assert ends(make(upper_axis=(0, 0, 90)), lower_rx=90)[1] == [2, 0, -1]


def test_frames_are_independent():
    angles = np.radians([[0, 0], [90, 0], [90, 90]])
    segments = bone_segments(make(), ("upper ry", "lower rx"), angles)
    assert segments.shape == (3, 2, 2, 3)
    assert segments[:, 1, 1].round(9).tolist() == [[2, -1, 0], [0, -1, -2], [-1, 0, -2]]


def test_a_joint_that_no_bone_has():
    with pytest.raises(ValueError, match="no bone of the skeleton has lower rw"):
        bone_segments(make(), ("upper rx", "lower rw"), np.zeros((1, 2)))


@pytest.fixture(scope="module")
def mocap(mot_data: Path) -> Path:
    """The folder with the real recordings."""
    return mot_data / "mocap"


@pytest.fixture(scope="module")
def real(mocap):
    return read_skeleton(mocap / "49" / "49.asf")


def joints_of(skeleton):
    return column_names({bone.name: bone.freedoms for bone in skeleton.bones})


def test_bones_keep_their_lengths_and_stay_joined_at_any_angles(real):
    joints = joints_of(real)
    angles = np.random.default_rng(0).uniform(-np.pi, np.pi, (50, len(joints)))
    segments = bone_segments(real, joints, angles)
    lengths = np.linalg.norm(segments[:, :, 1] - segments[:, :, 0], axis=2)
    expected = [bone.length for bone in real.bones]
    np.testing.assert_allclose(lengths, np.broadcast_to(expected, lengths.shape), rtol=1e-5)
    places = {bone.name: index for index, bone in enumerate(real.bones)}
    for index, bone in enumerate(real.bones):
        if bone.parent != "root":
            parent = segments[:, places[bone.parent], 1]
            np.testing.assert_array_equal(segments[:, index, 0], parent)


def posed(skeleton, **degrees):
    joints = tuple(name.replace("_", " ") for name in degrees)
    segments = bone_segments(skeleton, joints, np.radians([list(degrees.values())]).reshape(1, -1))
    names = [bone.name for bone in skeleton.bones]
    return dict(zip(names, segments[0, :, 1] * UNIT, strict=True))


def test_at_rest_a_body_stands_with_arms_outstretched(real):
    body = posed(real)
    height = body["head"][1] - body["ltoes"][1]
    assert 150 < height < 190
    assert body["head"][1] > body["thorax"][1] > 0 > body["ltibia"][1]
    # Left is x and right is -x, at equal distances; the arms are at the height of the shoulders.
    for bone in ("femur", "foot", "hand"):
        assert body["l" + bone][0] == pytest.approx(-body["r" + bone][0], rel=0.05)
        assert body["l" + bone][0] > 10
    assert body["lhand"][1] == pytest.approx(body["lhumerus"][1])
    # Feet point ahead, towards z.
    assert body["ltoes"][2] - body["ltibia"][2] > 10


def test_a_bent_knee_takes_the_foot_back_and_a_bent_hip_the_knee_ahead(real):
    rest, knee, hip = posed(real), posed(real, ltibia_rx=90), posed(real, lfemur_rx=-90)
    assert knee["ltibia"][2] < rest["ltibia"][2] - 30
    np.testing.assert_allclose(knee["lfemur"], rest["lfemur"])
    assert hip["lfemur"][2] > rest["lfemur"][2] + 30


@pytest.mark.parametrize("take", ["35_01", "35_16", "49_01"])
def test_walkers_walk_on_the_floor(mocap, take):
    """With the recorded root, the lower foot is always at the height of the floor."""
    subject = take[:2]
    skeleton = read_skeleton(mocap / subject / f"{subject}.asf")
    motion = read_motion(mocap / subject / f"{take}.amc", skeleton.freedoms)
    # The root's turns are those of one more bone without length.
    root = Bone("hips", "root", np.array([0, 1.0, 0]), 0.0, np.zeros(3), ("rx", "ry", "rz"))
    bones = [root]
    for bone in skeleton.bones:
        parent = "hips" if bone.parent == "root" else bone.parent
        bones.append(Bone(bone.name, parent, bone.direction, bone.length, bone.axis, bone.freedoms))
    names = [name.replace("root r", "hips r") for name in motion.names]
    columns = [i for i, name in enumerate(names) if not name.startswith("root")]
    joints = tuple(names[i] for i in columns)
    angles = np.radians(motion.values[:, columns])
    segments = bone_segments(Skeleton(tuple(bones), {}), joints, angles)
    lowest = segments[..., 1].min((1, 2)) + motion.values[:, names.index("root ty")]
    assert (lowest * UNIT).std() < 1.5
    assert 0 < (lowest * UNIT).mean() < 5
