"""Human motion from the CMU Graphics Lab's database, mocap.cs.cmu.edu (section 4.2)."""

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

# What CMU's index says of subjects 35 and 49 ("walk", "run/jog", "balance on one leg, outstretched
# arms"). Left out: 35_27, which navigates around obstacles, and 49_01, which walks.
TAKES = {
    "walking": tuple(f"35_{take:02}" for take in (*range(1, 17), *range(28, 35))),
    "jogging": tuple(f"35_{take:02}" for take in range(17, 27)),
    "balancing": tuple(f"49_{take:02}" for take in range(18, 21)),
}

# The 62 values of a frame of CMU's, in the order of the .asf's bones; the .mat's columns have the
# same order, an .amc's lines another.
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
# The root is where the body is and faces; the others never move in these recordings. It is these
# 12 of 62 that Taylor et al. (2006) and Lawrence leave out too: 50 remain, as the paper says.
LEFT_OUT = ("root", "lclavicle", "rclavicle", "lfingers", "rfingers")
JOINTS = tuple(name for name in COLUMNS if name.split()[0] not in LEFT_OUT)

# Lawrence's file of subject 35: frames 1, 5, 9 and so on of each take, 30 a second. He lists the
# takes in lvmLoadData.m of his datasets toolbox; all twenty of our .amc files hold the very same
# numbers in the 1,945 frames that they share with it, so columns and takes are known, not guessed.
MAT = "cmu35WalkJog.mat"
MAT_TEST = ("35_18", "35_29")
MAT_TRAINING = tuple(
    f"35_{take:02}" for take in (*range(1, 27), *range(28, 35)) if f"35_{take:02}" not in MAT_TEST
)
# The skeleton that all movements are drawn with. Subject 35's has the same hierarchy, axes and
# freedoms; besides lengths, some directions differ, of back, neck and hips by up to 9 degrees,
# of the clavicles by up to 22.
SKELETON = "49/49.asf"
# Recordings are at 120 frames a second, here they are at 30.
STEP = 4


def load_motion(folder: Path) -> Points:
    """50 joint angles in radians, 30 a second, of subject 35 walking and jogging and 49 balancing.

    The paper's subjects 143 (punching) and 74 (kicking) are not available here. Every frame has the
    class of its recording, so balancing begins on two legs. Angles are in [-pi, pi), an edge that
    no joint comes near; nothing is centred, scaled or smoothed, and the few single frames in which
    a recorded foot or hand jumps are kept.

    Args:
        folder: has 49/49.asf, 49/49_18.amc and so on from mocap.cs.cmu.edu, and for subject 35
            either the same or Lawrence's cmu35WalkJog.mat, which is taken where both are there.

    Raises:
        InputError: something is missing or not as CMU has it; names file and line.
    """
    if not folder.is_dir():
        raise InputError(
            f"{folder}: no such folder; fetch subjects 35 and 49 (.asf and .amc) to folders 35 and"
            " 49 in it, from mocap.cs.cmu.edu"
        )
    kept = read_mat(folder / MAT) if (folder / MAT).exists() else {}
    values, classes = [], []
    for index, takes in enumerate(TAKES.values()):
        for take in takes:
            degrees = kept[take] if take in kept else read_take(folder, take)
            values.append(np.radians((degrees + 180) % 360 - 180))
            classes.append(np.full(len(degrees), index))
    return Points(
        values=np.concatenate(values).astype(np.float32),
        classes=np.concatenate(classes).astype(np.int64),
        class_names=tuple(TAKES),
        dimension_names=JOINTS,
        skeleton=read_skeleton(folder / SKELETON),
    )


def read_take(folder: Path, take: str) -> NDArray[np.float64]:
    """Every fourth frame (F, 50) of an .amc in degrees, the frames that the .mat would have."""
    subject, _ = take.split("_")
    asf = folder / subject / f"{subject}.asf"
    motion = read_motion(folder / subject / f"{take}.amc", read_skeleton(asf).freedoms)
    missing = [joint for joint in JOINTS if joint not in motion.names]
    if missing:
        raise InputError(f"{asf}: no {', '.join(missing)}: take the .asf from mocap.cs.cmu.edu")
    columns = [motion.names.index(joint) for joint in JOINTS]
    return motion.values[motion.frames % STEP == 1][:, columns]


def read_mat(path: Path) -> dict[str, NDArray[np.float64]]:
    """The takes of subject 35 in Lawrence's file, training and test: (F, 50) in degrees each."""
    # What SciPy raises for a damaged file, and for one of MATLAB 7.3, which it does not implement.
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
            raise InputError(f"{path}: {angles} has angles that are no numbers: replace the file")
        for name, owned in zip(names, owners.T, strict=True):
            takes[name] = rows[owned == 1][:, columns]
    return takes
