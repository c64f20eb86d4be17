"""Score the result files of several trackers: RESULTS/TRACKER/SEQ.txt."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flatsort.errors import InputError
from flatsort.files.result_folders import files_folder, tracker_folders, tracker_name
from flatsort.files.sequence import Sequence, find_folder, find_sequences, open_sequence

if TYPE_CHECKING:
    from flatsort.evaluation.tracks.score_table import Scores
    from flatsort.evaluation.tracks.scored_truth import Classes


@dataclass(frozen=True)
class ScoringRequest:
    """The result files to score.

    Attributes:
        results: the folder that holds one folder per tracker.
        trackers: names of folders under `results`; None for all folders that hold results.
        sequences: names or folders of sequences, or "all"; every named tracker must have results
            for all of them. None scores each tracker on the sequences that it has results for.
        root: the folder that holds train/ and test/, where names of sequences are looked up.
        classes: classes of the ground truth to score; None for the benchmark's own, pedestrians.
        workers: number of processes; None for one per core.
    """

    results: Path
    trackers: list[str] | None
    sequences: list[str] | None
    root: Path
    classes: "Classes | None" = None
    workers: int | None = None


def score_folders(request: ScoringRequest) -> tuple["Scores", list[str]]:
    """Score every result file that the request names, with a progress bar.

    Returns:
        The scores, and one note per result file that was left out or has only a part of a sequence.

    Raises:
        InputError: a tracker, a sequence, its ground truth or a result file is missing or wrong.
    """
    if request.sequences:
        sequences, notes = _named_sequences(request.sequences, request.root), []
    else:
        folders = tracker_folders(request.results, request.trackers)
        sequences, notes = _sequences_with_results(folders, request.root)
    trackers = _sequences_of_trackers(request, sequences)
    notes += _notes_on_parts(request.results, trackers)
    return _score(request, trackers), notes


def _named_sequences(names: list[str], root: Path) -> list[Sequence]:
    sequences: dict[str, Sequence] = {}
    for name in names:
        for sequence in find_sequences(name, root):
            other = sequences.setdefault(sequence.name, sequence)
            if other.folder != sequence.folder:
                raise InputError(
                    f"{other.folder} and {sequence.folder} have the same name: score one at a time"
                )
    for sequence in sequences.values():
        if not sequence.has_ground_truth:
            raise InputError(
                f"{sequence.ground_truth_path}: no ground truth to score {sequence.name} against"
            )
    return list(sequences.values())


def _sequences_with_results(
    folders: Iterable[Path], root: Path
) -> tuple[list[Sequence], list[str]]:
    """Find the sequences that any tracker has results for, and note the files left out.

    Sequences outside the root (such as the built-in street) count only if no other sequence has
    results, because an average over both kinds would mean nothing.
    """
    files = sorted({path.name for folder in folders for path in folder.glob("*.txt")})
    inside, outside, notes = [], [], []
    for file in files:
        folder = find_folder(Path(file).stem, root)
        if folder is None:
            notes.append(f"{file} left out: no sequence of that name")
            continue
        sequence = open_sequence(folder)
        if not sequence.has_ground_truth:
            notes.append(f"{file} left out: its sequence has no ground truth")
        elif folder.is_relative_to(root):
            inside.append(sequence)
        else:
            outside.append(sequence)
    if inside:
        notes += [
            f"{sequence.name} left out: it is not under {root}; name it to score it"
            for sequence in outside
        ]
    if not inside and not outside:
        raise InputError(
            f"no ground truth for {', '.join(files) or 'any result'} under {root}: give the folder "
            "that holds train/SEQ/gt/gt.txt, or name the sequence's own folder"
        )
    return inside or outside, notes


def _sequences_of_trackers(
    request: ScoringRequest, sequences: list[Sequence]
) -> dict[str, list[Sequence]]:
    """Map each tracker to the sequences that it has results for."""
    trackers = {}
    named = bool(request.trackers)
    for folder in tracker_folders(request.results, request.trackers):
        found = [each for each in sequences if (folder / f"{each.name}.txt").is_file()]
        missing = [f"{each.name}.txt" for each in sequences if each not in found]
        # An unnamed folder without results for these sequences belongs to another experiment.
        if (named and not found) or (request.sequences and missing and (named or found)):
            raise InputError(f"{folder}: no {', '.join(missing)}: track these sequences first")
        if found:
            trackers[tracker_name(folder)] = found
    if not trackers:
        names = ", ".join(f"{each.name}.txt" for each in sequences)
        raise InputError(f"{request.results}: no tracker has {names}: track these sequences first")
    return trackers


def _notes_on_parts(results: Path, trackers: dict[str, list[Sequence]]) -> list[str]:
    """Return a note per result file whose run tracked only a part of the sequence."""
    from flatsort.sources.frame_selection import ALL
    from flatsort.tracking.run_record import read_run_record

    notes = []
    for tracker, sequences in trackers.items():
        for sequence in sequences:
            record = None
            # A damaged record says nothing; the results can be scored without it.
            with suppress(InputError):
                record = read_run_record(files_folder(results / tracker) / f"{sequence.name}.txt")
            if record and (record.selection != ALL or record.region is not None):
                notes.append(
                    f"{tracker} has tracked only a part of {sequence.name}: people elsewhere "
                    "count as missed; tools/report.py scores that part alone"
                )
    return notes


def _score(request: ScoringRequest, trackers: dict[str, list[Sequence]]) -> "Scores":
    from flatsort.evaluation.tracks.score import ScoredFile, score_files
    from flatsort.processors import available_cores
    from flatsort.progress import ProgressBar

    pairs = [(tracker, sequence) for tracker, found in trackers.items() for sequence in found]
    files = [
        ScoredFile(sequence, files_folder(request.results / name) / f"{sequence.name}.txt")
        for name, sequence in pairs
    ]
    with ProgressBar(total=len(files), desc="scoring", unit="sequence", leave=False) as bar:
        scored = score_files(
            files,
            workers=request.workers or available_cores(),
            advance=bar.update,
            classes=request.classes,
        )
    scores: Scores = {tracker: {} for tracker in trackers}
    for (tracker, sequence), score in zip(pairs, scored, strict=True):
        scores[tracker][sequence.name] = score
    return scores
