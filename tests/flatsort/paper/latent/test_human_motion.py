"""Human motion: small hand-made folders, and CMU's files compared with Lawrence's."""

from pathlib import Path

import numpy as np
import pytest
from scipy.io import loadmat, savemat

from flatsort.errors import InputError
from flatsort.paper.latent.acclaim import read_motion, read_skeleton
from flatsort.paper.latent.human_motion import (
    BONES,
    COLUMNS,
    JOINTS,
    LEFT_OUT,
    MAT,
    MAT_TEST,
    MAT_TRAINING,
    STEP,
    TAKES,
    load_motion,
    read_mat,
)

# Rows of each class in the real data, from 23, 10 and 3 recordings.
ROWS = {"walking": 2407 - 125, "jogging": 406 - 44, "balancing": 276 + 240 + 225}


@pytest.fixture(scope="module")
def mocap(mot_data: Path) -> Path:
    """The real recordings."""
    return mot_data / "mocap"


@pytest.fixture(scope="module")
def real(mocap):
    return load_motion(mocap)


def write_subject(folder, subject, takes, rows):
    """Write recordings (F, 62) in degrees as .asf and .amc, with CMU's other order of bones."""
    (folder / subject).mkdir(parents=True)
    asf = ":root\norder TX TY TZ RX RY RZ\n:bonedata\n"
    bones = {bone: " ".join(freedoms) for bone, freedoms in BONES.items() if bone != "root"}
    for bone, freedoms in bones.items():
        rest = "direction 0 1 0\nlength 1\naxis 0 0 0 XYZ"
        asf += f"begin\nname {bone}\ndof {freedoms}\n{rest}\nend\n"
    asf += f":hierarchy\nbegin\nroot {' '.join(bones)}\nend\n"
    (folder / subject / f"{subject}.asf").write_text(asf)
    starts = np.cumsum([0, *map(len, BONES.values())])
    for take in takes:
        lines = [":FULLY-SPECIFIED", ":DEGREES"]
        for number, row in enumerate(rows, 1):
            pieces = zip(BONES, np.split(row, starts[1:-1]), strict=True)
            block = [" ".join([bone, *map(str, piece)]) for bone, piece in pieces]
            lines += [str(number), block[0], *reversed(block[1:])]
        (folder / subject / f"{take}.amc").write_text("\n".join(lines))


@pytest.fixture
def folder(tmp_path):
    """A folder with six frames of every take: column + frame / 10 degrees; the right hand -300."""
    rows = np.arange(62) + np.arange(1, 7)[:, None] / 10
    rows[:, COLUMNS.index("rhand rz")] = -300
    write_subject(tmp_path, "35", TAKES["walking"] + TAKES["jogging"], rows)
    write_subject(tmp_path, "49", TAKES["balancing"], rows)
    return tmp_path


def test_the_names_are_fifty_of_sixty_two():
    assert len(COLUMNS) == 62
    assert len(JOINTS) == len(set(JOINTS)) == 50
    assert JOINTS[0] == "lfemur rx"
    assert JOINTS[-1] == "rthumb rz"
    # Counted from 1 these are the joint angles that Lawrence's lvmLoadData.m takes.
    kept = [*range(7, 39), *range(41, 48), 49, 50, *range(53, 60), 61, 62]
    assert tuple(COLUMNS[number - 1] for number in kept) == JOINTS


def test_recordings_become_every_fourth_frame_in_radians(folder):
    points = load_motion(folder)
    assert points.values.shape == (2 * (22 + 9 + 3), 50)
    # Two frames of 35_18 and two of 35_29.
    assert points.held_out.shape == (4, 50)
    assert points.values.dtype == np.float32
    assert points.dimension_names == JOINTS
    assert points.skeleton.freedoms == BONES
    assert points.class_names == ("walking", "jogging", "balancing")
    assert points.classes.dtype == np.int64
    assert points.classes.tolist() == [0] * 44 + [1] * 18 + [2] * 6
    for name, column in (("lfemur rx", 6), ("lhumerus rz", 42), ("rthumb rz", 61)):
        degrees = np.degrees(points.values[:, JOINTS.index(name)].astype(float))
        # Frames 1 and 5.
        np.testing.assert_allclose(degrees, [column + 0.1, column + 0.5] * 34, rtol=1e-6)
    wrapped = points.values[:, JOINTS.index("rhand rz")]
    np.testing.assert_allclose(wrapped, np.radians(60), rtol=1e-6)


def test_lawrences_file_replaces_subject_35(folder):
    def block(count, start):
        # Row n holds n in every column.
        rows = np.repeat(np.arange(start, start + count)[:, None] + np.zeros(62), 2, axis=0)
        return rows, np.repeat(np.eye(count, dtype=np.uint8), 2, axis=0)

    training, labels = block(31, 0)
    test, test_labels = block(2, 31)
    arrays = {"Y": training, "lbls": labels, "Ytest": test, "lblstest": test_labels}
    savemat(folder / MAT, arrays, do_compression=True)
    for path in (folder / "35").iterdir():
        path.unlink()
    points = load_motion(folder)
    assert points.classes.tolist() == [0] * 44 + [1] * 18 + [2] * 6
    degrees = np.rint(np.degrees(points.values[::2, 0])).astype(int).tolist()
    # 35_29 and 35_18 are the test takes.
    walking = [*range(16), 25, *range(26, 31)]
    jogging = [16, *range(17, 25)]
    assert degrees == [*walking, *jogging, 6, 6, 6]
    held_out = np.rint(np.degrees(points.held_out[::2, 0])).astype(int).tolist()
    assert held_out == [31 + 1, 31]


