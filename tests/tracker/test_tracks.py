import numpy as np

from flatsort.tracker import Track, Tracks


def test_iterates_over_rows():
    tracks = Tracks(
        np.array([3, 5]),
        np.array([[0.0, 1, 2, 3], [4, 5, 6, 7]]),
        np.array([0, 1]),
        np.array([2, -1]),
        np.array([0.5, 0.25]),
    )
    assert len(tracks) == 2
    first, second = tracks
    assert isinstance(first, Track)
    assert (first.id, first.time_since_update, first.detection_index) == (3, 0, 2)
    assert (second.id, second.detection_index, second.confidence) == (5, -1, 0.25)
    np.testing.assert_array_equal(second.box_tlwh, [4, 5, 6, 7])
