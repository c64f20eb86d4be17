"""Visits to zones: who, how long, and how many at a time."""

from flatsort.analysis.boundaries import Zone
from flatsort.analysis.visits import Visit, find_visits, occupancy

HALL = Zone("hall", ((0.0, 0.0), (100.0, 0.0), (100.0, 100.0), (0.0, 100.0)))
RATE = 10


def stand(identity, frames, x, y=60):
    """Return rows of a person of 20 x 40 pixels whose feet are at x, y + 20."""
    return [(frame, identity, x - 10, y - 20, 20, 40) for frame in frames]


def test_a_visit_from_outside_to_outside(make_rows):
    rows = make_rows(
        *stand(1, range(1, 6), 150), *stand(1, range(6, 16), 50), *stand(1, range(16, 20), 150)
    )
    [visit] = find_visits(rows, HALL, RATE)
    assert visit == Visit("hall", 1, 6, 15, has_entered=True, has_left=True)
    assert visit.frames == 10


def test_who_is_there_from_the_start_has_not_entered(make_rows):
    rows = make_rows(*stand(4, range(3, 9), 50))
    assert find_visits(rows, HALL, RATE) == [Visit("hall", 4, 3, 8, False, False)]


def test_a_short_gap_is_presence_and_a_long_one_is_not(make_rows):
    """A gap longer than three seconds, here 30 frames, ends a visit."""
    short = make_rows(*stand(1, (1, 2, 32), 50))
    assert [(each.first, each.last) for each in find_visits(short, HALL, RATE)] == [(1, 32)]
    long = make_rows(*stand(1, (1, 2, 33), 50))
    assert [(each.first, each.last) for each in find_visits(long, HALL, RATE)] == [
        (1, 2),
        (33, 33),
    ]


def test_occupancy_counts_everybody_in_each_frame():
    visits = [
        Visit("hall", 1, 1, 3, True, True),
        Visit("hall", 2, 3, 5, True, True),
        Visit("hall", 3, 5, 5, True, True),
    ]
    assert occupancy(visits, 6).tolist() == [1, 1, 2, 1, 2, 0]
    assert occupancy([], 2).tolist() == [0, 0]


def test_nobody(make_rows):
    assert find_visits(make_rows(), HALL, RATE) == []
