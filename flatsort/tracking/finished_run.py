"""Find the run that a page is about: its results, footage, ground truth and record."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from flatsort.analysis.boundaries import Zone
from flatsort.errors import InputError
from flatsort.files.mot_files import Rows, read_ground_truth, read_results
from flatsort.files.result_folders import tracker_folders, tracker_name
from flatsort.files.seqinfo import LARGEST
from flatsort.files.sequence import (
    Sequence,
    default_mot_root,
    find_folder,
    find_sequences,
    open_sequence,
)
from flatsort.sources.frame_selection import ALL, FrameSelection
from flatsort.sources.registry import open_source
from flatsort.sources.source import Source
from flatsort.tracking.region import is_inside
from flatsort.tracking.run_record import RunRecord, read_run_record


@dataclass(frozen=True)
class RunRequest:
    """The run that a user names.

    Attributes:
        results: a result file, or the folder that holds TRACKER/SEQ.txt.
        seq: name or folder of a sequence; None if the user named none.
        tracker: name of the tracker's folder; None for the only folder that has the sequence.
        source: the footage, in the form of --source of track.py; None for the recorded footage.
        mot_root: folder in which sequences are looked up by name; None for the default.
    """

    results: Path
    seq: str | None
    tracker: str | None
    source: str | None
    mot_root: str | None


@dataclass(frozen=True)
class Run:
    """The facts about a run that are known before a frame is read.

    Attributes:
        rows: the results.
        name: name of the footage.
        tracker: name of the tracker.
        record: the record that track.py wrote; None for results of another program.
        sequence: the MOTChallenge folder of the footage, if there is one.
        truth: the ground truth, if there is any.
        source: the frames, not opened yet; None if they are not available.
        why_no_source: a sentence that says why there are no frames; "" if there are frames.
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
        """Number of frames of the sequence, else at least the last frame of the results."""
        if self.sequence:
            return self.sequence.length
        recorded = self.record.frames if self.record else 1
        return max(recorded, int(self.rows.frames.max(initial=1)))

    @property
    def frame_rate(self) -> float:
        """Frames per second, from the sequence, else from the record, else from the source."""
        for each in (self.sequence, self.record, self.source):
            if each is not None:
                return each.frame_rate
        raise AssertionError("find_run returned a run without sequence, record and source")

    @property
    def selection(self) -> FrameSelection:
        """The frames that were tracked; all of them without a record."""
        return self.record.selection if self.record else ALL


def find_run(request: RunRequest) -> Run:
    """Find the results, the footage and the ground truth of a run.

    Raises:
        InputError: there is no such run, or its results cannot be read.
    """
    if request.seq and request.source:
        raise InputError(f"--source {request.source}: --seq already names the footage")
    path = _find_results(request)
    record = read_run_record(path)
    word = _footage_word(request, path, record)
    sequence = None if word is None else _find_sequence(word, request.mot_root)
    source, why_no_source = _open(word, sequence, record)
    rows = read_results(path, sequence.length if sequence else LARGEST)
    truth = None
    if sequence and sequence.has_ground_truth:
        truth = read_ground_truth(sequence.ground_truth_path, sequence.length, sequence.layout)
        truth = truth if record is None else _tracked_part(truth, record)
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


def _tracked_part(truth: Rows, record: RunRecord) -> Rows:
    """Return the ground truth of the frames and the region that a run has tracked."""
    last = int(truth.frames.max(initial=0))
    is_tracked = np.isin(truth.frames, [*record.selection.numbers(last)])
    if record.region is not None:
        corners = tuple((x, y) for x, y in record.region)
        is_tracked &= is_inside(Zone("region", corners), truth.boxes_tlwh)
    return truth.select(is_tracked)


def _tracker_of(path: Path, name: str) -> str:
    """Return TRACKER if the file is TRACKER/NAME.txt, else the stem of the file."""
    return tracker_name(path.resolve().parent) if path.stem == name else path.stem


def _find_results(request: RunRequest) -> Path:
    """Return the result file: the given file, or else RESULTS/TRACKER/SEQ.txt."""
    results = request.results
    if results.is_file():
        if request.tracker:
            raise InputError(
                f"--tracker {request.tracker}: {results} is already the file of one tracker"
            )
        return results
    if results.suffix == ".txt":
        raise InputError(f"{results}: no such result file: track something first")
    if not request.seq:
        raise InputError(
            "name the run: give --seq and --tracker, or --results with a file, "
            "RESULTS/TRACKER/SEQ.txt"
        )
    name = Path(request.seq).resolve().name if Path(request.seq).is_dir() else request.seq
    named = [request.tracker] if request.tracker else None
    found = [
        folder / f"{name}.txt"
        for folder in tracker_folders(results, named)
        if (folder / f"{name}.txt").is_file()
    ]
    if len(found) == 1:
        return found[0]
    if found:
        trackers = ", ".join(tracker_name(path.parent) for path in found)
        raise InputError(f"{results}: {trackers} have {name}.txt: name one with --tracker")
    of_tracker = f" of {named[0]}" if named else ""
    raise InputError(f"{results} has no {name}.txt{of_tracker}: track it first")


def _footage_word(request: RunRequest, path: Path, record: RunRecord | None) -> str | None:
    """Return the word that names the footage; None if the recorded footage is gone.

    The footage that the user names comes first, then the recorded footage, then the sequence that
    has the name of the result file.

    Raises:
        InputError: none of the three names the footage.
    """
    given = request.source or request.seq
    if given:
        return given
    if record:
        # A camera's frames are gone, and a file may have been moved. As a path, the word cannot be
        # an address of a network, which would be opened: a record may come from anybody.
        source = Path(record.source)
        return str(source) if source.exists() else None
    if find_folder(path.stem, request.mot_root or default_mot_root()):
        return path.stem
    raise InputError(
        f"{path}: there is no {path.stem}.json beside it, which would name its footage: name it "
        "with --source"
    )


def _find_sequence(word: str, mot_root: str | None) -> Sequence | None:
    """Return the sequence that a word names; None if it names other footage."""
    if (Path(word) / "seqinfo.ini").is_file():
        return open_sequence(word)
    if Path(word).exists() or "://" in word or word.isdecimal():
        return None
    sequences = find_sequences(word, mot_root)
    if len(sequences) > 1:
        raise InputError(f"--seq {word}: a page is about one sequence: name one")
    return sequences[0]


def _open(
    word: str | None, sequence: Sequence | None, record: RunRecord | None
) -> tuple[Source | None, str]:
    """Return the frames and "", or None and the reason why there are no frames."""
    if word is None:
        return None, f"The footage, {record.source}, is not there: name it with --source."
    if sequence is not None:
        if not sequence.has_images:
            return None, f"{sequence.name} has no frames, only boxes."
        return open_source(str(sequence.folder)), ""
    source = open_source(word)
    if source.is_live:
        raise InputError(f"--source {word}: live frames cannot be read again: name a file")
    return source, ""
