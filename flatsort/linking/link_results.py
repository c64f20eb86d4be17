"""Link the tracks of a result file, and write the linked results."""

from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from flatsort.descriptors import load_descriptor
from flatsort.errors import InputError
from flatsort.files.atomic import check_writable
from flatsort.files.mot_files import write_results
from flatsort.files.overlap import refuse_overlap
from flatsort.linking.gap_filling import FILLED_CONFIDENCE
from flatsort.linking.link_recording import LinkedRecording, link_recording
from flatsort.linking.linking_request import LinkingRequest
from flatsort.tracking.finished_run import Run
from flatsort.tracking.run_record import read_run_record, record_path, write_run_record


@dataclass(frozen=True)
class LinkedResults:
    """Linked results that have been written.

    Attributes:
        path: the result file.
        recording: the linked tracks.
    """

    path: Path
    recording: LinkedRecording


def link_results(run: Run, request: LinkingRequest, out: Path | None = None) -> LinkedResults:
    """Link the tracks of a run, of any tracker, and write a result file.

    If the results have a record, the linked results get one too, which names the footage.

    Args:
        run: the results and their footage.
        request: how to link.
        out: the result file to write; None for TRACKER-linked/SEQ.txt beside the folder TRACKER.

    Raises:
        InputError: the footage is needed but not there, or the file cannot be written.
    """
    path = out or _beside(run)
    footage = [] if run.source is None else [run.source.location]
    refuse_overlap([path, record_path(path)], [run.rows.path, request.descriptor, *footage])
    check_writable(path)
    descriptor = load_descriptor(request.descriptor, run.sequence)
    if descriptor is not None and descriptor.needs_images and run.source is None:
        raise InputError(
            f"{run.why_no_source} --descriptor {request.descriptor} needs frames; without it, "
            "tracks are linked by movement alone"
        )
    recording = link_recording(
        run.rows, run.frame_rate, request, descriptor, run.source, run.selection
    )
    rows = recording.rows
    write_results(
        path,
        (
            (frame, identity, *box, int(confidence != FILLED_CONFIDENCE), class_number)
            for frame, identity, box, confidence, class_number in zip(
                rows.frames.tolist(),
                rows.ids.tolist(),
                rows.boxes_tlwh.tolist(),
                rows.confidences.tolist(),
                rows.classes.tolist(),
                strict=True,
            )
        ),
    )
    if run.record is None:
        _forget_record(path)
    else:
        counts = {**run.record.counts, "identities": recording.linked.identities}
        write_run_record(
            path,
            replace(
                run.record,
                tracker=path.parent.name,
                descriptor=request.descriptor,
                counts=counts,
                film=None,
                notes=[*run.record.notes, recording.summary()],
                linking=recording.facts(),
            ),
        )
    return LinkedResults(path, recording)


def _forget_record(path: Path) -> None:
    """Remove the record of earlier results, which would describe other tracks.

    A JSON file that is no record belongs to the user, and stays.
    """
    with suppress(InputError):
        if read_run_record(path) is not None:
            record_path(path).unlink()


def _beside(run: Run) -> Path:
    """Return RESULTS/TRACKER-linked/SEQ.txt."""
    folder = run.rows.path.parent
    return folder.with_name(f"{folder.absolute().name}-linked") / run.rows.path.name
