"""FlatSORT's scores on the seven training sequences of MOT16."""

import numpy as np
import pytest

from flatsort.evaluation.tracks.score import combine, score_rows
from flatsort.files.mot_files import read_detections, read_ground_truth, rows_of
from flatsort.files.sequence import find_sequences
from flatsort.tracker import Detections
from flatsort.tracking.tracker_options import TrackerOptions, make_tracker

FLATSORT = TrackerOptions(preset="flatsort", min_confidence=0.1)


def tracked(sequence, file, options):
    """Return the results of a sequence as an array: frame, id, left, top, width, height."""
    found = read_detections(sequence.find_detections(file), sequence.length)
    tracker = make_tracker(None, options, sequence.frame_rate)
    results = []
    for number, rows in enumerate(found.by_frame(sequence.length), 1):
        tracks = tracker.update(Detections(found.boxes_tlwh[rows], found.confidences[rows]))
        numbers = np.full(len(tracks), number)
        results.append(np.column_stack([numbers, tracks.ids, tracks.boxes_tlwh.round(2)]))
    return np.concatenate(results)


@pytest.mark.parametrize(
    ("file", "hota", "idf1", "mota", "switches"),
    [("yolox.txt", 71.57, 82.65, 83.70, 318), ("det.txt", 50.04, 58.26, 50.45, 474)],
)
def test_scores_on_mot16(mot_data, file, hota, idf1, mota, switches):
    scores = []
    for sequence in find_sequences("all", mot_data / "MOT16"):
        truth = read_ground_truth(sequence.ground_truth_path, sequence.length, sequence.layout)
        results = rows_of(tracked(sequence, file, FLATSORT), "results", sequence.length)
        scores.append(score_rows(truth, results, sequence.length, sequence.layout))
    whole = combine(scores)
    columns = whole.columns()
    assert len(scores) == 7
    assert columns["HOTA"] == pytest.approx(hota, abs=0.005)
    assert columns["IDF1"] == pytest.approx(idf1, abs=0.005)
    assert columns["MOTA"] == pytest.approx(mota, abs=0.005)
    assert whole.counts.switches == switches
