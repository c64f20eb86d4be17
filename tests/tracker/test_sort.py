import copy
import pickle

import numpy as np
import pytest
from filterpy.kalman import KalmanFilter
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from flatsort.tracker import Detections, Sort, SortConfig

LEFT = [0.0, 0.0, 40.0, 80.0]
RIGHT = [500.0, 0.0, 40.0, 80.0]


def seen(*boxes_tlwh, confidence=1.0):
    return Detections(np.array(boxes_tlwh).reshape(-1, 4), [confidence] * len(boxes_tlwh))


def feed(tracker, *frames):
    """The ids reported in each frame; a frame is a tuple of boxes."""
    return [tracker.update(seen(*frame)).ids.tolist() for frame in frames]


def test_all_tracks_are_reported_in_the_first_min_hits_frames():
    assert feed(Sort(), (LEFT,), (LEFT, RIGHT)) == [[1], [1, 2]]


def test_later_tracks_wait_for_min_hits_matches_in_a_row():
    # RIGHT starts a track in frame 4 and is matched in 5, 6 and 7; the third match reports it.
    frames = [(LEFT,)] * 3 + [(LEFT, RIGHT)] * 4
    assert feed(Sort(), *frames)[3:] == [[1], [1], [1], [1, 2]]


def test_a_miss_restarts_the_count():
    # LEFT is matched up to frame 4 and missed in 5. The matches in 6, 7 and 8 are three in a row.
    frames = [(LEFT,)] * 4 + [()] + [(LEFT,)] * 3
    assert feed(Sort(), *frames)[4:] == [[], [], [], [1]]


def test_deleted_after_max_age():
    frames = [(LEFT,)] * 4 + [()] * 2 + [(LEFT,)] * 4
    # Two misses exceed the max_age of 1. The new track 2 starts in frame 7 and is reported in 10.
    assert feed(Sort(), *frames)[-1] == [2]
    assert feed(Sort(SortConfig(max_age=2)), *frames)[-1] == [1]


def test_max_coasted_reports_coasting_tracks():
    tracker = Sort(SortConfig(max_age=5, max_coasted=2))
    moving = [([10.0 * step, 0, 40, 80],) for step in range(8)]
    assert feed(tracker, *moving)[-1] == [1]
    first, second, third = (tracker.update(Detections.empty()) for _ in range(3))
    assert first.ids.tolist() == second.ids.tolist() == [1]
    assert (first.time_since_update[0], second.time_since_update[0]) == (1, 2)
    assert first.detection_indices.tolist() == [-1]
    assert second.boxes_tlwh[0, 0] == pytest.approx(90, abs=1)
    assert len(third) == 0


def test_report_fields():
    tracks = Sort(SortConfig(min_confidence=0.5)).update(
        Detections([[0.0, 0, 0, 5], LEFT, LEFT, RIGHT], [0.9, 0.4, 0.8, 0.7])
    )
    assert tracks.ids.tolist() == [1, 2]
    assert tracks.detection_indices.tolist() == [2, 3]
    assert tracks.confidences.tolist() == [0.8, 0.7]
    assert tracks.time_since_update.tolist() == [0, 0]
    np.testing.assert_allclose(tracks.boxes_tlwh, [LEFT, RIGHT])


def test_the_box_is_the_filters_estimate():
    tracker = Sort()
    tracker.update(seen(LEFT))
    left = tracker.update(seen([11.0, 0, 40, 80])).boxes_tlwh[0, 0]
    assert left == pytest.approx(11 * 10011 / 10012)  # the gain of test_sort_noise_by_hand


def test_overlap_below_min_iou_starts_a_track():
    # A shift by 24 of 40 pixels gives an IoU of 16 / 64 = 0.25, a shift by 20 gives 20 / 60 = 0.33.
    assert feed(Sort(), (LEFT,), ([24.0, 0, 40, 80],))[-1] == [2]
    assert feed(Sort(), (LEFT,), ([20.0, 0, 40, 80],))[-1] == [1]


def test_invalid_boxes_are_dropped_and_counted():
    tracker = Sort()
    bad = [[np.nan, 0, 1, 1], [0, 0, np.inf, 1], [0, 0, 0, 1], [0, 0, 1, -1]]
    assert len(tracker.update(seen(*bad, LEFT))) == 1
    tracker.update(seen(*bad[:1]))
    assert tracker.dropped == 5
    tracker.reset()
    assert tracker.dropped == 0


def test_reset_and_a_new_tracker_repeat_the_result(yolox_frames):
    tracker = Sort()
    first = run(tracker, yolox_frames[:100])
    tracker.reset()
    assert_same(first, run(tracker, yolox_frames[:100]))
    assert_same(first, run(Sort(), yolox_frames[:100]))


