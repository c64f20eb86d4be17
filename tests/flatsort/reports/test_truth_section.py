"""Switches and fragments, worked out by hand and compared with the counts of the score."""

import numpy as np
import pytest

from flatsort.files.mot_files import read_ground_truth, read_results
from flatsort.files.sequence import open_sequence
from flatsort.reports.track_timeline import Bar
from flatsort.reports.truth_section import judge


def rows_of(identity, left, *runs):
    return [(frame, identity, left) for first, last in runs for frame in range(first, last + 1)]


def test_one_person_held_by_two_tracks_with_gaps(make_rows):
    truth = make_rows(*rows_of(7, 0, (1, 20)))
    # Track 3 is on person 7 in frames 2-5 and 8-10, track 4 in 11-12 and 15-16.
    results = make_rows(*rows_of(3, 0, (2, 5), (8, 10)), *rows_of(4, 0, (11, 12), (15, 16)))
    judgement = judge(truth, results, 20, "MOT16")
    (person,) = judgement.people
    assert person.identity == 7
    assert person.present == (Bar(1, 20, 7),)
    assert person.held == (Bar(2, 5, 3), Bar(8, 10, 3), Bar(11, 12, 4), Bar(15, 16, 4))
    assert person.lost == (Bar(6, 7, 7), Bar(13, 14, 7))
    assert [(s.old, s.new, s.last, s.frame) for s in person.switches] == [(3, 4, 10, 11)]
    assert (person.frames, person.followed) == (20, 11)
    assert judgement.changes() == [(person, person.switches[0])]


def test_a_person_who_is_away_is_not_lost(make_rows):
    """Only frames with the person count, as in motmetrics."""
    truth = make_rows(*rows_of(7, 0, (1, 4), (9, 12)))
    results = make_rows(*rows_of(3, 0, (1, 4), (9, 12)))
    (person,) = judge(truth, results, 12, "MOT16").people
    assert person.lost == ()
    assert person.present == (Bar(1, 4, 7), Bar(9, 12, 7))


def test_a_person_without_a_track_is_listed_too(make_rows):
    truth = make_rows(*rows_of(1, 0, (3, 6)), *rows_of(2, 100, (1, 6)))
    judgement = judge(truth, make_rows(*rows_of(8, 0, (3, 6))), 6, "MOT16")
    unseen, seen = judgement.people
    assert (unseen.identity, unseen.held, unseen.switches, unseen.lost) == (2, (), (), ())
    assert seen.held == (Bar(3, 6, 8),)
    assert set(judgement.courses) == {1}


def test_without_any_box(make_rows):
    judgement = judge(make_rows(), make_rows(), 3, "MOT16")
    assert judgement.people == ()
    assert judgement.changes() == []


def count(judgement):
    switches = sum(len(person.switches) for person in judgement.people)
    return switches, sum(len(person.lost) for person in judgement.people)


@pytest.mark.parametrize("seed", range(8))
def test_switches_and_fragments_equal_the_counts_of_the_score(make_rows, seed):
    """People come and go, and tracks hop between them."""
    random = np.random.default_rng(seed)
    truth, results = [], []
    for frame in range(1, 41):
        people = np.flatnonzero(random.random(4) < 0.8)
        truth += [(frame, person + 1, 50 * person) for person in people]
        found = people[random.random(len(people)) < 0.7]
        ids = random.permutation(6)[: len(found)]
        results += [(frame, i + 10, 50 * p) for i, p in zip(ids, found, strict=True)]
    judgement = judge(make_rows(*truth), make_rows(*results), 40, "MOT16")
    counts = judgement.score.counts
    assert counts.switches > 5
    assert counts.fragmentations > 5
    assert count(judgement) == (counts.switches, counts.fragmentations)


def test_switches_and_fragments_equal_the_counts_on_real_results(mot_data, tmp_path):
    """The people of MOT16-09 with new identities every thirty frames."""
    sequence = open_sequence(mot_data / "MOT16" / "train" / "MOT16-09")
    truth = read_ground_truth(sequence.ground_truth_path, sequence.length, sequence.layout)
    kept = truth.select((truth.classes == 1) & (truth.visibilities > 0.3))
    path = tmp_path / "careless.txt"
    path.write_text(
        "".join(
            f"{frame},{identity * 100 + frame // 30},{','.join(map(str, box))},1\n"
            for frame, identity, box in zip(
                kept.frames.tolist(), kept.ids.tolist(), kept.boxes_tlwh.tolist(), strict=True
            )
        )
    )
    judgement = judge(truth, read_results(path, sequence.length), sequence.length, sequence.layout)
    counts = judgement.score.counts
    assert count(judgement) == (counts.switches, counts.fragmentations)
    assert counts.switches > 100
