"""Preset files: written, read, and refused where they are wrong."""

import json

import numpy as np
import pytest

from flatsort.errors import InputError
from flatsort.tracker import Detections
from flatsort.tracking.preset_file import Preset, read_preset, write_preset
from flatsort.tracking.tracker_options import TrackerOptions, empty_frames_to_forget, make_tracker

PERSON = Detections([[10, 20, 20, 50]], [0.9])


def test_a_name_is_a_preset_without_settings():
    assert read_preset("flatsort") == Preset("flatsort", {})


def test_a_file_is_read_as_it_was_written(tmp_path):
    path = tmp_path / "runs" / "preset.json"
    preset = Preset("flatsort", {"memory_s": 2.5, "n_init": 3, "camera_motion": "none"})
    write_preset(path, preset, {"trials": 50})
    assert read_preset(str(path)) == preset
    assert json.loads(path.read_text())["found"] == {"trials": 50}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('{"preset": "sort",\n "settings": }', r"preset\.json, line 2: not JSON"),
        ("[]", r'preset\.json: no entry "preset" with one of sort, deepsort, flatsort'),
        ('{"preset": "botsort"}', 'no entry "preset" with one of sort'),
        ('{"preset": "sort", "settings": [1]}', '"settings" must map names to values'),
        ('{"preset": "sort", "settings": {"n_init": 2}}', "sort has no setting 'n_init'; it has"),
        ('{"preset": "sort", "settings": {"max_distance": 1}}', "no setting 'max_distance'"),
        ('{"preset": "sort", "settings": {"min_iou": 2}}', r"preset\.json: .*min_iou"),
        (
            '{"preset": "flatsort", "settings": {"memory_s": "long"}}',
            r'preset\.json: memory_s is "long", not a number',
        ),
        (
            '{"preset": "flatsort", "settings": {"camera_motion": 1}}',
            "camera_motion is 1, not a text",
        ),
        ('{"preset": "sort", "settings": {"max_age": 2.5}}', "max_age is 2.5, not a whole number"),
        ('{"preset": "sort", "settings": {"max_age": 1e300}}', "max_age is 1e.300, not a whole"),
        ('{"preset": "flatsort", "settings": {"memory_s": 1e300}}', "a number that large has no"),
        ('{"preset": "flatsort", "settings": {"memory_s": NaN}}', "memory_s is NaN: a number"),
        ('{"preset": "flatsort", "settings": {"coasts": 1}}', "coasts is 1, not true or false"),
        ('{"preset": "deepsort", "settings": {"max_distance": []}}', "max_distance is a list, not"),
        ('{"preset": "deepsort", "settings": {"max_distance": 0}}', "max_distance must be above 0"),
        ('{"preset": {"sort": 1}}', 'no entry "preset" with one of sort'),
        ("[" * 100_000, "too many lists in lists"),
        ("9" * 10_000, "too long a number"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path, text, complaint):
    path = tmp_path / "preset.json"
    path.write_text(text)
    with pytest.raises(InputError, match=complaint):
        read_preset(str(path))


def test_a_file_that_is_no_text_is_refused(tmp_path):
    path = tmp_path / "preset.json"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match=r"preset\.json: not a text file"):
        read_preset(str(path))


def test_an_unknown_name_is_refused():
    with pytest.raises(InputError, match=r"--preset botsort: choose one of .*, or give a preset"):
        read_preset("botsort")


def returns(tracker, missing):
    """Track a person for three frames, miss some, and return the identities afterwards."""
    for _ in range(3):
        tracker.update(PERSON)
    for _ in range(missing):
        tracker.update(Detections.empty())
    return tracker.update(PERSON).ids.tolist()


@pytest.mark.parametrize(
    ("preset", "settings", "memory"),
    [("sort", {"max_age": 4, "min_hits": 0}, 4), ("flatsort", {"memory_s": 0.5}, 4)],
)
def test_settings_reach_the_tracker(preset, settings, memory):
    # Half a second at 10 frames per second are 5 frames: 4 misses and the match.
    options = TrackerOptions(preset=preset, settings=settings)
    assert returns(make_tracker(None, options, 10.0), memory) == [1]
    assert returns(make_tracker(None, options, 10.0), memory + 1) != [1]
    assert empty_frames_to_forget(None, options, 10.0) == memory + 1


def test_a_given_option_comes_before_the_files_setting():
    options = TrackerOptions(preset="sort", max_age=2, settings={"max_age": 9, "min_hits": 0})
    assert returns(make_tracker(None, options), 3) != [1]
    assert empty_frames_to_forget(None, options) == 3


def test_min_iou_of_a_file_is_used():
    # The second box overlaps the first with IoU 1/3.
    options = TrackerOptions(preset="sort", settings={"min_iou": 0.5, "min_hits": 0})
    for chosen, ids in ((options, [2]), (TrackerOptions(preset="sort"), [1])):
        tracker = make_tracker(None, chosen)
        tracker.update(PERSON)
        moved = tracker.update(Detections(PERSON.boxes_tlwh + np.array([10, 0, 0, 0]), [0.9]))
        assert moved.ids.tolist() == ids
