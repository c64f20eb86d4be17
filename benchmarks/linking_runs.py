"""Online and offline runs, and linked results of other trackers, with their scores."""

from dataclasses import dataclass
from pathlib import Path

from benchmarks.accuracy_boxes import WITH_FRAMES, box_sets
from flatsort.errors import InputError
from flatsort.evaluation.tracks.score import Score, ScoredFile, combine, score_files
from flatsort.files.mot_files import read_results, write_results
from flatsort.files.sequence import Sequence, find_sequences
from flatsort.linking.gap_filling import fill_gaps
from flatsort.linking.link_results import link_results
from flatsort.linking.linking_request import LinkingRequest
from flatsort.progress import ProgressBar
from flatsort.tracking.finished_run import RunRequest, find_run
from flatsort.tracking.track_footage import track_footage
from flatsort.tracking.tracker_options import TrackerOptions
from flatsort.tracking.tracking_request import TrackingRequest

DESCRIPTORS = ("none", "histogram", "vhpvae", "fmvae", "fmvae-track-unseen", "fmvae-track")
"""Descriptors of the page; "none" tracks and links by movement alone."""
LEARNED = "offline, --thresholds auto"
"""Offline, and FlatSORT's thresholds are learned from the boxes."""
FILL_S = 1.5
FILLED = f"offline, --fill {FILL_S:g}s"
"""Offline, and gaps are filled that are as long as FlatSORT's own memory, at most."""
OTHERS = ("sort", "pyxtrackers BYTE", "roboflow OC-SORT", "norfair")
"""Trackers whose results are linked."""
LOOKS = ("fmvae-track-unseen", "fmvae-track")
"""Descriptors that link them on the sequence with frames."""


@dataclass(frozen=True)
class Row:
    """One line of a table.

    Attributes:
        boxes: the detector.
        name: the tracker, or the descriptor.
        way: "online", "offline", FILLED or LEARNED; "before", or how the results were linked.
        score: the score over all sequences of the line.
        least: the smallest change of IDF1 in a sequence, against "before"; None for one sequence.
    """

    boxes: str
    name: str
    way: str
    score: Score
    least: float | None = None


def run_ours(
    mot_root: str | None, detector: Path | None, descriptors: list[str], folder: Path
) -> list[Row]:
    """Track the sequence with frames online and offline, and return the scores."""
    rows = []
    for boxes in box_sets(mot_root, detector, folder):
        if len(boxes.boxes) > 1:
            continue
        ((sequence, detections),) = boxes.boxes
        for word in ProgressBar(descriptors, desc=boxes.title, unit="descriptor"):
            for way in ("online", "offline", LEARNED):
                request = TrackingRequest(
                    descriptor=word,
                    options=TrackerOptions(preset="flatsort", min_confidence=0.1),
                    detections=str(detections.path),
                    cache=folder / "features",
                    results=folder / boxes.key,
                    tracker=f"{way.replace(', --thresholds ', '-')}-{Path(word).stem}",
                    linking=None if way == "online" else LinkingRequest(word),
                    learns_thresholds=way == LEARNED,
                )
                path = track_footage(sequence, request).results
                rows.append(Row(boxes.title, Path(word).stem, way, _score(sequence, path)))
                if way == "offline":
                    filled = _fill(path, sequence)
                    rows.append(Row(boxes.title, Path(word).stem, FILLED, _score(sequence, filled)))
    return rows


def link_others(mot_root: str | None, results: Path, folder: Path) -> list[Row]:
    """Link the results of other trackers, and return the scores before and after."""
    rows = []
    sequences = find_sequences("all", mot_root)
    for key, title in (("yolox", "YOLOX-x"), ("frcnn", "Faster R-CNN")):
        for tracker in ProgressBar(OTHERS, desc=f"{title}, other trackers", unit="tracker"):
            source = results / key / tracker
            if not source.is_dir():
                raise InputError(
                    f"{source}: no results of {tracker}: run `python -m benchmarks.accuracy --step "
                    "track`, or name its folder with --results"
                )
            for words, chosen in (
                (("none",), sequences),
                (LOOKS, [each for each in sequences if each.name == WITH_FRAMES]),
            ):
                rows += _link_other(source, f"{title}, {len(chosen)}", words, chosen, folder / key)
    return rows


def _link_other(
    source: Path, boxes: str, words: tuple[str, ...], sequences: list[Sequence], folder: Path
) -> list[Row]:
    """Return the scores of one tracker before, and after linking by each descriptor."""
    before = [_score(each, source / f"{each.name}.txt") for each in sequences]
    rows = [Row(boxes, source.name, "before", combine(before))]
    for word in words:
        after = []
        for sequence in sequences:
            run = find_run(
                RunRequest(
                    results=source / f"{sequence.name}.txt",
                    seq=str(sequence.folder),
                    tracker=None,
                    source=None,
                    mot_root=None,
                )
            )
            path = folder / f"{source.name}-{word}" / f"{sequence.name}.txt"
            after.append(_score(sequence, link_results(run, LinkingRequest(word), path).path))
        changes = [
            new.columns()["IDF1"] - old.columns()["IDF1"]
            for new, old in zip(after, before, strict=True)
        ]
        way = "movement alone" if word == "none" else word
        rows.append(Row(boxes, source.name, way, combine(after), min(changes)))
    return rows


def _fill(path: Path, sequence: Sequence) -> Path:
    """Write results with their gaps filled, as --fill does, and return the file."""
    rows = read_results(path, sequence.length)
    filled = fill_gaps(rows, round(FILL_S * sequence.frame_rate))
    out = path.parent.with_name(f"{path.parent.name}-filled") / path.name
    columns = (filled.frames, filled.ids, *filled.boxes_tlwh.T)
    write_results(out, zip(*(column.tolist() for column in columns), strict=True))
    return out


def _score(sequence: Sequence, path: Path) -> Score:
    return score_files([ScoredFile(sequence, path)])[0]
