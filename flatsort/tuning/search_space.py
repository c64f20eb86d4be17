"""The settings of each preset that are searched, and their ranges."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flatsort.tracker import DeepSortConfig, FlatSortConfig, SortConfig
from flatsort.tracking.tracker_options import TrackerOptions

if TYPE_CHECKING:
    from optuna.trial import Trial

Settings = dict[str, float]
"""Name of a setting -> value."""


@dataclass(frozen=True)
class Range:
    """The values of one setting that are tried.

    Attributes:
        name: name of the setting.
        low: smallest value.
        high: largest value.
        is_whole: whether only whole numbers are tried.
    """

    name: str
    low: float
    high: float
    is_whole: bool = False


_MAX_DISTANCE = "max_distance"
_GATE_SHARES = (0.6, 1.4)
"""Smallest and largest gate that is tried, as shares of the descriptor's own."""
_RANGES = {
    "sort": (
        Range("min_confidence", 0.1, 0.8),
        Range("max_age", 0, 60, is_whole=True),
        Range("min_hits", 0, 5, is_whole=True),
        Range("min_iou", 0.1, 0.6),
    ),
    "deepsort": (
        Range("min_confidence", 0.1, 0.8),
        Range("max_age", 5, 120, is_whole=True),
        Range("n_init", 1, 5, is_whole=True),
        Range("max_iou_distance", 0.4, 0.9),
        Range("budget", 5, 200, is_whole=True),
    ),
    "flatsort": (
        Range("min_confidence", 0.05, 0.5),
        Range("sure_confidence", 0.3, 0.8),
        Range("birth_confidence", 0.3, 0.9),
        Range("max_sure_cost", 0.5, 0.95),
        Range("max_unsure_cost", 0.2, 0.7),
        Range("max_tentative_cost", 0.4, 0.9),
        Range("max_birth_overlap", 0.3, 1.0),
        Range("n_init", 1, 4, is_whole=True),
        Range("memory_s", 0.3, 4.0),
        Range("min_camera_pairs", 3, 12, is_whole=True),
        Range("sure_camera_pairs", 5, 16, is_whole=True),
    ),
}
"""Preset -> ranges. The ranges hold every default, and the settings of the peers' defaults."""


def ranges(preset: str, gate: float | None) -> tuple[Range, ...]:
    """Return the ranges of a preset's settings.

    Args:
        preset: "sort", "deepsort" or "flatsort".
        gate: the descriptor's own gate; None without a descriptor.
    """
    if gate is None:
        return _RANGES[preset]
    low, high = (share * gate for share in _GATE_SHARES)
    return (*_RANGES[preset], Range(_MAX_DISTANCE, low, high))


def default_settings(preset: str, gate: float | None) -> Settings:
    """Return the values that the preset has without any option, for the settings of `ranges`."""
    configs = {"sort": SortConfig(), "deepsort": DeepSortConfig(), "flatsort": FlatSortConfig()}
    known = {**vars(configs[preset]), _MAX_DISTANCE: gate}
    if preset != "flatsort":
        known["min_confidence"] = TrackerOptions.min_confidence
    return {each.name: known[each.name] for each in ranges(preset, gate)}


def suggest(trial: "Trial", preset: str, gate: float | None) -> Settings:
    """Return the settings that Optuna wants to try."""
    return {
        each.name: (
            trial.suggest_int(each.name, int(each.low), int(each.high))
            if each.is_whole
            else trial.suggest_float(each.name, each.low, each.high)
        )
        for each in ranges(preset, gate)
    }


def options_of(preset: str, settings: Settings) -> TrackerOptions:
    """Return the tracker's options for settings."""
    rest = dict(settings)
    return TrackerOptions(
        preset=preset,
        min_confidence=rest.pop("min_confidence"),
        max_distance=rest.pop(_MAX_DISTANCE, None),
        settings=rest,
    )
