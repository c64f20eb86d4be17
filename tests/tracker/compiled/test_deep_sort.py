"""Compiled DeepSORT gives the tracks of the reference engine."""

import re

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from flatsort.tracker import AppearanceMetric, DeepSort, DeepSortConfig, DeepSortMotion, Detections
from tests.tracker.compiled.engines import assert_same, compare_engines, real_frames

# The two engines sum distances in different orders, so float32 differs in the last digit.
TOLERANCE_PX = 1e-9


def trackers(metric=None, **settings):
    config = DeepSortConfig(**settings)
    return DeepSort(config, metric), DeepSort(config, metric, motion=DeepSortMotion)


def looks(boxes_tlwh, rng, dimensions=128, wavelength_px=300.0):
    """Features (N, D) that are similar for boxes near each other, with some noise."""
    waves = np.random.default_rng(0).normal(0, 1 / wavelength_px, (2, dimensions // 2))
    phases = (boxes_tlwh[:, :2] + boxes_tlwh[:, 2:] / 2) @ waves
    features = np.hstack([np.cos(phases), np.sin(phases)])
    return features + rng.normal(0, 0.1, features.shape)


@st.composite
def streams(draw, dimensions=8):
    """Frames of a small crowd with one appearance per person, with misses and bad boxes."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    people = draw(st.integers(0, 10))
    boxes = np.column_stack([rng.uniform(0, 120, (people, 2)), rng.uniform(30, 80, (people, 2))])
    own = rng.normal(size=(people, dimensions))
    frames = []
    for _ in range(14):
        boxes = boxes + rng.normal(0, 2, boxes.shape) * [1, 1, 0.2, 0.2]
        rows = np.flatnonzero(rng.random(people) < draw(st.sampled_from([0.0, 0.6, 0.9, 1.0])))
        seen = boxes[rows]
        seen[rng.random(seen.shape) < 0.01] = rng.choice([np.nan, np.inf, 0.0, -1.0])
        features = own[rows] + rng.normal(0, 0.3, (len(rows), dimensions))
        frames.append(Detections(seen, rng.integers(0, 5, len(seen)) / 4, features))
    return frames


SETTINGS = st.fixed_dictionaries(
    {
        "n_init": st.integers(1, 3),
        "max_age": st.integers(1, 6),
        "budget": st.integers(1, 5),
        "max_coasted": st.integers(0, 2),
        "max_iou_distance": st.sampled_from([0.0, 0.7, 1.0]),
        "nms_max_overlap": st.sampled_from([0.5, 1.0]),
        "min_height": st.sampled_from([0.0, 40.0]),
    }
)
"""Settings of a tracker, usual ones and extreme ones."""


@given(
    frames=streams(),
    kind=st.sampled_from(["cosine", "euclidean"]),
    centred=st.booleans(),
    settings=SETTINGS,
)
def test_the_same_tracks_for_any_input(frames, kind, centred, settings):
    centre = np.full(8, 0.2) if centred else None
    metric = AppearanceMetric(kind, 0.2 if kind == "cosine" else 1.2, centre)
    compare_engines(*trackers(metric, **settings), frames, TOLERANCE_PX)


@pytest.mark.parametrize("exponent", [-40, -20, 20, 37])
def test_the_same_tracks_for_features_of_any_size(exponent):
    rng = np.random.default_rng(0)
    places = rng.uniform(0, 120, (6, 2))
    own = rng.normal(size=(6, 8))
    frames = []
    for frame in range(20):
        boxes = np.column_stack([places + 3 * frame, np.full((6, 2), 40.0)])
        features = (own + rng.normal(0, 0.3, own.shape)) * 10.0**exponent
        frames.append(Detections(boxes, np.ones(6), features))
    assert compare_engines(*trackers(), frames, TOLERANCE_PX) > 90


@given(
    frames=streams(),
    kind=st.sampled_from(["cosine", "euclidean"]),
    exponents=st.lists(st.floats(-46, 39), min_size=2, max_size=2),
    special=st.sampled_from([None, 0.0, -0.0, np.nan, np.inf, -np.inf]),
    centred=st.booleans(),
)
def test_the_same_tracks_or_the_same_error_at_any_magnitude(
    frames, kind, exponents, special, centred
):
    """Even and odd frames have features of two magnitudes, and some rows have a special value."""
    # Features that are tiny beside the centre all have the same cosine about it, and the order of a
    # sum then decides between them.
    assume(not centred or exponents[1] > exponents[0] - 2)
    scales = [10.0**exponent for exponent in exponents]
    centre = np.full(8, min(scales[0], 3e38)) if centred else None
    gate = 0.2 if kind == "cosine" else min(max(1.2 * scales[0], 1e-300), 1e300)
    ours, reference = trackers(AppearanceMetric(kind, gate, centre), n_init=1)
    for number, frame in enumerate(frames):
        # In float64, so that only the last step can overflow.
        features = frame.features.astype(np.float64) * scales[number % 2]
        if special is not None:
            features[number % 3 :: 3] = special
        with np.errstate(over="ignore"):
            features = features.astype(np.float32)
        scaled = Detections(frame.boxes_tlwh, frame.confidences, features)
        try:
            expected = reference.update(scaled)
        except ValueError as error:
            with pytest.raises(ValueError, match=f"^{re.escape(str(error))}$"):
                ours.update(scaled)
        else:
            assert_same(ours.update(scaled), expected, TOLERANCE_PX)


@pytest.mark.parametrize("exponent", [-130, -100, -60, 0, 60, 100, 125])
def test_the_length_of_features_does_not_count_for_cosine(mars_frames, exponent):
    """A power of two changes no digit, so the tracks are the same to the last bit."""
    plain, scaled = DeepSort(), DeepSort()
    for each in mars_frames[:60]:
        features = np.ldexp(each.features, exponent)
        # Where float32 has fewer digits, the lost ones may differ.
        tolerance = 0 if exponent > -100 else TOLERANCE_PX
        ours = scaled.update(Detections(each.boxes_tlwh, each.confidences, features))
        assert_same(ours, plain.update(each), tolerance)


def test_the_same_tracks_on_real_detections(mot_data):
    rng = np.random.default_rng(0)
    reported = 0
    for frames in real_frames(mot_data, first=100):
        described = [
            Detections(each.boxes_tlwh, each.confidences, looks(each.boxes_tlwh, rng))
            for each in frames
        ]
        reported += compare_engines(*trackers(), described, TOLERANCE_PX)
    assert reported > 5000


def test_the_same_tracks_on_real_features(mars_frames):
    assert compare_engines(*trackers(), mars_frames, TOLERANCE_PX) > 2000


def test_the_count_of_features_compared(mars_frames):
    # The reference engine compares all pairs with all features: 1,120,000 times on these frames.
    tracker = DeepSort()
    for detections in mars_frames:
        tracker.update(detections)
    assert tracker._engine.single.gated < 3_500
    assert tracker._engine.single.compared < 20_000


def test_more_tracks_than_the_arrays_had_room_for():
    rng = np.random.default_rng(0)
    crowd = np.column_stack([rng.uniform(0, 9000, (400, 2)), np.full((400, 2), 40.0)])
    frames = [
        Detections(crowd[:n] + frame, np.ones(n), looks(crowd[:n], rng))
        for frame, n in enumerate([5, 5, 5, 400, 400, 0, 390])
    ]
    compare_engines(*trackers(budget=3), frames, TOLERANCE_PX)


def test_features_of_a_descriptor():
    boxes = [[0.0, 0, 40, 80], [300, 0, 40, 80]]

    def position(frame, boxes_tlwh):
        return np.column_stack([np.ones(len(boxes_tlwh)), boxes_tlwh[:, 0]])

    ours = DeepSort(descriptor=position)
    reference = DeepSort(descriptor=position, motion=DeepSortMotion)
    compare_engines(ours, reference, [Detections(boxes, [0.5, 0.9])] * 4)


@pytest.mark.parametrize("bad", [[np.nan, 0.0], [1.0, 0.0, 0.0]])
def test_bad_features_change_nothing_and_raise_the_same_error(bad):
    box, messages = [[0.0, 0, 40, 80]], []
    for tracker in trackers():
        for _ in range(3):
            tracker.update(Detections(box, [1.0], [[1.0, 0.0]]))
        with pytest.raises(ValueError, match=r"finite|columns") as error:
            tracker.update(Detections(box, [1.0], [bad]))
        messages.append(str(error.value))
        assert tracker.update(Detections(box, [1.0], [[1.0, 0.0]])).time_since_update.tolist() == [
            0
        ]
    assert messages[0] == messages[1]


def test_a_bad_first_frame_does_not_settle_the_length_of_features():
    tracker, box = DeepSort(DeepSortConfig(n_init=1)), [[0.0, 0, 40, 80]]
    with pytest.raises(ValueError, match="finite"):
        tracker.update(Detections(box, [1.0], [[np.nan, 0.0, 0.0]]))
    assert tracker.update(Detections(box, [1.0], [[1.0, 0.0]])).ids.tolist() == [1]


def test_features_of_the_wrong_length_for_the_centre():
    tracker = DeepSort(metric=AppearanceMetric("cosine", 0.2, np.zeros(3)))
    with pytest.raises(ValueError, match="the metric's centre has 3"):
        tracker.update(Detections([[0.0, 0, 40, 80]], [1.0], [[1.0, 0.0]]))


def test_features_without_columns_are_all_equal():
    tracker = DeepSort(DeepSortConfig(n_init=1))
    for _ in range(3):
        tracks = tracker.update(Detections([[0.0, 0, 40, 80]], [1.0], np.empty((1, 0))))
    assert tracks.ids.tolist() == [1]


def test_zero_features_and_reset():
    compiled, reference = trackers(n_init=1)
    frames = [Detections([[0.0, 0, 40, 80], [300, 0, 40, 80]], [0.5, 0.9], np.zeros((2, 4)))] * 3
    compare_engines(compiled, reference, frames)
    compiled.reset()
    reference.reset()
    assert_same(compiled.update(frames[0]), reference.update(frames[0]))
