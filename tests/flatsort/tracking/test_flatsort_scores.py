"""FlatSORT's scores on the seven training sequences of MOT16."""

import numpy as np
import pytest

from flatsort.camera_motion.movement_file import MovementFile
from flatsort.evaluation.tracks.score import combine, score_rows
from flatsort.files.mot_files import read_detections, read_ground_truth, rows_of
from flatsort.files.sequence import find_sequences
from flatsort.sources.source import Frame
from flatsort.tracker import Detections
from flatsort.tracking.tracker_options import TrackerOptions, make_tracker

FLATSORT = TrackerOptions(preset="flatsort", min_confidence=0.1)


def tracked(sequence, file, options, movements):
    """Return the results of a sequence as an array: frame, id, left, top, width, height."""
    camera = movements and MovementFile(movements / f"{sequence.name}.txt", sequence.length)
    found = read_detections(sequence.find_detections(file), sequence.length)
    tracker = make_tracker(None, options, sequence.frame_rate)
    results = []
    for number, rows in enumerate(found.by_frame(sequence.length), 1):
        detections = Detections(found.boxes_tlwh[rows], found.confidences[rows])
        movement = camera and camera(Frame(number, 0.0, None), detections.boxes_tlwh)
        tracks = tracker.update(detections, movement=movement)
        numbers = np.full(len(tracks), number)
        results.append(np.column_stack([numbers, tracks.ids, tracks.boxes_tlwh.round(2)]))
    return np.concatenate(results)


@pytest.mark.parametrize(
    ("file", "movements", "hota", "idf1", "mota", "switches"),
    [
        ("yolox.txt", None, 71.57, 82.65, 83.70, 318),
        ("det.txt", None, 50.04, 58.26, 50.45, 474),
        ("yolox.txt", "gmc", 70.97, 81.77, 83.63, 310),
        ("det.txt", "gmc", 50.33, 58.60, 50.47, 484),
    ],
)
def test_scores_on_mot16(mot_data, file, movements, hota, idf1, mota, switches):
    scores, folder = [], movements and mot_data / movements
    for sequence in find_sequences("all", mot_data / "MOT16"):
        truth = read_ground_truth(sequence.ground_truth_path, sequence.length, sequence.layout)
        results = rows_of(tracked(sequence, file, FLATSORT, folder), "results", sequence.length)
        scores.append(score_rows(truth, results, sequence.length, sequence.layout))
    whole = combine(scores)
    columns = whole.columns()
    assert len(scores) == 7
    assert columns["HOTA"] == pytest.approx(hota, abs=0.005)
    assert columns["IDF1"] == pytest.approx(idf1, abs=0.005)
    assert columns["MOTA"] == pytest.approx(mota, abs=0.005)
    assert whole.counts.switches == switches
