"""Acclaim's files: a skeleton of two moving bones, two frames of it, and all that can be wrong."""

import numpy as np
import pytest

from tools.errors import InputError
from tools.latent.acclaim import read_motion, read_skeleton

ASF = """# a comment
:version 1.10
:name VICON
:documentation
   name of the subject, order and dof are words here
:root
   order TX TY TZ RX RY RZ
   axis XYZ
:bonedata
  begin
     id 1
     name lhipjoint
     axis 0 0 0  XYZ
  end
  begin
     id 2
     name lfemur
    dof rx ry rz
    limits (-160.0 20.0)
           (-70.0 70.0)
           (-60.0 70.0)
  end
  begin
     name ltibia
    dof rx
  end
:hierarchy
  begin
    root lhipjoint
    lhipjoint lfemur
  end
"""
AMC = """#!OML:ASF F:\\VICON\\35.ASF
:FULLY-SPECIFIED
:DEGREES
135
root 1 2 3 4 5 6
ltibia 26.5
lfemur -27 -1.5 -1.07375e-014
136
root 1.5 2.5 3.5 4.5 5.5 6.5
ltibia 27.5
lfemur -28 -2.5 9
"""
SKELETON = {
    "root": ("tx", "ty", "tz", "rx", "ry", "rz"),
    "lfemur": ("rx", "ry", "rz"),
    "ltibia": ("rx",),
}


def put(folder, text):
    path = folder / "file"
    path.write_bytes(text.encode())
    return path


@pytest.mark.parametrize("text", [ASF, ASF.replace("\n", "\r\n"), "\ufeff" + ASF])
def test_a_skeleton_is_its_moving_bones_in_order(tmp_path, text):
    skeleton = read_skeleton(put(tmp_path, text))
    assert skeleton == SKELETON
    assert list(skeleton) == list(SKELETON)


@pytest.mark.parametrize("text", [AMC, AMC.replace("\n", "\r\n"), AMC.rstrip("\n"), AMC + "\n\n"])
def test_a_motions_values_are_in_the_skeletons_order(tmp_path, text):
    motion = read_motion(put(tmp_path, text), SKELETON)
    assert motion.frames.tolist() == [135, 136]
    assert motion.names[5:] == ("root rz", "lfemur rx", "lfemur ry", "lfemur rz", "ltibia rx")
    np.testing.assert_array_equal(
        motion.values,
        [
            [1, 2, 3, 4, 5, 6, -27, -1.5, -1.07375e-14, 26.5],
            [1.5, 2.5, 3.5, 4.5, 5.5, 6.5, -28, -2.5, 9, 27.5],
        ],
    )


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (ASF, "", "file: no bone has a dof line: is it an .asf skeleton?"),
        (ASF, AMC, "file: no bone has a dof line"),
        ("     name ltibia\n", "", "file, line 24: dof of a bone without a name"),
    ],
)
def test_a_bad_skeleton_is_refused_by_line(tmp_path, old, new, complaint):
    with pytest.raises(InputError) as caught:
        read_skeleton(put(tmp_path, ASF.replace(old, new)))
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (AMC, "", "file: no frames: is it an .amc motion?"),
        (":DEGREES", ":RADIANS", "file, line 4: no :DEGREES line above the first frame"),
        ("135\n", "", "file, line 4: root stands before the first frame"),
        ("136", "end", "file, line 8: end is no frame number"),
        ("ltibia 26.5\n", "", "file, line 4: frame 135 lacks ltibia: is it cut short?"),
        ("lfemur -28 -2.5 9\n", "", "file, line 8: frame 136 lacks lfemur"),
        ("lfemur -28 -2.5 9\n", "lfemur -28", "line 11: lfemur needs 3 finite values (rx, ry, rz)"),
        ("26.5", "26.5 1", "file, line 6: ltibia needs 1 finite values (rx)"),
        ("26.5", "nan", "file, line 6: ltibia needs 1 finite values (rx)"),
        ("26.5", "26.5.1", "file, line 6: ltibia has values that are no numbers"),
        ("ltibia 27.5", "tail 27.5", "file, line 10: no bone tail moves in the skeleton"),
    ],
)
def test_a_bad_motion_is_refused_by_line(tmp_path, old, new, complaint):
    with pytest.raises(InputError) as caught:
        read_motion(put(tmp_path, AMC.replace(old, new)), SKELETON)
    assert complaint in str(caught.value)


def test_what_cannot_be_read_is_to_be_fetched(tmp_path):
    with pytest.raises(InputError, match=r"35\.asf: cannot be read.*mocap\.cs\.cmu\.edu"):
        read_skeleton(tmp_path / "35.asf")
    (tmp_path / "35_01.amc").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match=r"35_01\.amc: cannot be read.*mocap\.cs\.cmu\.edu"):
        read_motion(tmp_path / "35_01.amc", SKELETON)
