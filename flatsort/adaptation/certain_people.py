"""People whom somebody has told apart: the edits of a run's page, as certain labels of boxes."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flatsort.correction.apply_edits import corrected_identities
from flatsort.correction.correct_results import original_path
from flatsort.correction.edits import Edit, read_edits
from flatsort.errors import InputError
from flatsort.files.file_digest import digest_of
from flatsort.files.mot_files import Rows, read_results
from flatsort.files.seqinfo import LARGEST
from flatsort.tracker.boxes import iou

UNKNOWN, NOBODY = -1, -2
"""Labels of boxes about which the edits say nothing, and of boxes that show nobody."""
_NEAR_S = 2.0
"""Seconds around an edit in which its people are certain: the user has looked there. Farther away,
the track may be wrong in other ways."""
_SAME_BOX = 0.5
"""IoU above which a box of the footage is the box of the results."""


@dataclass(frozen=True)
class CertainPeople:
    """Boxes near edits, with the people in them.

    Attributes:
        frames: (K,) int64, ascending.
        boxes_tlwh: (K, 4) float64, pixels.
        people: (K,) int64, the corrected identity; NOBODY for a false track.
    """

    frames: NDArray[np.int64]
    boxes_tlwh: NDArray[np.float64]
    people: NDArray[np.int64]

    def name(self, frames: NDArray[np.int64], boxes_tlwh: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return (M,) the person in each box of the footage, or UNKNOWN, or NOBODY.

        Args:
            frames: (M,) frame of each box.
            boxes_tlwh: (M, 4) pixels.
        """
        people = np.full(len(frames), UNKNOWN)
        for frame in np.unique(self.frames).tolist():
            here, known = np.flatnonzero(frames == frame), np.flatnonzero(self.frames == frame)
            overlaps = iou(boxes_tlwh[here], self.boxes_tlwh[known])
            for place, row in enumerate(here.tolist()):
                best = int(overlaps[place].argmax())
                # A box that is the best match of two others belongs to the one it fits best.
                if overlaps[place, best] > _SAME_BOX and overlaps[:, best].argmax() == place:
                    people[row] = self.people[known[best]]
        return people


def read_certain_people(edits: Path, results: Path, frame_rate: float) -> CertainPeople:
    """Read the people near the edits of a file.

    Args:
        edits: the edits file.
        results: the result file on whose page they were marked. If it has been corrected since, its
            original is read.
        frame_rate: frames per second of the footage.

    Raises:
        InputError: the edits belong to other results, or cannot be applied.
    """
    found = read_edits(edits)
    places = [path for path in (results, original_path(results)) if path.is_file()]
    matching = [path for path in places if digest_of(path) == found.digest]
    if not matching:
        raise InputError(f"--results {results}: the edits of {edits} were marked on other results")
    rows = read_results(matching[0], LARGEST)
    ids, kept = corrected_identities(rows, found.edits, str(edits))
    near = np.unique(np.concatenate([_near(rows, edit, frame_rate) for edit in found.edits]))
    near = near[np.argsort(rows.frames[near], kind="stable")]
    people = np.where(kept, ids, NOBODY)
    return CertainPeople(rows.frames[near], rows.boxes_tlwh[near], people[near])


def _near(rows: Rows, edit: Edit, frame_rate: float) -> NDArray[np.intp]:
    """Return the rows of an edit's tracks before and after its frame that are nearest to it."""
    most, found = max(1, round(_NEAR_S * frame_rate)), []
    for identity in edit.ids:
        own = np.flatnonzero(rows.ids == identity)
        own = own[np.argsort(rows.frames[own], kind="stable")]
        middle = int(np.searchsorted(rows.frames[own], edit.frame))
        found.append(own[max(0, middle - most) : middle + most])
    return np.concatenate(found)
