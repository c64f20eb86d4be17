"""Preset files: a tracker and its settings, as `tools/tune.py` writes and `track.py` reads them.

A preset file is JSON: {"preset": "flatsort", "settings": {"memory_s": 2.0}, "found": {...}}. The
last entry says how the settings were found; nothing reads it.
"""

import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from flatsort.errors import InputError
from flatsort.files.atomic import atomic_writer
from flatsort.files.json_values import as_dataclass, read_json
from flatsort.tracker import DeepSortConfig, FlatSortConfig, SortConfig
from flatsort.tracking.tracker_options import PRESETS

MAX_DISTANCE = "max_distance"
"""The setting of deepsort that belongs to the descriptor's metric: the gate."""
_CONFIGS = {"sort": SortConfig, "deepsort": DeepSortConfig, "flatsort": FlatSortConfig}


@dataclass(frozen=True)
class Preset:
    """A tracker and those of its settings that differ from the defaults.

    Attributes:
        name: one of PRESETS.
        settings: name of a field of the tracker's configuration, or "max_distance" -> value.
    """

    name: str
    settings: dict[str, Any]


@dataclass(frozen=True)
class _Gate:
    """The setting of deepsort that its configuration does not have."""

    max_distance: float

    def __post_init__(self) -> None:
        if not self.max_distance > 0:
            raise ValueError(f"{MAX_DISTANCE} must be above 0, not {self.max_distance}")


def read_preset(word: str) -> Preset:
    """Return the preset that a word of the command line names: a preset's name, or a file.

    Raises:
        InputError: there is no such preset or file, or the file is damaged.
    """
    if word in PRESETS:
        return Preset(word, {})
    path = Path(word)
    if not path.is_file():
        raise InputError(
            f"--preset {word}: choose one of {', '.join(PRESETS)}, or give a preset file"
        )
    found = read_json(path)
    if not isinstance(found, dict) or found.get("preset") not in PRESETS:
        raise InputError(f'{path}: no entry "preset" with one of {", ".join(PRESETS)}')
    settings = found.get("settings", {})
    if not isinstance(settings, dict):
        raise InputError(f'{path}: the entry "settings" must map names to values')
    _check(path, found["preset"], settings)
    return Preset(found["preset"], settings)


def write_preset(path: Path, preset: Preset, found: dict[str, Any]) -> None:
    """Write a preset file.

    Args:
        path: the file; missing folders are made.
        preset: the preset.
        found: how the settings were found, for readers of the file.

    Raises:
        InputError: the file cannot be written.
    """
    content = {"preset": preset.name, "settings": preset.settings, "found": found}
    with atomic_writer(path) as file:
        file.write(json.dumps(content, indent=1) + "\n")


def _check(path: Path, name: str, settings: dict[str, Any]) -> None:
    """Check the names and values of a file's settings.

    Raises:
        InputError: a setting is unknown or out of range.
    """
    known = [each.name for each in fields(_CONFIGS[name])]
    own = dict(settings)
    try:
        if name == "deepsort":
            known.append(MAX_DISTANCE)
            as_dataclass(_Gate, {MAX_DISTANCE: own.pop(MAX_DISTANCE, 1.0)})
        for setting in own:
            if setting not in known:
                there = ", ".join(known)
                raise InputError(f"{path}: {name} has no setting {setting!r}; it has {there}")
        as_dataclass(_CONFIGS[name], own)
    except InputError:
        raise
    except ValueError as error:
        raise InputError(f"{path}: {error}") from error
