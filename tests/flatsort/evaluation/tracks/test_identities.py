"""Purity and continuity of courses whose boxes are counted on paper."""

import numpy as np
import pytest

from flatsort.evaluation.tracks.identities import Identities, count_identities
from flatsort.evaluation.tracks.matching import Course, follow, match_frames
from flatsort.evaluation.tracks.preprocessing import preprocess
from flatsort.files.mot_files import read_ground_truth, read_results
from flatsort.files.sequence import open_sequence


def course(**boxes):
    """Make a course from track -> number of consecutive matched boxes."""
    ids = np.repeat([int(name[1:]) for name in boxes], list(boxes.values()))
    return Course(np.arange(1, len(ids) + 1), ids)


def test_two_perfect_tracks():
    found = count_identities({1: course(t7=12), 2: course(t3=4)})
    assert found == Identities(matches=16, of_main_person=16, in_main_track=16, tracks=1, mixed=0)
    assert (found.purity, found.continuity) == (100, 100)


def test_a_person_in_two_tracks_is_pure_but_not_continuous():
    found = count_identities({1: course(t7=12, t8=4)})
    assert (found.purity, found.continuity) == (100, 75)  # 12 of 16 boxes in the main track
    assert (found.tracks, found.mixed) == (1, 0)


def test_two_people_in_one_track_are_continuous_but_not_pure():
    found = count_identities({1: course(t7=15), 2: course(t7=5)})
    assert (found.purity, found.continuity) == (75, 100)  # 15 of 20 boxes are the main person's
    assert (found.tracks, found.mixed) == (1, 1)


def test_a_swap_of_two_people():
    # Track 7 has 6 boxes of person 1 and 4 of person 2, track 8 the other way round with 4 and 8.
    found = count_identities({1: course(t7=6, t8=4), 2: course(t7=4, t8=8)})
    assert (found.matches, found.of_main_person, found.in_main_track) == (22, 6 + 8, 6 + 8)
    assert (found.tracks, found.mixed) == (2, 2)


@pytest.mark.parametrize(
    ("main", "other", "tracks", "mixed"),
    [
        (9, 1, 1, 0),  # exactly 90 % is not mixed
        (17, 2, 1, 1),  # 89.5 %
        (8, 1, 0, 0),  # nine boxes are too few to judge
        (5, 5, 1, 1),
    ],
)
def test_the_limits_of_mixed_tracks(main, other, tracks, mixed):
    found = count_identities({1: course(t7=main), 2: course(t7=other)})
    assert (found.tracks, found.mixed) == (tracks, mixed)


def test_sequences_add_up_even_if_they_share_identities():
    pure, mixed = course(t7=10), count_identities({1: course(t7=6), 2: course(t7=4)})
    total = count_identities({1: pure}) + mixed
    assert total == Identities(matches=20, of_main_person=16, in_main_track=20, tracks=2, mixed=1)
    assert total.purity == 80


def test_without_matches_the_shares_are_zero():
    nothing = count_identities({})
    assert nothing == Identities()
    assert (nothing.purity, nothing.continuity) == (0, 0)


@pytest.mark.parametrize("tracker", ["deepsort", "tracktor"])
def test_real_results_counted_one_box_at_a_time(mot_data, tracker):
    sequence = open_sequence(mot_data / "MOT16" / "train" / "MOT16-09")
    truth = read_ground_truth(sequence.ground_truth_path, sequence.length, sequence.layout)
    results = read_results(mot_data / "results" / tracker / "MOT16-09.txt", sequence.length)
    matched = match_frames(preprocess(truth, results, sequence.length, sequence.layout))
    found = count_identities(follow(matched))

    people: dict[int, list[int]] = {}
    tracks: dict[int, list[int]] = {}
    for event in matched.mot_events.itertuples():
        if event.Type in ("MATCH", "SWITCH"):
            people.setdefault(int(event.OId), []).append(int(event.HId))
            tracks.setdefault(int(event.HId), []).append(int(event.OId))
    main = {track: max(map(owners.count, owners)) for track, owners in tracks.items()}
    assert found.matches == sum(map(len, tracks.values()))
    assert found.of_main_person == sum(main.values())
    assert found.in_main_track == sum(max(map(ids.count, ids)) for ids in people.values())
    long = [track for track, owners in tracks.items() if len(owners) >= 10]
    assert found.tracks == len(long)
    assert found.mixed == sum(main[track] / len(tracks[track]) < 0.9 for track in long) > 0
