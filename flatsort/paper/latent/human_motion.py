"""Load human motion from the CMU Graphics Lab's database, mocap.cs.cmu.edu (section 4.2)."""

import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.io import loadmat
from scipy.io.matlab import MatReadError

from flatsort.errors import InputError
from flatsort.paper.latent.acclaim import read_motion, read_skeleton
from flatsort.paper.latent.acclaim_skeleton import column_names
from flatsort.paper.latent.points import Points

# Class -> recordings, from CMU's index of subjects 35 and 49 ("walk", "run/jog", "balance on one
# leg, outstretched arms"). Two recordings are left out: 35_27 (walking around obstacles) and 49_01
# (walking).
TAKES = {
    "walking": tuple(f"35_{take:02}" for take in (*range(1, 17), *range(28, 35))),
    "jogging": tuple(f"35_{take:02}" for take in range(17, 27)),
    "balancing": tuple(f"49_{take:02}" for take in range(18, 21)),
}

# The 62 values of a frame, in the order of the bones in CMU's .asf files. The columns of the .mat
# file have the same order; the lines of an .amc file have another.
BONES = {
    "root": ("tx", "ty", "tz", "rx", "ry", "rz"),
    "lfemur": ("rx", "ry", "rz"),
    "ltibia": ("rx",),
    "lfoot": ("rx", "rz"),
    "ltoes": ("rx",),
    "rfemur": ("rx", "ry", "rz"),
    "rtibia": ("rx",),
    "rfoot": ("rx", "rz"),
    "rtoes": ("rx",),
    "lowerback": ("rx", "ry", "rz"),
    "upperback": ("rx", "ry", "rz"),
    "thorax": ("rx", "ry", "rz"),
    "lowerneck": ("rx", "ry", "rz"),
    "upperneck": ("rx", "ry", "rz"),
    "head": ("rx", "ry", "rz"),
    "lclavicle": ("ry", "rz"),
    "lhumerus": ("rx", "ry", "rz"),
    "lradius": ("rx",),
    "lwrist": ("ry",),
    "lhand": ("rx", "rz"),
    "lfingers": ("rx",),
    "lthumb": ("rx", "rz"),
    "rclavicle": ("ry", "rz"),
    "rhumerus": ("rx", "ry", "rz"),
    "rradius": ("rx",),
    "rwrist": ("ry",),
    "rhand": ("rx", "rz"),
    "rfingers": ("rx",),
    "rthumb": ("rx", "rz"),
}
COLUMNS = column_names(BONES)
# The root is the body's place and direction; the other bones listed here never move in these
# recordings.
# Taylor et al. (2006) and Lawrence leave out the same 12 of 62 values; 50 remain, as in the paper.
LEFT_OUT = ("root", "lclavicle", "rclavicle", "lfingers", "rfingers")
JOINTS = tuple(name for name in COLUMNS if name.split()[0] not in LEFT_OUT)

# Lawrence's file of subject 35 has frames 1, 5, 9 and so on of each take, 30 per second. The file
# lvmLoadData.m of his datasets toolbox lists the takes. The twenty .amc files that we have contain
# the same numbers in the 1,945 frames that they share with his file; a test compares them.
MAT = "cmu35WalkJog.mat"
MAT_TEST = ("35_18", "35_29")
MAT_TRAINING = tuple(
    f"35_{take:02}" for take in (*range(1, 27), *range(28, 35)) if f"35_{take:02}" not in MAT_TEST
)
HELD_OUT = MAT_TEST
"""The two takes that no model sees in training are those that Lawrence holds out."""
SKELETON = "49/49.asf"
"""The skeleton with which all movements are drawn.

Subject 35's skeleton has the same hierarchy, axes and freedoms, but different lengths. Its
directions differ by up to 9 degrees in back, neck and hips, and by up to 22 degrees in the
clavicles.
"""
STEP = 4
"""Every fourth frame is used: recordings have 120 frames per second, the data have 30."""


