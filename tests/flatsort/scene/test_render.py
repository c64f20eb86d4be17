"""The rendered frames and their ground truth."""

import itertools

import numpy as np
import pytest

from flatsort.scene.render import Scene
from flatsort.scene.world import HEIGHT, WIDTH

STEP = 3


@pytest.fixture(scope="module")
def scene():
    return Scene(seed=1, frames=360)


def test_a_frame_does_not_depend_on_the_frames_before(scene):
    picture, truth = scene.frame(40)
    scene.frame(41)
    again, same = Scene(seed=1, frames=360).frame(40)
    assert np.array_equal(picture, again)
    assert np.array_equal(truth.ids, same.ids)
    assert np.array_equal(truth.boxes_tlwh, same.boxes_tlwh)
    assert np.array_equal(truth.visibilities, same.visibilities)


def test_another_seed_is_another_scene(scene):
    picture, truth = scene.frame(40)
    other, other_truth = Scene(seed=2, frames=360).frame(40)
    assert np.abs(picture.astype(int) - other).mean() > 10
    assert not np.array_equal(truth.boxes_tlwh, other_truth.boxes_tlwh)


def test_pictures_are_colour_and_full_size(scene):
    picture, _ = scene.frame(1)
    assert picture.shape == (HEIGHT, WIDTH, 3)
    assert picture.dtype == np.uint8
    assert picture.std() > 30  # a scene, not a blank


def test_ground_truth_keeps_the_rules(truths):
    for truth in truths.values():
        assert len(set(truth.ids.tolist())) == len(truth.ids)
        assert (truth.boxes_tlwh[:, 2:] > 0).all()
        assert ((truth.visibilities >= 0) & (truth.visibilities <= 1)).all()
        left, top, width, height = truth.boxes_tlwh.T
        inside = np.minimum(left + width, WIDTH) - np.maximum(left, 0)
        assert (inside > 0).all()
        assert (np.minimum(top + height, HEIGHT) - np.maximum(top, 0) > 0).all()


def test_the_scene_has_12_to_20_people(truths):
    identities = {i for truth in truths.values() for i in truth.ids.tolist()}
    assert 12 <= len(identities) <= 20
    seen = [int((truth.visibilities > 0.2).sum()) for truth in truths.values()]
    assert 6 <= np.mean(seen) <= 12
    heights = np.concatenate([truth.boxes_tlwh[:, 3] for truth in truths.values()])
    assert heights.min() > 60 and heights.max() < 400


def test_many_people_vanish_for_20_to_40_frames_and_come_back(truths):
    vanished = {i for i, frames in _hidden_runs(truths) if 20 <= frames <= 40}
    assert len(vanished) >= 6


def test_people_wholly_behind_the_pillar_have_visibility_zero(truths, scene):
    # The pillar is 0.88 m wide at 6 m, so the camera alone gives its columns in the picture.
    from flatsort.scene.cast import cast
    from flatsort.scene.props import standing_props
    from flatsort.scene.world import camera_at

    props = standing_props(1)
    pillar = next(prop for prop in props if prop.name == "pillar")
    people = {person.identity: person for person in cast(1, 360, props)}
    checked = 0
    for number, truth in truths.items():
        camera = camera_at(1, number)
        low, high = (
            camera.project(pillar.x + side * 0.44, 0.0, pillar.z)[0] for side in (-1.0, 1.0)
        )
        for identity, box, visible in zip(
            truth.ids, truth.boxes_tlwh, truth.visibilities, strict=True
        ):
            behind = people[identity].z[number - 1] > pillar.z + 0.5
            if behind and box[0] > low + 2 and box[0] + box[2] < high - 2:
                assert visible == 0
                checked += 1
    assert checked >= 5


def test_someone_in_the_open_is_wholly_visible(truths):
    best = [truth.visibilities.max() for truth in truths.values()]
    assert np.median(best) > 0.95


def _hidden_runs(truths):
    """Yield an identity and the number of frames for which it was hidden between two sightings."""
    sightings = {}
    for number, truth in truths.items():
        for identity, visible in zip(truth.ids.tolist(), truth.visibilities, strict=True):
            sightings.setdefault(identity, []).append((number, visible >= 0.2))
    for identity, moments in sightings.items():
        seen = [number for number, visible in moments if visible]
        for before, after in itertools.pairwise(seen):
            if after - before > STEP:
                yield identity, after - before - STEP
