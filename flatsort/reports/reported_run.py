"""Which run a page is about: its results, its footage, its ground truth, its record."""

import argparse
from dataclasses import dataclass
from pathlib import Path

from flatsort.errors import InputError
from flatsort.files.mot_files import Rows, read_ground_truth, read_results
from flatsort.files.result_folders import tracker_folders
from flatsort.files.sequence import (
    Sequence,
    default_mot_root,
    find_folder,
    find_sequences,
    open_sequence,
)
from flatsort.sources.registry import open_source
from flatsort.sources.source import Source
from flatsort.tracking.run_record import RunRecord, read_run_record

# Of footage whose length only its end tells: four days, beyond which a frame's number is none.
_MOST_FRAMES = 10_000_000


@dataclass(frozen=True)
class Run:
    """What is known of a run before a frame is read.

    Attributes:
        rows: its results.
        name: of the footage.
        tracker: name of the tracker.
        record: what track.py wrote of it; None of another program's results.
        sequence: its MOTChallenge folder, if it is of one.
        truth: ground truth, if there is any.
        source: its frames, not opened yet; None where they cannot be had.
        why_no_source: a sentence, where they cannot.
    """

    rows: Rows
    name: str
    tracker: str
    record: RunRecord | None
    sequence: Sequence | None
    truth: Rows | None
    source: Source | None
    why_no_source: str

    @property
    def frames(self) -> int:
        """How many frames there are, as far as known: at least those that the results are about."""
        if self.sequence:
            return self.sequence.length
        recorded = self.record.frames if self.record else 1
        return max(recorded, int(self.rows.frames.max(initial=1)))

    @property
    def frame_rate(self) -> float:
        """Frames per second; a folder of images has only what the run was told."""
        for each in (self.sequence, self.record, self.source):
            if each is not None:
                return each.frame_rate
        raise AssertionError("find_run makes no run without any of them")


def find_run(arguments: argparse.Namespace) -> Run:
    """The run that a command line names.

    Args:
        arguments: `seq`, `source`, `flatsort.tracker`, `results` and `mot_root` of report.py.

    Raises:
        InputError: there is no such run, or its results cannot be read.
    """
    if arguments.seq and arguments.source:
        raise InputError(f"--source {arguments.source}: --seq names the footage already")
    path = _find_results(arguments)
    record = read_run_record(path)
    word = _footage_word(arguments, path, record)
    sequence = None if word is None else _find_sequence(word, arguments.mot_root)
    source, why_no_source = _open(word, sequence, record)
    rows = read_results(path, sequence.length if sequence else _MOST_FRAMES)
    truth = None
    if sequence and sequence.has_ground_truth:
        truth = read_ground_truth(sequence.ground_truth_path, sequence.length, sequence.layout)
    name = record.sequence if record else (sequence or source).name
    return Run(
        rows=rows,
        name=name,
        tracker=record.tracker if record else _tracker_of(path, name),
        record=record,
        sequence=sequence,
        truth=truth,
        source=source,
        why_no_source=why_no_source,
    )


def _tracker_of(path: Path, name: str) -> str:
    """TRACKER/SEQ.txt as ours are, else a file by whatever name."""
    return path.resolve().parent.name if path.stem == name else path.stem


def _find_results(arguments: argparse.Namespace) -> Path:
    """The result file: as given, else RESULTS/TRACKER/SEQ.txt."""
    results: Path = arguments.results
    if results.is_file():
        if arguments.tracker:
            raise InputError(f"--tracker {arguments.tracker}: {results} is one tracker's already")
        return results
    if results.suffix == ".txt":
        raise InputError(f"{results}: no such result file: track something first")
    if not arguments.seq:
        raise InputError(
            "which run: give --seq and --tracker, or --results with a file, RESULTS/TRACKER/SEQ.txt"
        )
    name = Path(arguments.seq).resolve().name if Path(arguments.seq).is_dir() else arguments.seq
    named = [arguments.tracker] if arguments.tracker else None
    found = [
        folder / f"{name}.txt"
        for folder in tracker_folders(results, named)
        if (folder / f"{name}.txt").is_file()
    ]
    if len(found) == 1:
        return found[0]
    there = ", ".join(path.parent.name for path in found)
    raise InputError(
        f"{results}: {there} have {name}.txt: name one with --tracker"
        if found
        else f"{results}: no {name}.txt{f' of {named[0]}' if named else ''}: track it first"
    )


def _footage_word(
    arguments: argparse.Namespace, path: Path, record: RunRecord | None
) -> str | None:
    """The word for the footage: as given, as recorded, else a sequence called as the results.

    Raises:
        InputError: nothing tells.
    """
    given = arguments.source or arguments.seq
    if given:
        return given
    if record:
        # A camera's frames passed by, and a file may have been moved.
        return record.source if Path(record.source).exists() else None
    if find_folder(path.stem, arguments.mot_root or default_mot_root()):
        return path.stem
    raise InputError(
        f"{path}: there is no {path.stem}.json beside it that says what it is of: name the footage "
        "with --source"
    )


def _find_sequence(word: str, mot_root: str | None) -> Sequence | None:
    """The sequence that the word is for; None if it is other footage."""
    if (Path(word) / "seqinfo.ini").is_file():
        return open_sequence(word)
    if Path(word).exists() or "://" in word or word.isdecimal():
        return None
    sequences = find_sequences(word, mot_root)
    if len(sequences) > 1:
        raise InputError(f"--seq {word}: a page is about one sequence, name it")
    return sequences[0]


def _open(
    word: str | None, sequence: Sequence | None, record: RunRecord | None
) -> tuple[Source | None, str]:
    """The frames, or the reason why there are none."""
    if word is None:
        return None, f"The footage, {record.source}, is not at hand: name it with --source."
    if sequence is not None:
        if not sequence.has_images:
            return None, f"{sequence.name} has no frames here, only boxes."
        return open_source(str(sequence.folder)), ""
    source = open_source(word)
    if source.is_live:
        raise InputError(f"--source {word}: its frames pass by once: name a file of them")
    return source, ""
