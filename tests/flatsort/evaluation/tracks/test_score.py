"""Scores of files and arrays, with golden figures of two public trackers."""

import numpy as np
import pytest

from flatsort.errors import InputError
from flatsort.evaluation.tracks.score import ScoredFile, combine, score, score_files
from flatsort.files.mot_files import read_ground_truth, read_results
from flatsort.files.sequence import find_sequences

# motmetrics 1.4.0's evaluateTracking on the two public result sets, all seven sequences.
GOLDEN = {
    "deepsort": {
        **{"MT": 179, "PT": 255, "ML": 83, "FP": 7102, "FN": 36652, "IDs": 1208, "FM": 1549},
        **{"IDF1": 56.13, "Recall": 66.80, "Precision": 91.22, "MOTA": 59.28, "MOTP": 81.41},
    },
    "tracktor": {
        **{"FP": 1444, "FN": 36654, "IDs": 722, "FM": 578},
        **{"IDF1": 60.78, "MOTA": 64.84, "MOTP": 89.49},
    },
}
# TrackEval 1.3.0 on the same results. It keeps a pair only from the frame before and counts exactly
# 80 % as partially tracked, so its switches and tracks differ slightly.
TRACKEVAL = {
    "deepsort": {"MOTA": 59.235, "MOTP": 81.370, "IDF1": 56.131},
    "tracktor": {"MOTA": 64.837, "MOTP": 89.495, "IDF1": 60.784},
}


def jobs(mot_data, tracker, names="all"):
    sequences = find_sequences(names, mot_data / "MOT16")
    return [
        ScoredFile(item, mot_data / "results" / tracker / f"{item.name}.txt") for item in sequences
    ]


@pytest.mark.parametrize("tracker", GOLDEN)
def test_public_results_on_mot16(mot_data, tracker):
    total = combine(score_files(jobs(mot_data, tracker)))
    columns = total.columns()
    for column, value in GOLDEN[tracker].items():
        # Counts must be equal, percentages equal to the printed digit.
        close = value if isinstance(value, int) else pytest.approx(value, abs=0.0051)
        assert columns[column] == close, column
    for column, value in TRACKEVAL[tracker].items():
        assert columns[column] == pytest.approx(value, abs=0.1), column
    counts = total.counts
    assert (counts.truth_boxes, counts.truth_tracks, counts.frames) == (110_407, 517, 5_316)
    # Equations that the counts must satisfy.
    assert counts.matches + counts.misses == counts.truth_boxes == counts.idtp + counts.idfn
    assert counts.matches + counts.false_positives == counts.result_boxes
    assert counts.idtp + counts.idfp == counts.result_boxes


def test_workers_change_nothing(mot_data):
    # 79,000 rows are enough to start the worker processes.
    tasks = jobs(mot_data, "tracktor", "MOT16-09") + jobs(mot_data, "tracktor", "MOT16-13")
    tasks += jobs(mot_data, "deepsort", "MOT16-02")
    done = []
    alone = score_files(tasks)
    together = score_files(tasks, workers=2, advance=lambda: done.append(1))
    assert len(done) == 3
    for one, other in zip(alone, together, strict=True):
        assert one.counts == other.counts
        for name in one.terms:
            np.testing.assert_array_equal(one.terms[name], other.terms[name])


def test_all_files_are_read_before_anything_is_scored(mot_data, tmp_path):
    tasks = jobs(mot_data, "tracktor", "MOT16-09")
    bad = tmp_path / "bad.txt"
    bad.write_text("1,1,0,0,1\n")
    done = []
    with pytest.raises(InputError, match=r"bad\.txt, line 1"):
        score_files([*tasks, ScoredFile(tasks[0].sequence, bad)], advance=lambda: done.append(1))
    assert not done


HERE, THERE = (0, 0, 10, 20), (100, 0, 10, 20)
# Two people in three frames.
TRUTH = np.array(
    [(frame, person, *box) for frame in (1, 2, 3) for person, box in ((1, HERE), (2, THERE))]
)


def test_perfect_arrays():
    columns = score(TRUTH, TRUTH + np.array([0, 70, 0, 0, 0, 0]), length=3).columns()
    for column in ("IDF1", "Recall", "Precision", "MOTA", "MOTP", "HOTA"):
        assert columns[column] == pytest.approx(100), column
    assert (columns["MT"], columns["FP"], columns["FN"], columns["IDs"]) == (2, 0, 0, 0)


def test_arrays_with_a_miss_a_false_alarm_and_a_switch():
    # Person 2 is missed in frame 2. In frame 3 identity 1 becomes 7, and there is a false alarm.
    nobody = (50, 500, 10, 20)
    results = [(1, 1, *HERE), (1, 2, *THERE), (2, 1, *HERE)]
    results += [(3, 7, *HERE), (3, 2, *THERE), (3, 9, *nobody)]
    columns = score(TRUTH, results, length=4).columns()
    counts = {name: columns[name] for name in ("FN", "FP", "IDs", "FM", "FAR")}
    # One false alarm in four frames; the last frame is empty.
    assert counts == {"FN": 1, "FP": 1, "IDs": 1, "FM": 1, "FAR": 0.25}
    # Ground truth and results have six boxes each; identities 1 and 2 have two right boxes each.
    assert columns["IDF1"] == pytest.approx(100 * 2 * 4 / (6 + 6))
    assert columns["MOTA"] == pytest.approx(100 * (1 - 3 / 6))


def test_arrays_score_like_their_files(mot_data):
    [job] = jobs(mot_data, "tracktor", "MOT16-09")
    length = job.sequence.length
    results = read_results(job.results, length)
    truth = read_ground_truth(job.sequence.ground_truth_path, length, "MOT16")
    pedestrians = truth.select((truth.classes == 1) & (truth.confidences == 1))
    arrays = [np.column_stack([r.frames, r.ids, r.boxes_tlwh]) for r in (pedestrians, results)]
    # Arrays have no distractors; none of these results is on a distractor.
    assert score(*arrays, length).counts == score_files([job])[0].counts


def test_without_results_every_box_is_a_miss():
    columns = score(TRUTH, [], length=3).columns()
    assert (columns["FN"], columns["ML"], columns["MOTA"]) == (6, 2, 0)


@pytest.mark.parametrize(
    ("results", "length", "complaint"),
    [
        (TRUTH[:, :5], 3, r"results has shape \(6, 5\): give \(N, 6\), frame, id, left, top"),
        (TRUTH, 2, "ground_truth, row 4: frame beyond the sequence's last, 2"),
        (TRUTH, 0, "length is 0: give the number of frames"),
        (TRUTH - np.array([1, 0, 0, 0, 0, 0]), 3, "results, row 0: frame below 1"),
        (
            [(1, 1, *HERE), (1, 1, *THERE)],
            3,
            r"row 1: identity 1 twice in frame 1 \(first on row 0",
        ),
        ([(1, 1, 0, 0, -10, 20)], 3, "results, row 0: negative width"),
        ([(1, 1, 0, 0, np.nan, 20)], 3, "results, row 0: left, top, width, height must be finite"),
        ([(1, np.nan, *HERE)], 3, "results, row 0: identity must be a whole number"),
    ],
)
def test_wrong_arrays_are_refused(results, length, complaint):
    with pytest.raises(InputError, match=complaint):
        score(TRUTH, results, length)
