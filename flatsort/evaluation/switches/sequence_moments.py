"""Find the moments at which trackers differ on one sequence, from their result files."""

from pathlib import Path

from flatsort.errors import InputError
from flatsort.evaluation.switches.moments import Moment, moments_by_each_other, moments_by_truth
from flatsort.evaluation.switches.recorded_footage import RecordedFootage
from flatsort.files.mot_files import Rows, read_ground_truth, read_results
from flatsort.files.result_folders import tracker_folders, tracker_name
from flatsort.files.sequence import Sequence
from flatsort.progress import ProgressBar


def find_moments(sequence: Sequence | RecordedFootage, results: dict[str, Rows]) -> list[Moment]:
    """Find all moments, by falling disagreement, with a progress bar.

    With ground truth they are the identity switches that the score counts; without it the trackers
    are compared with each other.

    Args:
        sequence: the sequence or other footage that was tracked.
        results: tracker -> all rows of its results.

    Raises:
        InputError: the ground truth is malformed.
    """
    length, layout = sequence.length, sequence.layout
    total = len(results) if sequence.has_ground_truth else len(results) * (len(results) - 1)
    with ProgressBar(total=total, desc="matching", leave=False) as bar:
        if not sequence.has_ground_truth:
            return moments_by_each_other(results, length, bar.update)
        truth = read_ground_truth(sequence.ground_truth_path, length, layout)
        return moments_by_truth(truth, results, length, layout, bar.update)


def read_trackers(
    results: Path, names: list[str] | None, sequence: Sequence | RecordedFootage
) -> dict[str, Rows]:
    """Read the result files of at least two trackers.

    Args:
        results: the folder that holds TRACKER/SEQ.txt.
        names: names of trackers; None for all that have results for the sequence.
        sequence: the sequence or other footage that was tracked.

    Returns:
        Tracker -> the rows of its result file, in the order of the names.

    Raises:
        InputError: a result file is missing or malformed, or fewer than two trackers have one.
    """
    found = {}
    for folder in tracker_folders(results, names):
        path = folder / f"{sequence.name}.txt"
        if names or path.is_file():
            own = folder if folder.name == tracker_name(folder) else folder.parent
            name = own.relative_to(results) if own.is_relative_to(results) else own
            found[name.as_posix()] = read_results(path, sequence.length)
    if len(found) < 2:
        there = ", ".join(found) or "none"
        raise InputError(
            f"{results}: a comparison needs two trackers with {sequence.name}.txt (there: {there}):"
            " track the sequence with another descriptor, or name two trackers"
        )
    return found


def moments_at(moments: list[Moment], frame: int) -> list[Moment]:
    """Choose the moments with a switch whose interval contains a frame.

    The interval goes from the last frame of the old identity to the first frame of the new one.

    Raises:
        InputError: no tracker switches at this frame; the message names the nearest switches.
    """
    chosen = [
        moment
        for moment in moments
        if any(switch.last <= frame <= switch.frame for switch in moment.switches)
    ]
    if not chosen:
        frames = {switch.frame for moment in moments for switch in moment.switches}
        nearest = sorted(sorted(frames, key=lambda other: abs(other - frame))[:3])
        known = ", ".join(map(str, nearest)) or "no switches at all"
        raise InputError(f"frame {frame}: no tracker switches there; nearest: {known}")
    return chosen
