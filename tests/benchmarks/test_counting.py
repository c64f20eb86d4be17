"""The page of the counts: its shares, worked out by hand."""

from benchmarks.counting_page import make_page
from benchmarks.counting_runs import COUNTERS, Row
from flatsort.analysis.count_intervals import Count


def test_shares_of_four_counts():
    """The truth is 3; counts 3, 2, 2, 5; likely 3, 3, 2, 5; the last interval misses it."""
    numbers = [(3, 3, 3, 3), (2, 3, 1, 4), (2, 2, 2, 3), (5, 5, 4, 6)]
    rows = [
        Row(seed, counter.name, 3, Count("middle", "in", *four))
        for counter in COUNTERS
        for seed, four in enumerate(numbers)
    ]
    lines = make_page(rows, []).splitlines()
    [line] = [line for line in lines if line.startswith("| sort ")]
    assert [cell.strip() for cell in line.split("|")[2:-1]] == [
        *("25 %", "+0.0", "50 %", "+0.2", "75 %", "1.5"),
    ]
    assert not any("by eye" in line for line in lines)


def test_the_street_stands_beside_the_eye():
    rows = [Row(0, counter.name, 3, Count("middle", "in", 3, 3, 3, 3)) for counter in COUNTERS]
    street = [Count("middle", "in", 2, 4, 1, 5), Count("middle", "out", 1, 1, 1, 2)]
    lines = make_page(rows, street).splitlines()
    cells = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in lines
        if line.startswith(("| middle, in", "| middle, out"))
    ]
    assert cells == [
        ["middle, in", "3", "2", "4", "1 to 5"],
        ["middle, out", "1", "1", "1", "1 to 2"],
    ]
