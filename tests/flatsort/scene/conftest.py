"""The ground truth of every third frame of one scene, for all tests of the folder."""

import pytest

STEP = 3


@pytest.fixture(scope="session")
def truths():
    from flatsort.scene.render import Scene

    scene = Scene(seed=1, frames=360)
    return {number: scene.frame(number)[1] for number in range(1, 361, STEP)}
