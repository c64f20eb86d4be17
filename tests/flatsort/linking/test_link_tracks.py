"""Tracks of a whole recording are linked."""

import dataclasses

import numpy as np
import pytest

from flatsort.linking.link_tracks import link
from flatsort.tracker import AppearanceMetric

RATE = 10
PEOPLE = 8


def looks_of(people, seed=0):
    """Return a function that describes rows: each person has a direction, with noise."""
    draw = np.random.default_rng(seed)
    directions = np.eye(16, dtype=np.float32)

    def describe(rows):
        noise = draw.normal(scale=0.1, size=(len(rows), 16)).astype(np.float32)
        return {
            row: directions[people[row]] + noise[place] for place, row in enumerate(rows.tolist())
        }

    return describe


def crowd(courses, *more):
    """Return results in which eight people stand far apart for 6 seconds, and further courses."""
    return courses(*((n, 1, 60, 100 * n, 10, 0) for n in range(1, PEOPLE + 1)), *more)


def linked_ids(results, people, **settings):
    linked = link(results, RATE, looks_of(people), AppearanceMetric("cosine"), **settings)
    assert linked.looks_count
    return linked.ids


def pairs(ids):
    """Return the matrix of rows that share an identity."""
    return ids[:, None] == ids


def test_a_person_comes_back_after_seconds(courses):
    """Track 20 begins 5 s after track 3 has ended, at another place, and looks like person 3."""
    results = courses(
        *((n, 1, 60 if n == 3 else 140, 100 * n, 10, 0) for n in range(1, PEOPLE + 1)),
        (20, 110, 30, 340, 10, 0),
    )
    people = np.where(results.ids == 20, 3, results.ids)
    ids = linked_ids(results, people)
    np.testing.assert_array_equal(pairs(ids), pairs(people))


def test_a_stranger_in_the_same_place_stays_one(courses):
    results = courses(
        *((n, 1, 60 if n == 3 else 140, 100 * n, 10, 0) for n in range(1, PEOPLE + 1)),
        (20, 66, 30, 300, 10, 0),
    )
    people = np.where(results.ids == 20, 9, results.ids)
    np.testing.assert_array_equal(pairs(linked_ids(results, people)), pairs(people))


def test_the_memory_ends_an_absence(courses):
    results = courses(
        *((n, 1, 60 if n == 3 else 140, 100 * n, 10, 0) for n in range(1, PEOPLE + 1)),
        (20, 110, 30, 340, 10, 0),
    )
    people = np.where(results.ids == 20, 3, results.ids)
    ids = linked_ids(results, people, memory_s=4.0)
    assert set(ids[results.ids == 20]).isdisjoint(ids[results.ids == 3])


def test_an_exchange_under_cover_is_undone(courses):
    """Tracks 1 and 2 walk through each other. The tracker has exchanged them where they meet.

    Person 1 walks right and person 2 left, 15 pixels lower, so person 2 covers person 1 there.
    """
    others = [(n, 1, 60, 100 * n, 300, 0) for n in range(3, PEOPLE + 1)]
    true = courses((1, 1, 60, 0, 10, 4), (2, 1, 60, 240, 25, -4), *others)
    people, tracks = true.ids.copy(), true.ids.copy()
    late = true.frames > 30
    tracks[late & (people == 1)], tracks[late & (people == 2)] = 2, 1
    ids = linked_ids(dataclasses.replace(true, ids=tracks), people)
    np.testing.assert_array_equal(pairs(ids), pairs(people))


def test_looks_that_tell_nobody_apart_change_nothing(courses):
    """Random features: the tracks stay whole, and movement joins only over short gaps."""
    results = crowd(courses, (20, 70, 30, 340, 10, 0))
    draw = np.random.default_rng(1)
    linked = link(
        results,
        RATE,
        lambda rows: {row: draw.normal(size=8).astype(np.float32) for row in rows.tolist()},
        AppearanceMetric("cosine"),
    )
    alone = link(results, RATE)
    assert not linked.looks_count
    np.testing.assert_array_equal(linked.ids, alone.ids)
    np.testing.assert_array_equal(pairs(alone.ids), pairs(results.ids))


def test_movement_joins_what_the_tracker_could_not_bridge(courses):
    """A walker is lost for 3 frames. The tracker has bridged gaps of up to 2 frames elsewhere."""
    walk = ((1, 1, 30, 0, 10, 4), (2, 33, 30, 128, 10, 4))
    far = ((3, 1, 1, 900, 600, 0), (3, 3, 1, 900, 600, 0))
    assert link(courses(*walk, *far), RATE).identities == 2
    patient = ((3, 1, 1, 900, 600, 0), (3, 6, 1, 900, 600, 0))
    assert link(courses(*walk, *patient), RATE).identities == 3


@pytest.mark.parametrize("seed", range(6))
def test_nobody_is_in_two_places_at_once(courses, seed):
    """Random courses with random looks: each box keeps an identity, alone in its frame."""
    draw = np.random.default_rng(seed)
    results = courses(
        *(
            (n, int(draw.integers(1, 100)), int(draw.integers(1, 80)), *draw.integers(0, 200, 2), 2)
            for n in range(40)
        )
    )
    people = draw.integers(0, 16, 40)[results.ids]
    linked = link(results, RATE, looks_of(people, seed), AppearanceMetric("cosine"))
    keys = list(zip(results.frames.tolist(), linked.ids.tolist(), strict=True))
    assert len(set(keys)) == len(keys)
    assert linked.ids.min() == 1
    assert linked.ids.max() == linked.identities


def test_identities_are_numbered_by_first_appearance(courses):
    linked = link(courses((9, 5, 3, 0, 10, 0), (4, 1, 3, 500, 10, 0)), RATE)
    assert linked.ids.tolist() == [2, 2, 2, 1, 1, 1]


def test_results_without_boxes(courses):
    linked = link(courses(), RATE, looks_of([]), AppearanceMetric("cosine"))
    assert (linked.ids.tolist(), linked.identities, linked.tracks) == ([], 0, 0)
