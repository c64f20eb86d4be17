"""Linking the tracks of one result file as a unit of work."""

from dataclasses import dataclass
from pathlib import Path

from flatsort.linking.link_results import link_results
from flatsort.linking.linking_request import LinkingRequest
from flatsort.tracking.finished_run import RunRequest, find_run


@dataclass(frozen=True)
class LinkingUnit:
    """Links the tracks of a result file, and writes the linked results.

    Attributes:
        run: names the result file and its footage.
        request: how to link.
        out: the result file to write; None for TRACKER-linked/SEQ.txt beside the folder TRACKER.
    """

    run: RunRequest
    request: LinkingRequest
    out: Path | None

    @property
    def name(self) -> str:
        """Path of the result file: two trackers may have results of one sequence."""
        return str(self.run.results)

    def __call__(self) -> str:
        """Link the tracks; return the line that the user sees.

        Raises:
            InputError: the results or their footage cannot be read, or the file cannot be written.
        """
        linked = link_results(find_run(self.run), self.request, self.out)
        return f"{linked.path}: {linked.recording.summary()}"
