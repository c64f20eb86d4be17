"""Scoring files: the public trackers' figures, and that workers change nothing."""

import numpy as np
import pytest

from tools.errors import InputError
from tools.evaluation.score import Job, combine, score_files
from tools.mot.sequence import find_sequences

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
# TrackEval 1.3.0 on the same. It keeps a pair only from the frame before and counts exactly 80 %
# as partially tracked, so its identity switches and tracks differ slightly.
TRACKEVAL = {
    "deepsort": {"MOTA": 59.235, "MOTP": 81.370, "IDF1": 56.131},
    "tracktor": {"MOTA": 64.837, "MOTP": 89.495, "IDF1": 60.784},
}


def jobs(mot_data, tracker, names="all"):
    sequences = find_sequences(names, mot_data / "MOT16")
    return [Job(item, mot_data / "results" / tracker / f"{item.name}.txt") for item in sequences]


@pytest.mark.parametrize("tracker", GOLDEN)
def test_public_results_on_mot16(mot_data, tracker):
    total = combine(score_files(jobs(mot_data, tracker)))
    columns = total.columns()
    for column, value in GOLDEN[tracker].items():
        # Counts are equal, percentages to the printed digit.
        close = value if isinstance(value, int) else pytest.approx(value, abs=0.0051)
        assert columns[column] == close, column
    for column, value in TRACKEVAL[tracker].items():
        assert columns[column] == pytest.approx(value, abs=0.1), column
    counts = total.counts
    assert (counts.truth_boxes, counts.truth_tracks, counts.frames) == (110_407, 517, 5_316)
    # Identities that tie the counts together.
    assert counts.matches + counts.misses == counts.truth_boxes == counts.idtp + counts.idfn
    assert counts.matches + counts.false_positives == counts.result_boxes
    assert counts.idtp + counts.idfp == counts.result_boxes


def test_workers_change_nothing(mot_data):
    # 79,000 rows: enough for the worker processes to be started.
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
        score_files([*tasks, Job(tasks[0].sequence, bad)], advance=lambda: done.append(1))
    assert not done