@given(seed=st.integers(0, 10_000), max_coasted=st.integers(0, 3))
def test_any_input_gives_unique_ids_and_valid_boxes(seed, max_coasted):
    rng = np.random.default_rng(seed)
    tracker = Sort(SortConfig(max_age=3, max_coasted=max_coasted))
    for _ in range(12):
        boxes = rng.normal(0, 10.0 ** rng.integers(0, 12), (rng.integers(0, 6), 4))
        boxes[rng.random(boxes.shape) < 0.05] = rng.choice([np.nan, np.inf, 0.0])
        tracks = tracker.update(seen(*boxes))
        assert len(set(tracks.ids)) == len(tracks)
        assert np.isfinite(tracks.boxes_tlwh).all()
        assert (tracks.boxes_tlwh[:, 2:] > 0).all()
        matched = tracks.detection_indices[tracks.time_since_update == 0]
        assert len(set(matched)) == len(matched)
        assert ((matched >= 0) & (matched < len(boxes))).all()


def test_the_same_tracks_as_plain_sort_on_real_detections(yolox_frames):
    ours, oracle = Sort(), PlainSort()
    reported = 0
    for detections in yolox_frames:
        tracks, expected = ours.update(detections), oracle.update(detections.boxes_tlwh)
        assert tracks.ids.tolist() == sorted(expected)
        for track in tracks:
            np.testing.assert_allclose(track.box_tlwh, expected[track.id], rtol=0, atol=1e-6)
        reported += len(tracks)
    assert reported > 4000


class PlainSort:
    """A slow SORT for comparison: full matrices, one filter object per track, loops over tracks."""

    def __init__(self):
        self.tracks, self.frames, self.next_id = [], 0, 1

    def update(self, boxes_tlwh):
        self.frames += 1
        for track in self.tracks:
            track.predict()
        matched = self.match(boxes_tlwh)
        for row, track in matched:
            track.update(boxes_tlwh[row])
        taken = {row for row, _ in matched}
        for row in [*self.never_paired, *self.refused]:
            assert row not in taken
            self.tracks.append(PlainTrack(self.next_id, boxes_tlwh[row]))
            self.next_id += 1
        self.tracks = [track for track in self.tracks if track.missed <= 1]
        return {
            track.id: track.box()
            for track in self.tracks
            if track.missed == 0 and (track.streak >= 3 or self.frames <= 3)
        }

    def match(self, boxes_tlwh):
        overlaps = np.array(
            [[plain_iou(box, track.box()) for track in self.tracks] for box in boxes_tlwh]
        ).reshape(len(boxes_tlwh), len(self.tracks))
        above = overlaps > 0.3
        if above.size and above.sum(0).max() == 1 and above.sum(1).max() == 1:
            pairs = list(zip(*np.nonzero(above), strict=True))
        else:
            pairs = list(zip(*linear_sum_assignment(-overlaps), strict=True))
        paired = {row for row, _ in pairs}
        self.never_paired = [row for row in range(len(boxes_tlwh)) if row not in paired]
        self.refused = [row for row, column in pairs if overlaps[row, column] < 0.3]
        return [(row, self.tracks[column]) for row, column in pairs if overlaps[row, column] >= 0.3]


class PlainTrack:
    def __init__(self, identity, box):
        self.id, self.streak, self.missed = identity, 0, 0
        self.filter = KalmanFilter(dim_x=7, dim_z=4)
        self.filter.F = np.eye(7)
        self.filter.F[[0, 1, 2], [4, 5, 6]] = 1
        self.filter.H = np.eye(4, 7)
        self.filter.R[2:, 2:] *= 10
        self.filter.P[4:, 4:] *= 1000
        self.filter.P *= 10
        self.filter.Q[-1, -1] *= 0.01
        self.filter.Q[4:, 4:] *= 0.01
        self.filter.x[:4] = self.measurement(box)

    def predict(self):
        if self.filter.x[6, 0] + self.filter.x[2, 0] <= 0:
            self.filter.x[6, 0] = 0
        self.filter.predict()
        if self.missed > 0:
            self.streak = 0
        self.missed += 1

    def update(self, box):
        self.missed = 0
        self.streak += 1
        self.filter.update(self.measurement(box))

    def measurement(self, box):
        left, top, width, height = box
        return np.array(
            [[left + width / 2], [top + height / 2], [width * height], [width / height]]
        )

    def box(self):
        x, y, area, ratio = self.filter.x[:4, 0]
        width = np.sqrt(area * ratio)
        height = area / width
        return [x - width / 2, y - height / 2, width, height]


def plain_iou(a, b):
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    return width * height / (a[2] * a[3] + b[2] * b[3] - width * height)


def run(tracker, frames):
    return [tracker.update(detections) for detections in frames]


def assert_same(one, other):
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a.ids, b.ids)
        np.testing.assert_array_equal(a.boxes_tlwh, b.boxes_tlwh)
        np.testing.assert_array_equal(a.detection_indices, b.detection_indices)


def test_a_copy_continues_from_the_same_state():
    tracker = Sort()
    frame = Detections([[0.0, 0.0, 40.0, 80.0]], [1.0])
    for _ in range(3):
        tracker.update(frame)
    for copied in (copy.deepcopy(tracker), pickle.loads(pickle.dumps(tracker))):
        assert copied.update(frame).ids.tolist() == [1]
    assert tracker.update(frame).ids.tolist() == [1]