@pytest.mark.parametrize(
    ("arrays", "complaint"),
    [
        ({"a": np.eye(2)}, r"Y is \(0,\) and lbls \(0,\); Lawrence's are \(N, 62\) and \(N, 31\)"),
        ({"Y": np.ones((9, 50)), "lbls": np.ones((9, 31))}, r"Y is \(9, 50\)"),
        ({"Y": np.ones((9, 62)), "lbls": np.ones((8, 31))}, r"lbls \(8, 31\)"),
        ({"Y": np.ones((9, 62)), "lbls": np.ones((9, 31))}, r"Ytest is \(0,\)"),
        (None, "not a .mat file"),
    ],
)
def test_another_mat_is_refused(folder, arrays, complaint):
    if arrays is None:
        (folder / MAT).write_text("no")
    else:
        savemat(folder / MAT, arrays)
    with pytest.raises(InputError, match=rf"{MAT}: .*{complaint}.*: remove or replace it"):
        load_motion(folder)


def test_missing_files_and_joints_are_named(folder, tmp_path):
    with pytest.raises(InputError, match=r"no such folder; fetch subjects 35 and 49 .*mocap\.cs"):
        load_motion(tmp_path / "elsewhere")
    asf = folder / "49" / "49.asf"
    asf.write_text(asf.read_text().replace("name ltoes\ndof rx", "name ltoes\ndof ry"))
    with pytest.raises(InputError, match=r"49\.asf: no ltoes rx: take the \.asf from mocap\.cs"):
        load_motion(folder)
    (folder / "35" / "35_17.amc").unlink()
    with pytest.raises(InputError, match=r"35_17\.amc: cannot be read"):
        load_motion(folder)


def test_the_real_data_have_no_gap_and_no_dead_column(real):
    assert dict(zip(real.class_names, np.bincount(real.classes), strict=True)) == ROWS
    assert real.values.shape == (sum(ROWS.values()), 50)
    assert real.held_out.shape == (125 + 44, 50)
    assert np.isfinite(real.values).all()
    # Even the stillest joint moves, and no angle comes near pi, where it would jump.
    assert real.values.std(0).min() > np.radians(0.5)
    assert np.abs(real.values).max() < 2.4


def test_the_bones_are_those_of_both_skeletons_in_their_order(mocap):
    for subject in ("35", "49"):
        freedoms = read_skeleton(mocap / subject / f"{subject}.asf").freedoms
        assert list(freedoms.items()) == list(BONES.items())


def test_one_skeleton_serves_both_subjects(real, mocap):
    """The skeletons differ only in lengths, and a little in directions at rest."""
    other = read_skeleton(mocap / "35" / "35.asf")
    for own, bone in zip(real.skeleton.bones, other.bones, strict=True):
        assert (own.name, own.parent, own.freedoms) == (bone.name, bone.parent, bone.freedoms)
        np.testing.assert_allclose(own.axis, bone.axis, atol=1e-9)
        between = np.degrees(np.arccos(np.clip(own.direction @ bone.direction, -1, 1)))
        assert between < (23 if "clavicle" in own.name else 9)


def test_lawrences_file_has_the_numbers_of_the_amc_files(mocap):
    """Columns, takes and frames match the constants: no number differs."""
    freedoms = read_skeleton(mocap / "35" / "35.asf").freedoms
    kept, compared, rows = read_mat(mocap / MAT), 0, 0
    paths = sorted((mocap / "35").glob("*.amc"))
    for path in paths:
        motion = read_motion(path, freedoms)
        columns = [motion.names.index(joint) for joint in JOINTS]
        chosen = motion.frames % STEP == 1
        # Two .amc files end before Lawrence's copies, nine begin later.
        places = (motion.frames[chosen] - 1) // STEP
        np.testing.assert_array_equal(kept[path.stem][places], motion.values[chosen][:, columns])
        compared, rows = compared + 1, rows + len(places)
    assert (compared, rows) == (20, 1945)
    # The speed tells walking from jogging, also in takes without an .amc file here: no walk is
    # faster than 0.8 per row, no jog slower than 1.8.
    arrays = loadmat(mocap / MAT)
    owners = arrays["lbls"].argmax(1)
    for index, take in enumerate(MAT_TRAINING):
        places = arrays["Y"][owners == index][:, [0, 2]]
        speed = np.linalg.norm(np.diff(places, axis=0), axis=1).mean()
        assert (speed > 1.3) == (take in TAKES["jogging"])
    assert set(kept) == {*MAT_TRAINING, *MAT_TEST} == {*TAKES["walking"], *TAKES["jogging"]}


def test_the_left_out_bones_never_move(mocap):
    arrays = loadmat(mocap / MAT)
    names = np.array(COLUMNS)
    recorded = [arrays["Y"], arrays["Ytest"]]
    for take in TAKES["balancing"]:
        freedoms = read_skeleton(mocap / "49" / "49.asf").freedoms
        recorded.append(read_motion(mocap / "49" / f"{take}.amc", freedoms).values)
    still = names[np.ptp(np.concatenate(recorded), axis=0) < 1e-9]
    assert [*still] == [name for name in names if name.split()[0] in LEFT_OUT[1:]]
