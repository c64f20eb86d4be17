"""Other kinds of scenes: crowds, uniforms, a carried camera, a worse detector, few frames."""

import numpy as np
import pytest

from flatsort.errors import InputError
from flatsort.files.sequence import open_sequence
from flatsort.scene.cast import CROWD_LAG, cast
from flatsort.scene.props import standing_props
from flatsort.scene.scene_folder import write_scene
from flatsort.scene.scene_kind import SceneKind
from flatsort.scene.simulated_detector import USUAL_DETECTOR
from flatsort.scene.wardrobe import outfits
from flatsort.scene.world import camera_at


def test_a_second_crowd_joins_the_first_one():
    props = standing_props(4)
    one, two = cast(4, 360, props), cast(4, 360, props, SceneKind(crowds=2))
    assert len(two) == 2 * len(one)
    for single, same in zip(one, two[: len(one)], strict=True):
        assert np.array_equal(single.x, same.x, equal_nan=True)
    # The acts of the second crowd have other depths and start later, so nobody walks in lock-step.
    assert CROWD_LAG > 0
    assert not np.array_equal(two[0].x, two[len(one)].x, equal_nan=True)


def test_uniforms_leave_build_skin_hair_shoes_and_bags():
    usual, dressed = outfits(4, 16), outfits(4, 16, uniforms=True)
    assert {(each.top, each.cut, each.bottom, each.legs) for each in dressed} == {
        (usual[0].top, usual[0].cut, usual[0].bottom, usual[0].legs)
    }
    assert {each.hat for each in dressed} == {each.scarf for each in dressed} == {None}
    for before, after in zip(usual, dressed, strict=True):
        for part in ("stature", "girth", "skin", "hair", "haircut", "shoes", "bag"):
            assert getattr(before, part) == getattr(after, part)


def test_a_carried_camera_moves_more_and_stays_within_the_background():
    held, carried = (
        np.array([camera_at(4, n, flag).centre for n in range(1, 361)]) for flag in (False, True)
    )
    assert np.ptp(carried) > 1.5 * np.ptp(held)
    # 4 pi 70 / 12.5 s, twice, at 25 frames/s: 5.6 pixels per frame from the pan, and the shake.
    assert 5 < np.abs(np.diff(carried)).max() < 10


def test_noise_multiplies_the_errors_and_not_the_recall():
    noisy = USUAL_DETECTOR.with_noise(2.0)
    assert (noisy.noise, noisy.lapse_rate) == (0.032, 0.012)
    assert (noisy.decoy_rate, noisy.stray_rate) == (0.01, 0.14)
    assert noisy.best_recall == USUAL_DETECTOR.best_recall


def test_a_camera_of_10_frames_keeps_10_of_25():
    kind = SceneKind(frame_rate=10)
    assert [kind.rendered_frame(n) for n in (1, 2, 3, 4, 5, 11)] == [1, 3, 6, 8, 11, 26]


def test_the_folder_of_few_frames_shows_the_same_street(tmp_path):
    write_scene(tmp_path / "all", seed=4, frames=6)
    write_scene(tmp_path / "some", seed=4, frames=3, kind=SceneKind(frame_rate=10))
    some, whole = open_sequence(tmp_path / "some"), open_sequence(tmp_path / "all")
    assert (some.frame_rate, some.length) == (10, 3)
    for frame, rendered in ((1, 1), (2, 3), (3, 6)):
        assert np.array_equal(some.read_frame(frame), whole.read_frame(rendered))


@pytest.mark.parametrize(
    ("words", "option"),
    [
        ({"crowds": 0}, "--crowds"),
        ({"crowds": 5}, "--crowds"),
        ({"detector_noise": float("nan")}, "--detector-noise"),
        ({"frame_rate": 26}, "--fps"),
    ],
)
def test_values_out_of_range_are_refused(words, option):
    with pytest.raises(InputError, match=option):
        SceneKind(**words)
