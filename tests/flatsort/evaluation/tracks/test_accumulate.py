"""Counts of hand-made sequences. Boxes are 10 x 10, so a shift of 1 px has IoU 9/11, 2 px 8/12."""

import numpy as np
import pytest

from flatsort.evaluation.tracks.accumulate import accumulate
from flatsort.evaluation.tracks.counts import Counts, paper_columns
from flatsort.evaluation.tracks.matching import match_frames
from flatsort.evaluation.tracks.preprocessing import preprocess
from flatsort.files.mot_files import read_ground_truth, read_results
from flatsort.files.sequence import open_sequence


@pytest.fixture
def count(make_rows):
    def count(truth, results, length):
        frames = preprocess(make_rows(*truth), make_rows(*results), length, "MOT16")
        return accumulate(match_frames(frames), length)

    return count


def track(identity, frames, left=0):
    return [(frame, identity, left) for frame in frames]


def test_perfect(count):
    truth = track(1, range(1, 5)) + track(2, range(1, 4), left=100)
    results = track(8, range(1, 5)) + track(9, range(1, 4), left=100)
    assert count(truth, results, 6) == Counts(
        idtp=7, matches=7, truth_boxes=7, result_boxes=7, truth_tracks=2, mostly_tracked=2, frames=6
    )


def test_one_miss_one_false_alarm_and_a_shift(count):
    # Frame 2 has a miss and frame 3 a false alarm; all matches are shifted by 2 px.
    results = [(1, 8, 2), (3, 8, 2), (3, 9, 500), (4, 8, 2)]
    counts = count(track(1, range(1, 5)), results, 4)
    # Frames 1, 3 and 4 are tracked: 3/4 are covered, with one interruption.
    assert (counts.misses, counts.false_positives, counts.switches) == (1, 1, 0)
    assert (counts.fragmentations, counts.partially_tracked) == (1, 1)
    assert (counts.idtp, counts.idfp, counts.idfn) == (3, 1, 1)
    columns = paper_columns(counts)
    assert columns["MOTP"] == pytest.approx(100 * 8 / 12)
    assert columns["MOTA"] == pytest.approx(50)  # 1 - (1 + 1) / 4
    assert columns["FAR"] == 0.25
    assert columns["IDF1"] == pytest.approx(75)  # 2 * 3 / (4 + 4)


def test_one_switch(count):
    # Identity 8 follows for two frames, then 9 for three: the best mapping is person 1 to 9.
    counts = count(track(1, range(1, 6)), track(8, [1, 2]) + track(9, [3, 4, 5]), 5)
    assert (counts.switches, counts.fragmentations, counts.matches) == (1, 0, 5)
    assert (counts.idtp, counts.idfp, counts.idfn) == (3, 2, 2)
    assert counts.mostly_tracked == 1
    assert paper_columns(counts)["MOTA"] == pytest.approx(80)
    assert paper_columns(counts)["MOTAL"] == pytest.approx(100 - 20 * np.log10(2))


def test_a_new_identity_after_a_gap_is_a_switch_too(count):
    counts = count(track(1, range(1, 6)), track(8, [1, 2]) + track(9, [4, 5]), 5)
    assert (counts.switches, counts.fragmentations, counts.misses) == (1, 1, 1)


def test_two_people_who_swap_identities_give_two_switches(count):
    truth = track(1, range(1, 5)) + track(2, range(1, 5), left=100)
    results = track(8, [1, 2]) + track(8, [3, 4], left=100)
    results += track(9, [1, 2], left=100) + track(9, [3, 4])
    assert count(truth, results, 4).switches == 2


def test_an_established_pair_is_kept_even_if_another_box_is_nearer(count):
    # In frame 2 result 9 lies exactly on person 1, but 8 is still possible and keeps the person.
    counts = count(track(1, [1, 2]), [(1, 8, 0), (2, 8, 2), (2, 9, 0)], 2)
    assert (counts.switches, counts.false_positives) == (0, 1)
    assert counts.distance == pytest.approx(4 / 12)


def test_gaps_at_the_ends_are_no_fragmentations(count):
    # The misses in 5 and 7 interrupt the track; those in 1, 2, 9 and 10 lie at its ends.
    counts = count(track(1, range(1, 11)), track(8, [3, 4, 6, 8]), 10)
    assert counts.fragmentations == 2


