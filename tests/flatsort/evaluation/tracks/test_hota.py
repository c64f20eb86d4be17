"""HOTA by hand: sqrt(DetA * AssA) at each threshold 0.05, 0.10, ... 0.95, then the mean."""

import numpy as np
import pytest

from flatsort.evaluation.tracks.hota import combine_terms, hota_terms, mean_term
from flatsort.evaluation.tracks.preprocessing import preprocess


def hota(terms):
    return mean_term(terms, "HOTA")


@pytest.fixture
def terms(make_rows):
    def terms(truth, results, length):
        return hota_terms(preprocess(make_rows(*truth), make_rows(*results), length, "MOT16"))

    return terms


def track(identity, frames, left=0):
    return [(frame, identity, left) for frame in frames]


def test_perfect(terms):
    assert hota(terms(track(1, range(1, 5)), track(9, range(1, 5)), 5)) == pytest.approx(100)


def test_an_identity_that_changes_half_way(terms):
    # DetA = 1. Each match shares its two identities with 2 of 4 frames: AssA = 2 / 4.
    results = track(500, [1, 2]) + track(7, [3, 4])
    assert hota(terms(track(1, range(1, 5)), results, 4)) == pytest.approx(100 * np.sqrt(0.5))


def test_parts_of_an_impure_track(terms):
    # Track 9 follows person 1 for three frames and person 2, who is 100 px away, for one more.
    # Person 1 has four frames, person 2 two. Of the four matches, three share 3 of the track's 4
    # boxes and of the person's 4, and one shares 1 of 4 and of 2.
    truth = track(1, range(1, 5)) + track(2, [4, 5], left=100)
    parts = terms(truth, track(9, [1, 2, 3]) + track(9, [4], left=100), 5)
    assert mean_term(parts, "DetA") == pytest.approx(100 * 4 / 6)
    assert mean_term(parts, "AssPr") == pytest.approx(100 * (3 * 3 / 4 + 1 / 4) / 4)
    assert mean_term(parts, "AssRe") == pytest.approx(100 * (3 * 3 / 4 + 1 / 2) / 4)
    assert mean_term(parts, "AssA") == pytest.approx(100 * (3 * 3 / 5 + 1 / 5) / 4)


def test_half_the_boxes_missed(terms):
    # DetA = 2 / 4, AssA = 2 / (2 + 2): sqrt(.5 * .5).
    assert hota(terms(track(1, range(1, 5)), track(9, [1, 2]), 4)) == pytest.approx(50)


def test_localisation(terms):
    # A shift of 2 px has IoU 8/12 = 0.667: a match at 13 of the 19 thresholds, 0.05 to 0.65.
    score = hota(terms(track(1, [1, 2]), track(9, [1, 2], left=2), 2))
    assert score == pytest.approx(100 * 13 / 19)


@pytest.mark.parametrize(("truth", "results"), [([], []), (track(1, [1]), []), ([], track(1, [1]))])
def test_nothing_to_match_is_zero(terms, truth, results):
    assert hota(terms(truth, results, 3)) == 0


def test_sequences_combine_by_their_counts(terms):
    perfect = terms(track(1, range(1, 5)), track(9, range(1, 5)), 4)
    empty = terms(track(1, range(1, 5)), [], 4)
    # 4 matches and 4 misses: DetA = 0.5; AssA over the matches is 1.
    assert hota(combine_terms([perfect, empty])) == pytest.approx(100 * np.sqrt(0.5))
