"""Tracking one sequence or source as a unit of work."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flatsort.descriptors import load_plugin
from flatsort.errors import InputError
from flatsort.files.sequence import Sequence
from flatsort.sources.source import Source
from flatsort.tracking.track_footage import TrackedFootage, track_footage
from flatsort.tracking.tracking_request import TrackingRequest


@dataclass(frozen=True)
class TrackingUnit:
    """Tracks footage and writes its files.

    Attributes:
        footage: the sequence or source.
        request: how to track, and which files to write.
        plugin: Python file that registers the user's own descriptor; None without one.
    """

    footage: Sequence | Source
    request: TrackingRequest
    plugin: Path | None = None

    @property
    def name(self) -> str:
        """Name of the footage."""
        return self.footage.name

    def __call__(self) -> TrackedFootage:
        """Track the footage.

        Raises:
            InputError: the footage cannot be tracked as the request says, or somebody has stopped
                the run.
        """
        if self.plugin is not None:
            _load_once(self.plugin)
        tracked = track_footage(self.footage, self.request)
        if tracked.is_stopped:
            raise InputError(
                f"somebody has stopped the run at frame {tracked.statistics.frames}: give the same "
                "command again"
            )
        return tracked


# A process may run several units, and a plug-in registers its names once per process.
_load_once = cache(load_plugin)