@pytest.mark.parametrize(
    ("covered", "attribute"),
    [
        (10, "mostly_tracked"),
        (8, "mostly_tracked"),  # exactly 80 % counts as mostly tracked, as in motmetrics
        (7, "partially_tracked"),
        (2, "partially_tracked"),  # exactly 20 % is not lost
        (1, "mostly_lost"),
        (0, "mostly_lost"),
    ],
)
def test_thresholds_of_mostly_tracked_and_mostly_lost(count, covered, attribute):
    # A second person is always tracked, so that there are results in every case.
    truth = track(1, range(1, 11)) + track(2, range(1, 11), left=100)
    results = track(8, range(1, covered + 1)) + track(9, range(1, 11), left=100)
    counts = count(truth, results, 10)
    expected = {"mostly_tracked": 1, "partially_tracked": 0, "mostly_lost": 0}
    expected[attribute] += 1
    assert {name: getattr(counts, name) for name in expected} == expected


def test_results_on_distractors_do_not_count(count):
    counts = count([(1, 1, 0), (1, 2, 100, 8)], [(1, 8, 0), (1, 9, 100)], 1)
    assert counts == Counts(
        idtp=1, matches=1, truth_boxes=1, result_boxes=1, truth_tracks=1, mostly_tracked=1, frames=1
    )


def test_no_results(count):
    assert count(track(1, range(1, 5)), [], 7) == Counts(
        idfn=4, misses=4, truth_boxes=4, truth_tracks=1, mostly_lost=1, frames=7
    )


def test_no_ground_truth(count):
    assert count([], track(8, range(1, 5)), 7) == Counts(
        idfp=4, false_positives=4, result_boxes=4, frames=7
    )


def test_neither(count):
    assert count([], [], 7) == Counts(frames=7)


# motmetrics' own reader subtracts a tuple from a table, which pandas 3 deprecates.
@pytest.mark.filterwarnings("ignore:Operation with tuple")
@pytest.mark.parametrize(
    ("clip", "tracker"),
    [
        ("MOT16-04-first50", "deepsort"),
        ("MOT16-04-first50", "tracktor"),
        ("MOT16-11-first7", "deepsort"),
        ("MOT16-13-first5", "tracktor"),
    ],
)
def test_equal_to_motmetrics_own_evaluation(mot_data, monkeypatch, tmp_path, clip, tracker):
    import motmetrics

    # motmetrics' own distance functions need np.asfarray, which numpy 2 has removed.
    monkeypatch.setattr(np, "asfarray", lambda a: np.asarray(a, float), raising=False)
    sequence = open_sequence(mot_data / "clips" / clip)
    full = (mot_data / "results" / tracker / f"{clip.split('-first')[0]}.txt").read_text()
    rows = [row for row in full.splitlines() if int(row.split(",")[0]) <= sequence.length]
    results = tmp_path / "results.txt"
    results.write_text("\n".join(rows))

    frames = preprocess(
        read_ground_truth(sequence.ground_truth_path, sequence.length, sequence.layout),
        read_results(results, sequence.length),
        sequence.length,
        sequence.layout,
    )
    ours = accumulate(match_frames(frames), sequence.length)

    load = motmetrics.io.loadtxt
    accumulator, analysis = motmetrics.utils.CLEAR_MOT_M(
        load(sequence.ground_truth_path, fmt="mot16"),
        load(results, fmt="mot16"),
        sequence.folder / "seqinfo.ini",
    )
    names = [*motmetrics.metrics.motchallenge_metrics, "idtp", "idfp", "idfn"]
    theirs = (
        motmetrics.metrics.create()
        .compute_many([accumulator], anas=[analysis], metrics=names)
        .iloc[0]
    )
    columns = paper_columns(ours)
    counts = {
        "MT": "mostly_tracked",
        "PT": "partially_tracked",
        "ML": "mostly_lost",
        "FP": "num_false_positives",
        "FN": "num_misses",
        "IDs": "num_switches",
        "FM": "num_fragmentations",
    }
    assert {name: columns[name] for name in counts} == {
        name: theirs[other] for name, other in counts.items()
    }
    assert (ours.idtp, ours.idfp, ours.idfn) == tuple(theirs[["idtp", "idfp", "idfn"]])
    assert ours.truth_tracks == theirs["num_unique_objects"]
    for name in ("IDF1", "IDP", "IDR", "Recall", "Precision", "MOTA"):
        assert columns[name] == pytest.approx(100 * theirs[name.lower()], abs=1e-9)
    assert columns["MOTP"] == pytest.approx(100 * (1 - theirs["motp"]), abs=1e-6)
