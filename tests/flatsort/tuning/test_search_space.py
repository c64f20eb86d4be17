"""The ranges of the settings, and the options that settings stand for."""

from dataclasses import fields

import pytest

from flatsort.tracker import DeepSortConfig, FlatSortConfig, SortConfig
from flatsort.tracking.tracker_options import TrackerOptions
from flatsort.tuning.search_space import default_settings, options_of, ranges

CONFIGS = {"sort": SortConfig, "deepsort": DeepSortConfig, "flatsort": FlatSortConfig}


@pytest.mark.parametrize("preset", CONFIGS)
@pytest.mark.parametrize("gate", [None, 0.4])
def test_the_defaults_lie_within_the_ranges(preset, gate):
    defaults = default_settings(preset, gate)
    for each in ranges(preset, gate):
        assert each.low <= defaults[each.name] <= each.high, each
        assert each.is_whole == isinstance(defaults[each.name], int), each


@pytest.mark.parametrize("preset", CONFIGS)
def test_every_setting_is_one_of_the_tracker(preset):
    known = {each.name for each in fields(CONFIGS[preset])}
    assert {each.name for each in ranges(preset, None)} <= known


def test_the_gate_is_searched_around_the_descriptors_own():
    gate = ranges("deepsort", 0.5)[-1]
    assert (gate.name, gate.low, gate.high) == ("max_distance", 0.3, 0.7)
    assert default_settings("deepsort", 0.5)["max_distance"] == 0.5


def test_settings_become_options():
    found = options_of("deepsort", {"min_confidence": 0.4, "max_distance": 0.2, "n_init": 2})
    assert found == TrackerOptions(
        preset="deepsort", min_confidence=0.4, max_distance=0.2, settings={"n_init": 2}
    )