def load_motion(folder: Path) -> Points:
    """Load 50 joint angles in radians, 30 frames per second.

    Subject 35 walks and jogs, subject 49 balances. The paper's subjects 143 (punching) and 74
    (kicking) are not used. Every frame has the class of its recording, so the first frames of class
    "balancing" still stand on two legs. Angles are in [-pi, pi); no joint comes near these limits.
    Nothing is centred, scaled or smoothed; the few frames in which a recorded foot or hand jumps
    are kept.

    Args:
        folder: folder with 49/49.asf, 49/49_18.amc and so on from mocap.cs.cmu.edu. Subject 35 is
            read from Lawrence's cmu35WalkJog.mat if it exists, else from 35/35.asf, 35/35_01.amc
            and so on.

    Raises:
        InputError: a file is missing or does not have CMU's format; the message names file and
            line.
    """
    if not folder.is_dir():
        raise InputError(
            f"{folder}: no such folder; fetch subjects 35 and 49 (.asf and .amc) to folders 35 and"
            " 49 in it, from mocap.cs.cmu.edu"
        )
    kept = read_mat(folder / MAT) if (folder / MAT).exists() else {}
    values, held_out, classes = [], [], []
    for index, takes in enumerate(TAKES.values()):
        for take in takes:
            degrees = kept[take] if take in kept else read_take(folder, take)
            radians = np.radians((degrees + 180) % 360 - 180)
            if take in HELD_OUT:
                held_out.append(radians)
            else:
                values.append(radians)
                classes.append(np.full(len(degrees), index))
    return Points(
        values=np.concatenate(values).astype(np.float32),
        held_out=np.concatenate(held_out).astype(np.float32),
        classes=np.concatenate(classes).astype(np.int64),
        class_names=tuple(TAKES),
        dimension_names=JOINTS,
        skeleton=read_skeleton(folder / SKELETON),
    )


def read_take(folder: Path, take: str) -> NDArray[np.float64]:
    """Read every fourth frame (F, 50) of an .amc file in degrees, as in Lawrence's .mat file."""
    subject, _ = take.split("_")
    asf = folder / subject / f"{subject}.asf"
    motion = read_motion(folder / subject / f"{take}.amc", read_skeleton(asf).freedoms)
    missing = [joint for joint in JOINTS if joint not in motion.names]
    if missing:
        raise InputError(f"{asf}: no {', '.join(missing)}: take the .asf from mocap.cs.cmu.edu")
    columns = [motion.names.index(joint) for joint in JOINTS]
    return motion.values[motion.frames % STEP == 1][:, columns]


def read_mat(path: Path) -> dict[str, NDArray[np.float64]]:
    """Read the takes of subject 35, training and test, from Lawrence's file.

    Returns:
        Name of the take -> (F, 50) angles in degrees.

    Raises:
        InputError: the file is damaged or has other arrays.
    """
    # SciPy raises these for a damaged file, and NotImplementedError for MATLAB 7.3.
    unreadable = (OSError, ValueError, TypeError, NotImplementedError, MatReadError, zlib.error)
    try:
        arrays = loadmat(path)
    except unreadable as error:
        raise InputError(f"{path}: not a .mat file ({error}): remove or replace it") from error
    columns = [COLUMNS.index(joint) for joint in JOINTS]
    takes = {}
    for angles, labels, names in (("Y", "lbls", MAT_TRAINING), ("Ytest", "lblstest", MAT_TEST)):
        rows, owners = (arrays.get(name, np.empty(0)) for name in (angles, labels))
        if rows.shape[1:] != (len(COLUMNS),) or owners.shape != (len(rows), len(names)):
            raise InputError(
                f"{path}: {angles} is {rows.shape} and {labels} {owners.shape}; Lawrence's are"
                f" (N, {len(COLUMNS)}) and (N, {len(names)}): remove or replace it"
            )
        if not np.isfinite(rows).all():
            raise InputError(f"{path}: {angles} has values that are not numbers: replace the file")
        for name, owned in zip(names, owners.T, strict=True):
            takes[name] = rows[owned == 1][:, columns]
    return takes
