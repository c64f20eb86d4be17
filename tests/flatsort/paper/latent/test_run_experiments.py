"""The page of an experiment on joint angles, from made-up data."""

from dataclasses import replace

import numpy as np

from flatsort.paper.latent.acclaim_skeleton import Bone, Skeleton, column_names
from flatsort.paper.latent.experiments import EXPERIMENTS
from flatsort.paper.latent.points import Points
from flatsort.paper.latent.run_experiments import run_experiments
from flatsort.reid_vae.model.dense_vae import DenseArchitecture
from tests.flatsort.latent_settings import use_few_points


def test_the_page_of_joint_angles_has_their_movements(monkeypatch, tmp_path):
    use_few_points(monkeypatch)
    freedoms = ("rx", "ry", "rz")
    names = ("lfemur", "rfemur")
    bones = [
        Bone(name, "root", np.array([0, -1.0, 0]), 1.0, np.zeros(3), freedoms) for name in names
    ]
    skeleton = Skeleton(tuple(bones), dict.fromkeys(names, freedoms))
    values = np.random.default_rng(0).normal(size=(300, 6)).astype(np.float32)
    points = Points(
        values=values[:280],
        held_out=values[280:],
        classes=np.zeros(280, np.int64),
        class_names=("walking",),
        dimension_names=column_names(skeleton.freedoms),
        skeleton=skeleton,
    )
    experiment = replace(
        EXPERIMENTS["human"],
        architecture=DenseArchitecture(data_size=0, hidden=(8,), prior_hidden=(8,)),
        settings=replace(EXPERIMENTS["human"].settings, steps=2),
        samples=100,
    )
    run_experiments(
        {"human": experiment},
        {"human": points},
        1,
        tmp_path / "runs",
        tmp_path,
        workers=1,
        threads=1,
    )
    page = (tmp_path / "human" / "README.md").read_text()
    for name in ("smoothness.png", "movements.png"):
        assert (tmp_path / "human" / name).exists()
        assert f"({name})" in page
