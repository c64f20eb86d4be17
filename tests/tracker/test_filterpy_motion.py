import numpy as np
import pytest
from filterpy.kalman import KalmanFilter

from flatsort.tracker import Detections, MotionModel, Sort
from flatsort.tracker.filterpy_motion import FilterpyMotion, deepsort_filter, sort_filter

BOX = np.array([100.0, 50.0, 40.0, 80.0])


def test_deepsort_settings():
    made = deepsort_filter(BOX)
    # At height 80 a new track has 2/20 * 80 = 8 and 10/160 * 80 = 5, the process noise 4 and 0.5,
    # the measurement noise 4.
    np.testing.assert_allclose(np.sqrt(np.diag(made.P)), [8, 8, 1e-2, 8, 5, 5, 1e-5, 5])
    np.testing.assert_allclose(np.sqrt(np.diag(made.R)), [4, 4, 1e-1, 4])
    made.predict()
    np.testing.assert_allclose(np.sqrt(np.diag(made.Q)), [4, 4, 1e-2, 4, 0.5, 0.5, 1e-5, 0.5])


def test_sort_settings():
    made = sort_filter(BOX)
    np.testing.assert_allclose(np.diag(made.P), [10, 10, 10, 10, 1e4, 1e4, 1e4])
    np.testing.assert_allclose(np.diag(made.Q), [1, 1, 1, 1, 1e-2, 1e-2, 1e-4])
    np.testing.assert_allclose(np.diag(made.R), [1, 1, 10, 10])


@pytest.mark.parametrize("factory", [deepsort_filter, sort_filter])
def test_starts_at_the_box(factory):
    made = factory(BOX)
    assert isinstance(made, KalmanFilter)
    np.testing.assert_allclose(made.box_tlwh(), BOX)


def test_keep_takes_indices_and_masks():
    motion: MotionModel = FilterpyMotion(sort_filter)
    motion.append(BOX + np.arange(3)[:, None])
    motion.keep(np.array([2, 0]))
    np.testing.assert_allclose(motion.boxes_tlwh()[:, 0], [102, 100])
    motion.keep(np.array([False, True]))
    np.testing.assert_allclose(motion.boxes_tlwh()[:, 0], [100])


def test_any_filter_plugs_in():
    class Still(KalmanFilter):
        """A random walk of left, top, width and height."""

        def __init__(self, box_tlwh):
            super().__init__(dim_x=4, dim_z=4)
            self.x[:, 0] = box_tlwh
            self.F = self.H = np.eye(4)

        def measure(self, boxes_tlwh):
            return boxes_tlwh

        def box_tlwh(self):
            return self.x[:, 0].copy()

    tracker = Sort(motion=lambda: FilterpyMotion(Still))
    for _ in range(5):
        tracks = tracker.update(Detections(BOX[None], [1.0]))
    assert tracks.ids.tolist() == [1]
    np.testing.assert_allclose(tracks.boxes_tlwh, BOX[None])
