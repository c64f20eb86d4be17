"""Acclaim files: a skeleton with two moving bones, two frames of it, and every error."""

import re

import numpy as np
import pytest

from flatsort.errors import InputError
from flatsort.paper.latent.acclaim import read_motion, read_skeleton

ASF = """# a comment
:version 1.10
:name VICON
:units
  angle deg
:documentation
   name of the subject, order and dof are words here
:root
   order TX TY TZ RX RY RZ
   axis XYZ
:bonedata
  begin
     id 1
     name lhipjoint
     direction 0.6 -0.8 0
     length 2.5
     axis 0 0 0  XYZ
  end
  begin
     id 2
     name lfemur
     direction 0 -1 0
     length 6.85725
     axis 10 -7.6e-016 20  XYZ
    dof rx ry rz
    limits (-160.0 20.0)
           (-70.0 70.0)
           (-60.0 70.0)
  end
  begin
     name ltibia
     direction 0 -1 0
     length 8
     axis 0 0 20  XYZ
    dof rx
  end
:hierarchy
  begin
    lfemur ltibia
    lhipjoint lfemur
    root lhipjoint
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
FREEDOMS = {
    "root": ("tx", "ty", "tz", "rx", "ry", "rz"),
    "lfemur": ("rx", "ry", "rz"),
    "ltibia": ("rx",),
}


def put(folder, text):
    path = folder / "file"
    path.write_bytes(text.encode())
    return path


@pytest.mark.parametrize("text", [ASF, ASF.replace("\n", "\r\n"), "\ufeff" + ASF])
def test_freedoms_have_the_order_of_the_file(tmp_path, text):
    freedoms = read_skeleton(put(tmp_path, text)).freedoms
    assert freedoms == FREEDOMS
    assert list(freedoms) == list(FREEDOMS)


def test_bones_come_after_their_parents(tmp_path):
    # The hierarchy goes from the foot up, and here the bones do too.
    text = re.sub(
        r"(?s)(  begin.+?end\n)(  begin.+?end\n)(  begin.+?end\n)", r"\3\2\1", ASF, count=1
    )
    hip, femur, tibia = read_skeleton(put(tmp_path, text)).bones
    assert [hip.name, femur.name, tibia.name] == ["lhipjoint", "lfemur", "ltibia"]
    assert [hip.parent, femur.parent, tibia.parent] == ["root", "lhipjoint", "lfemur"]
    assert [hip.freedoms, femur.freedoms] == [(), ("rx", "ry", "rz")]
    assert [hip.length, femur.length, tibia.length] == [2.5, 6.85725, 8]
    assert hip.direction.tolist() == [0.6, -0.8, 0]
    assert femur.axis.tolist() == [10, -7.6e-16, 20]


@pytest.mark.parametrize("text", [AMC, AMC.replace("\n", "\r\n"), AMC.rstrip("\n"), AMC + "\n\n"])
def test_a_motions_values_have_the_order_of_the_skeleton(tmp_path, text):
    motion = read_motion(put(tmp_path, text), FREEDOMS)
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
        (ASF, "", "file: no bones: is it an .asf skeleton?"),
        (ASF, AMC, "file: no bones"),
        ("angle deg", "angle rad", "file, line 5: angles in rad: convert it to deg"),
        ("     name ltibia\n", "", "file, line 30: a bone needs its own name"),
        ("name ltibia", "name lfemur", "file, line 30: a bone needs its own name"),
        ("     length 8\n", "", "file, line 30: length of ltibia needs 1 finite values"),
        ("length 8", "length", "file, line 33: length of ltibia needs 1 finite values"),
        ("length 8", "length long", "file, line 33: length of ltibia has values that are not num"),
        ("0.6 -0.8 0", "0.6 -0.8", "file, line 15: direction of lhipjoint needs 3 finite values"),
        ("0.6 -0.8 0", "6 -8 0", "file, line 15: direction of lhipjoint needs to be a unit vector"),
        ("20  XYZ\n    dof rx\n", "20\n", "file, line 34: ltibia needs an axis of three angles"),
        ("20  XYZ\n    dof rx\n", "20 ZYX\n", "file, line 34: ltibia needs an axis of three"),
        ("axis 10 -7.6e-016", "axis 10", "file, line 24: lfemur needs an axis of three angles"),
        ("axis 10 -7.6e-016", "axis 10 inf", "file, line 24: axis of lfemur needs 3 finite values"),
        ("dof rx ry rz", "dof rx ry tz", "file, line 25: dof of lfemur needs to be some of rx"),
        ("dof rx ry rz", "dof rx ry ry", "file, line 25: dof of lfemur needs to be some of rx"),
        ("lfemur ltibia", "lfemur tail", "file, line 39: tail cannot hang on lfemur"),
        ("lfemur ltibia", "tail ltibia", "file, line 39: ltibia cannot hang on tail"),
        ("root lhipjoint", "root lhipjoint ltibia", "file, line 41: ltibia cannot hang on root"),
        ("    lfemur ltibia\n", "", "file, line 30: ltibia is not in the hierarchy"),
        ("root lhip", "ltibia lhip", "file, line 39: ltibia hangs on lfemur in a circle"),
        (ASF[ASF.index(":hierarchy") :], "", "file, line 12: lhipjoint is not in the hierarchy"),
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
        ("136", "end", "file, line 8: end is not a frame number"),
        ("ltibia 26.5\n", "", "file, line 4: frame 135 lacks ltibia: is it cut short?"),
        ("lfemur -28 -2.5 9\n", "", "file, line 8: frame 136 lacks lfemur"),
        ("lfemur -28 -2.5 9\n", "lfemur -28", "line 11: lfemur needs 3 finite values (rx, ry, rz)"),
        ("26.5", "26.5 1", "file, line 6: ltibia needs 1 finite values (rx)"),
        ("26.5", "nan", "file, line 6: ltibia needs 1 finite values (rx)"),
        ("26.5", "26.5.1", "file, line 6: ltibia has values that are not numbers"),
        ("ltibia 27.5", "tail 27.5", "file, line 10: no bone tail moves in the skeleton"),
    ],
)
def test_a_bad_motion_is_refused_by_line(tmp_path, old, new, complaint):
    with pytest.raises(InputError) as caught:
        read_motion(put(tmp_path, AMC.replace(old, new)), FREEDOMS)
    assert complaint in str(caught.value)


def test_an_unreadable_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"35\.asf: cannot be read.*mocap\.cs\.cmu\.edu"):
        read_skeleton(tmp_path / "35.asf")
    (tmp_path / "35_01.amc").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match=r"35_01\.amc: cannot be read.*mocap\.cs\.cmu\.edu"):
        read_motion(tmp_path / "35_01.amc", FREEDOMS)
