import numpy as np

from flatsort.tracker import Detections, SortMotion
from flatsort.tracker.reference.table import TrackTable

LEFT, RIGHT = [0.0, 0, 40, 80], [500.0, 0, 40, 80]
PAIR = Detections([LEFT, RIGHT], [0.5, 0.6])


def table_of_two():
    table = TrackTable(SortMotion())
    table.start(PAIR, np.array([3, 7]))
    return table


def test_birth():
    table = table_of_two()
    assert table.ids.tolist() == [1, 2]
    assert table.hits.tolist() == [1, 1]
    assert table.streaks.tolist() == [0, 0]
    assert table.time_since_update.tolist() == [0, 0]
    assert table.detection_indices.tolist() == [3, 7]


def test_match_and_miss():
    table = table_of_two()
    table.predict()
    table.match(np.array([1]), Detections([RIGHT], [0.9]), np.array([4]))
    assert table.hits.tolist() == [1, 2]
    assert table.streaks.tolist() == [0, 1]
    assert table.time_since_update.tolist() == [1, 0]
    assert table.detection_indices.tolist() == [-1, 4]
    assert table.confidences.tolist() == [0.5, 0.9]


def test_a_streak_starts_over_after_a_miss_but_hits_do_not():
    table = table_of_two()
    rows = np.array([0, 1])
    for _ in range(2):
        table.predict()
        table.match(rows, PAIR, rows)
    table.predict()
    table.predict()
    # A miss does not change the streaks: they decide which coasting tracks are reported.
    assert table.streaks.tolist() == [2, 2]
    table.match(rows[:1], PAIR.select(rows[:1]), rows[:1])
    assert table.streaks.tolist() == [1, 2]
    assert table.hits.tolist() == [4, 3]


def test_ids_are_not_used_again():
    table = table_of_two()
    table.keep(np.array([True, False]))
    table.start(PAIR, np.array([0, 1]))
    assert table.ids.tolist() == [1, 3, 4]
    assert len(table) == len(table.motion) == 3


def test_report_leaves_out_boxes_that_shrank_to_nothing():
    class Shrunk(SortMotion):
        def boxes_tlwh(self):
            return np.array([[0.0, 0, 5, -1], [0, 0, 5, 5]])

    table = TrackTable(Shrunk())
    table.start(PAIR, np.array([0, 1]))
    assert table.report(np.array([True, True])).ids.tolist() == [2]
    assert len(table.report(np.array([True, False]))) == 0
