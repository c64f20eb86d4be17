"""Correct a result file by edits, and undo corrections."""

import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from flatsort.correction.apply_edits import apply_edits
from flatsort.correction.edits import Edits
from flatsort.errors import InputError
from flatsort.files.atomic import atomic_path
from flatsort.files.file_digest import digest_of
from flatsort.files.mot_files import Rows, read_results, result_line
from flatsort.files.seqinfo import LARGEST
from flatsort.tracking.run_record import RunRecord, read_run_record, record_path, record_text


@dataclass(frozen=True)
class Corrected:
    """Results that have been corrected.

    Attributes:
        edits: number of edits.
        tracks_before: number of identities before.
        tracks: number of identities after.
        changed: number of boxes that have another identity, or are removed.
        original: the file that keeps the results as the tracker wrote them.
        notes: sentences for the user.
    """

    edits: int
    tracks_before: int
    tracks: int
    changed: int
    original: Path
    notes: list[str]


def correct_results(results: Path, edits: Edits) -> Corrected:
    """Rewrite a result file with corrected identities.

    The first correction keeps the tracker's file as SEQ.txt.orig. Boxes, confidences and classes
    stay as they are. The record of the run, if there is one, lists all edits. Results and record
    change together, or neither does.

    Args:
        results: the result file, SEQ.txt.
        edits: the edits, marked on the page of these results.

    Raises:
        InputError: the edits belong to other results or cannot be applied, or a file cannot be
            written.
    """
    if digest_of(results) != edits.digest:
        raise InputError(
            f"{edits.path}: these edits were marked on other results than {results}: write the "
            "page again and mark them there, or undo earlier corrections with --undo"
        )
    rows, record = read_results(results, LARGEST), read_run_record(results)
    corrected = apply_edits(rows, edits.edits, str(edits.path))
    original = original_path(results)
    _write(results, corrected, record, [edit.facts() for edit in edits.edits])
    return Corrected(
        edits=len(edits.edits),
        tracks_before=len(set(rows.ids.tolist())),
        tracks=len(set(corrected.ids.tolist())),
        changed=_changes(rows, corrected),
        original=original,
        notes=_notes(results, record),
    )


def undo_corrections(results: Path) -> Path:
    """Put the tracker's own results back, and remove the edits from the record.

    Returns:
        The file that kept the results; it is gone now.

    Raises:
        InputError: nobody has corrected these results, or a file cannot be written.
    """
    original, record = original_path(results), read_run_record(results)
    if not original.is_file():
        raise InputError(f"{results}: nothing to undo: there is no {original.name} beside it")
    # A kill in the middle of this function leaves the record of the original beside other results.
    is_half_undone = record is not None and digest_of(results) != record.digest == digest_of(
        original
    )
    if record is not None and not record.corrections and not is_half_undone:
        raise InputError(
            f"{results}: nothing to undo: it was tracked again after the corrections, and "
            f"{original.name} belongs to the earlier run"
        )
    rows = read_results(original, LARGEST)
    with ExitStack() as stack:
        shutil.copyfile(original, stack.enter_context(atomic_path(results)))
        if record is not None:
            counts = {**record.counts, "identities": len(set(rows.ids.tolist()))}
            restored = replace(record, counts=counts, corrections=[])
            new_record = stack.enter_context(atomic_path(record_path(results)))
            new_record.write_text(record_text(restored, original), encoding="utf-8")
    original.unlink()
    return original


def original_path(results: Path) -> Path:
    """Return the file that keeps the tracker's own results: SEQ.txt.orig beside SEQ.txt."""
    return results.with_name(f"{results.name}.orig")


def _write(
    results: Path, corrected: Rows, record: RunRecord | None, edits: Sequence[dict[str, object]]
) -> None:
    """Keep the original, and write record and results.

    The contexts exit in reverse order, so the original is in its place before anything changes, and
    the results change last: after a kill, the same command completes the correction.
    """
    original = original_path(results)
    # Without corrections in the record, a file of this name is left from an earlier run.
    is_first = not original.exists() or (record is not None and not record.corrections)
    lines = (
        result_line(frame, identity, *box, confidence, class_number)
        for frame, identity, box, confidence, class_number in zip(
            corrected.frames.tolist(),
            corrected.ids.tolist(),
            corrected.boxes_tlwh.tolist(),
            corrected.confidences.tolist(),
            corrected.classes.tolist(),
            strict=True,
        )
    )
    with ExitStack() as stack:
        new_results = stack.enter_context(atomic_path(results))
        new_results.write_text("".join(lines), encoding="utf-8")
        # After a kill, the record may be that of the corrected results already.
        if record is not None and record.digest != digest_of(new_results):
            counts = {**record.counts, "identities": len(set(corrected.ids.tolist()))}
            corrections = [*record.corrections, *edits]
            changed = replace(record, counts=counts, corrections=corrections)
            new_record = stack.enter_context(atomic_path(record_path(results)))
            new_record.write_text(record_text(changed, new_results), encoding="utf-8")
        if is_first:
            shutil.copyfile(results, stack.enter_context(atomic_path(original)))


def _changes(rows: Rows, corrected: Rows) -> int:
    """Return the number of boxes whose identity differs or that are removed."""
    after = set(
        zip(
            corrected.frames.tolist(),
            corrected.ids.tolist(),
            map(tuple, corrected.boxes_tlwh.tolist()),
            strict=True,
        )
    )
    before = zip(
        rows.frames.tolist(), rows.ids.tolist(), map(tuple, rows.boxes_tlwh.tolist()), strict=True
    )
    return sum(each not in after for each in before)


def _notes(results: Path, record: RunRecord | None) -> list[str]:
    notes = []
    if record is None:
        notes.append("these results have no record, so only the edits file lists the edits")
    others = [results.with_suffix(".csv"), results.with_suffix(".jsonl")]
    if record is not None and record.film is not None:
        others.append(Path(record.film))
    for path in others:
        if path.exists():
            notes.append(f"{path} still has the tracks as they were")
    return notes
