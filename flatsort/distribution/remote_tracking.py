"""Tracking one sequence or source on another machine."""

import json
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from flatsort.distribution.carried_files import Input
from flatsort.distribution.tracking_inputs import Replaced, RunInputs, find_inputs, move_request
from flatsort.distribution.tracking_unit import TrackingUnit
from flatsort.errors import InputError
from flatsort.files.atomic import atomic_path, atomic_writer
from flatsort.files.sequence import Sequence, open_sequence
from flatsort.reid_vae.whole_file import whole_folder
from flatsort.sources.numbered import ImageFolder
from flatsort.sources.registry import open_source
from flatsort.sources.source import Source
from flatsort.tracking.run_record import record_path
from flatsort.tracking.track_footage import TrackedFootage

_RESULTS, _FILM, _BOXES = "results", "film", "boxes"
"""Folders of the worker for result files, the film, and the boxes of --save-detections."""


@dataclass
class RemoteTracking:
    """Tracks footage on a worker; its files travel back, and the client writes them.

    Attributes:
        local: the same work for this machine.
        found: the files that it reads; :meth:`inputs` finds them on the client.
    """

    local: TrackingUnit
    found: RunInputs | None = None

    @property
    def name(self) -> str:
        """Name of the footage."""
        return self.local.name

    def inputs(self) -> list[Input]:
        """Check the run, and return the files that it reads.

        Raises:
            InputError: the run cannot start.
        """
        self.found = find_inputs(self.local)
        return self.found.all()

    def work(self, places: Mapping[Path, Path], folder: Path) -> TrackedFootage:
        """Track the footage into a folder; see :meth:`RemoteUnit.work`."""
        unit, request, found = self.local, self.local.request, self.found
        moved, replaced = move_request(unit, found, places)
        film = request.video_path(unit.name)
        boxes = request.save_detections
        moved = replace(
            moved,
            tracker=request.tracker_name,
            # The folder belongs to the client's machine.
            cache=None,
            results=folder / _RESULTS,
            video=None if film is None else folder / _FILM / film.name,
            save_detections=None if boxes is None else folder / _BOXES / boxes.name,
        )
        plugin = None if found.plugin is None else places[found.plugin.root]
        footage = _reopen(unit.footage, places[found.footage.root])
        try:
            tracked = TrackingUnit(footage, moved, plugin)()
        except InputError as error:
            raise InputError(replaced.back(str(error))) from error
        if tracked.statistics.is_kept:
            _restore_texts(record_path(tracked.results), replaced)
        return replace(tracked, notes=replaced.back(tracked.notes))

    def receive(self, value: TrackedFootage, files: Mapping[str, bytes]) -> TrackedFootage:
        """Write the files of a run; see :meth:`RemoteUnit.receive`. The record appears last."""
        request = self.local.request
        results = request.results / request.tracker_name / value.results.name
        record = record_path(results)
        folders: dict[Path, dict[str, bytes]] = {}
        with ExitStack() as stack:
            # Contexts exit in reverse order.
            paths = sorted(map(PurePosixPath, files), key=lambda path: path.name != record.name)
            for path in paths:
                kind, *rest = path.parts
                if kind == _RESULTS and len(rest) > 2:
                    name = "/".join(rest[2:])
                    folders.setdefault(results.parent / rest[1], {})[name] = files[str(path)]
                    continue
                final = results.parent / path.name
                if kind == _FILM:
                    final = request.video_path(self.name)
                elif kind == _BOXES:
                    final = request.save_detections
                content = files[str(path)]
                if path.name == record.name:
                    content = self._with_own_paths(content)
                stack.enter_context(atomic_path(final)).write_bytes(content)
            for folder, contents in folders.items():
                made = stack.enter_context(whole_folder(folder))
                for name, data in contents.items():
                    (made / name).write_bytes(data)
        return replace(value, results=results)

    def _with_own_paths(self, content: bytes) -> bytes:
        """Return the record of a run with the paths of the footage and the film on the client."""
        footage, film = self.local.footage, self.local.request.video_path(self.name)
        is_sequence = isinstance(footage, Sequence)
        record = json.loads(content)
        record["source"] = str(footage.folder.resolve()) if is_sequence else footage.location
        record["film"] = None if film is None else str(film.resolve())
        return _record_text(record).encode()


def _reopen(footage: Sequence | Source, place: Path) -> Sequence | Source:
    """Open footage at its place on this machine; its name and location stay the client's."""
    if isinstance(footage, Sequence):
        return open_sequence(place)
    rate = footage.frame_rate if isinstance(footage, ImageFolder) else None
    opened = open_source(str(place), frame_rate=rate)
    opened.name, opened.location = footage.name, footage.location
    return opened


def _restore_texts(path: Path, replaced: Replaced) -> None:
    """Put the client's texts in the place of the worker's in the record of a run."""
    record = replaced.back(json.loads(path.read_text(encoding="utf-8")))
    with atomic_writer(path) as file:
        file.write(_record_text(record))


def _record_text(record: dict[str, Any]) -> str:
    return json.dumps(record, indent=1) + "\n"
