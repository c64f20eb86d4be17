"""Tune a preset as a request says: search, score on sequences left out, write the preset file."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from flatsort.descriptors import load_descriptor
from flatsort.errors import InputError
from flatsort.files.atomic import atomic_writer
from flatsort.files.json_values import read_json
from flatsort.files.sequence import Sequence
from flatsort.tracking.preset_file import Preset, write_preset
from flatsort.tracking.tracker_options import chosen_preset
from flatsort.tuning.search_space import ranges
from flatsort.tuning.study import Goal, Search, make_folds, search
from flatsort.tuning.tuned_sequence import TunedSequence, load
from flatsort.tuning.tuning_report import COLUMNS, Judged, final, judge, report


@dataclass(frozen=True)
class TuningRequest:
    """A tuning run.

    Attributes:
        preset: "sort", "deepsort" or "flatsort".
        descriptor: descriptor as on the command line, "none" for motion alone.
        sequences: the sequences to tune and to score on.
        detections: name of the file with the boxes in each sequence's det/.
        held_out: names of the sequences that are only scored; empty to leave each out once.
        goal: the quantity to maximise.
        trials: settings tried per study.
        folder: the run's folder; a run that was stopped goes on from it.
    """

    preset: str
    descriptor: str
    sequences: list[Sequence]
    detections: str
    held_out: list[str]
    goal: Goal
    trials: int
    folder: Path


def tune(request: TuningRequest) -> str:
    """Search, write FOLDER/preset.json and FOLDER/report.md, and return the report.

    Raises:
        InputError: a sequence, its boxes or its ground truth are missing or wrong, or the folder
            holds a run with another request.
    """
    _check(request)
    _keep_request(request)
    sequences = _load(request)
    descriptor = sequences[0].descriptor
    how = Search(
        request.preset, descriptor and descriptor.metric.gate, request.goal, request.trials
    )
    folds = make_folds(sequences, request.held_out)
    found = search(folds, how, request.folder / "journal.log")
    judged = [judge(fold, settings, how) for fold, settings in found]
    text = report(judged, how)
    with atomic_writer(request.folder / "report.md") as file:
        file.write(text + "\n")
    best = final(judged)
    recommended = Preset(request.preset, best.settings)
    write_preset(request.folder / "preset.json", recommended, _found(request, best))
    return text


def _check(request: TuningRequest) -> None:
    chosen_preset(request.preset, request.descriptor != "none")
    names = [each.name for each in request.sequences]
    for name in request.held_out:
        if name not in names:
            raise InputError(f"--held-out {name}: not among the sequences {', '.join(names)}")
    if len(names) - len(request.held_out) < (1 if request.held_out else 2):
        raise InputError(
            f"{', '.join(names)}: name at least one sequence to tune on and one to leave out"
        )


def _keep_request(request: TuningRequest) -> None:
    """Write the request into the run's folder, or compare it with that of the run to go on with.

    Raises:
        InputError: the folder's run has another request.
    """
    path = request.folder / "request.json"
    asked = _asked(request)
    if not path.is_file():
        with atomic_writer(path) as file:
            file.write(json.dumps(asked, indent=1) + "\n")
        return
    earlier = read_json(path, "remove the folder")
    if not isinstance(earlier, dict):
        raise InputError(f"{path}: not the request of a run: remove the folder")
    for name, value in asked.items():
        if earlier.get(name) != value:
            raise InputError(
                f"{path}: the run in this folder has {name} {earlier.get(name)!r}, not {value!r}: "
                "give another --name, or remove the folder"
            )


def _load(request: TuningRequest) -> list[TunedSequence]:
    (least,) = [
        each.low for each in ranges(request.preset, gate=None) if each.name == "min_confidence"
    ]
    return [
        load(each, request.detections, load_descriptor(request.descriptor, each), least)
        for each in request.sequences
    ]


def _asked(request: TuningRequest) -> dict[str, Any]:
    """Return the parts of a request that a run must not change on its way."""
    return {
        "preset": request.preset,
        "descriptor": request.descriptor,
        "sequences": [each.name for each in request.sequences],
        "detections": request.detections,
        "held_out": request.held_out,
        "goal": asdict(request.goal),
    }


def _found(request: TuningRequest, judged: Judged) -> dict[str, Any]:
    """Return the entry of the preset file that says how the settings were found."""
    columns = judged.tuned[0].columns(COLUMNS)
    return {
        **_asked(request),
        "trials": request.trials,
        "scores on the tuning sequences": {name: round(columns[name], 2) for name in COLUMNS},
    }
