"""FlatSORT with appearance: returns, strangers, exchanged people, and looks that say nothing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flatsort.tracker import AppearanceMetric, Detections, FlatSort, FlatSortConfig
from flatsort.tracker.reference.flat_sort import ReferenceFlatSort
from tests.tracker.compiled.engines import assert_same

RATE = 10.0
METRIC = AppearanceMetric("cosine", gate=0.2)
# Six people who stand 200 px apart. The first one is the one who goes away.
PLACES = np.array([[100.0 + 200 * person, 100, 40, 100] for person in range(6)])
LOOKS = np.eye(8, dtype=np.float32)
SECONDS_TO_LEARN = 4


def make_tracker():
    return FlatSort(FlatSortConfig(frame_rate=RATE), METRIC)


class Street:
    """Feeds a tracker frame by frame with people whose crops vary a little."""

    def __init__(self, tracker, seed=0):
        self.tracker, self.rng = tracker, np.random.default_rng(seed)

    def show(self, boxes_tlwh, looks, confidence=0.9):
        """Return the ids of the boxes, 0 for a box without a track."""
        confidences = np.full(len(boxes_tlwh), confidence)
        detections = Detections(boxes_tlwh, confidences, self.noisy(looks))
        tracks = self.tracker.update(detections)
        found = np.zeros(len(boxes_tlwh), int)
        is_seen = tracks.detection_indices >= 0
        found[tracks.detection_indices[is_seen]] = tracks.ids[is_seen]
        return found.tolist()

    def noisy(self, looks):
        return looks + self.rng.normal(0, 0.15, looks.shape).astype(np.float32)

    def pass_by(self, seconds, boxes_tlwh=PLACES, looks=LOOKS[:6]):
        for _ in range(round(seconds * RATE)):
            ids = self.show(boxes_tlwh, looks)
        return ids


def absent(street, seconds):
    street.pass_by(seconds, PLACES[1:], LOOKS[1:6])


@pytest.mark.parametrize("seconds", [3, 10, 40])
def test_a_person_comes_back_by_looks(seconds):
    street = Street(make_tracker())
    assert street.pass_by(SECONDS_TO_LEARN) == [1, 2, 3, 4, 5, 6]
    absent(street, seconds)
    back = PLACES.copy()
    back[0, 1] += 150
    assert street.pass_by(1, back) == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(("looks", "first"), [(2, 3), (7, 0)])
def test_a_person_is_back_in_the_first_frame_and_a_stranger_is_not(looks, first):
    """The third of six people goes away. Motion alone reports a track from its second frame."""
    street = Street(make_tracker())
    street.pass_by(SECONDS_TO_LEARN)
    street.pass_by(3, np.delete(PLACES, 2, axis=0), np.delete(LOOKS[:6], 2, axis=0))
    back, seen = PLACES.copy(), LOOKS[[0, 1, looks, 3, 4, 5]]
    back[2, 1] += 50
    assert street.show(back, seen) == [1, 2, first, 4, 5, 6]


def test_motion_alone_does_not_bring_a_person_back():
    tracker = FlatSort(FlatSortConfig(frame_rate=RATE))
    street = Street(tracker)
    street.pass_by(SECONDS_TO_LEARN)
    absent(street, 3)
    assert street.pass_by(1)[0] > 6


def test_a_stranger_gets_a_new_identity():
    street = Street(make_tracker())
    street.pass_by(SECONDS_TO_LEARN)
    absent(street, 3)
    strangers = np.concatenate([LOOKS[7:8], LOOKS[1:6]])
    assert street.pass_by(1, PLACES, strangers)[0] > 6


def lapses(tracker, count):
    """Let the first person be missed in every third frame; return the last frame's tracks."""
    street = Street(tracker)
    street.pass_by(SECONDS_TO_LEARN)
    for _ in range(count):
        street.pass_by(2 / RATE)
        tracks = tracker.update(Detections(PLACES[1:], np.full(5, 0.9), street.noisy(LOOKS[1:6])))
    return tracks


def test_a_person_in_a_lapse_of_the_detector_is_reported_once_this_has_proved_right():
    """Nothing is reported until (1 + right) / (5 + right) is above a half: after four lapses."""
    assert lapses(make_tracker(), 4).ids.tolist() == [2, 3, 4, 5, 6]
    tracks = lapses(make_tracker(), 5)
    assert tracks.ids.tolist() == [1, 2, 3, 4, 5, 6]
    assert tracks.detection_indices.tolist() == [-1, 0, 1, 2, 3, 4]
    assert tracks.time_since_update.tolist() == [1, 0, 0, 0, 0, 0]
    np.testing.assert_allclose(tracks.boxes_tlwh[0], PLACES[0], atol=1)


def test_lapses_are_left_empty_on_demand():
    tracker = FlatSort(FlatSortConfig(frame_rate=RATE, coasts=False), METRIC)
    assert lapses(tracker, 9).ids.tolist() == [2, 3, 4, 5, 6]


def test_motion_alone_fills_no_lapses():
    tracker = FlatSort(FlatSortConfig(frame_rate=RATE))
    assert lapses(tracker, 9).ids.tolist() == [2, 3, 4, 5, 6]


def test_nobody_comes_back_from_where_they_cannot_have_walked():
    """Within 2 s a person 100 px high gets 400 px away at most."""
    street = Street(make_tracker())
    street.pass_by(SECONDS_TO_LEARN)
    absent(street, 2)
    far = PLACES.copy()
    far[0, 0] += 3000
    assert street.pass_by(1, far)[0] > 6


def test_nobody_is_in_two_places_at_once():
    street = Street(make_tracker())
    street.pass_by(SECONDS_TO_LEARN)
    twice = np.concatenate([PLACES, [[100.0, 400, 40, 100]]])
    ids = street.pass_by(2, twice, np.concatenate([LOOKS[:6], LOOKS[:1]]))
    assert ids[:6] == [1, 2, 3, 4, 5, 6]
    assert ids[6] > 6


def test_lost_people_are_forgotten_after_return_s():
    tracker = FlatSort(FlatSortConfig(frame_rate=RATE, return_s=5.0), METRIC)
    street = Street(tracker)
    street.pass_by(SECONDS_TO_LEARN)
    absent(street, 6)
    assert street.pass_by(1)[0] > 6


def test_people_who_change_places_behind_another_keep_their_identities():
    """Two people meet behind a third for a second, and come out the other way round."""
    street = Street(make_tracker())
    places = PLACES.copy()
    places[1, 0] = 130.0
    street.pass_by(SECONDS_TO_LEARN)
    pillar = np.array([[90.0, 110, 90, 110]])
    hidden = np.concatenate([places, pillar])
    looks = np.concatenate([LOOKS[:2], LOOKS[2:6], LOOKS[6:7]])
    # Behind the third person both crops show that person's looks.
    covered = looks.copy()
    covered[:2] = LOOKS[6]
    street.pass_by(1, hidden, covered)
    exchanged = looks[:6].copy()
    exchanged[[0, 1]] = looks[[1, 0]]
    apart = PLACES.copy()
    ids = street.pass_by(2, apart, exchanged)
    assert ids[:2] == [2, 1]


def test_looks_decide_where_boxes_are_ambiguous():
    """Two people stand 30 px apart and swap within one frame: overlap says nobody moved."""
    street = Street(make_tracker())
    street.pass_by(SECONDS_TO_LEARN)
    # They walk up to each other, 10 px per frame.
    for step in range(17):
        near = PLACES.copy()
        near[1, 0] -= 10 * step
        street.show(near, LOOKS[:6])
    swapped = np.concatenate([LOOKS[[1, 0]], LOOKS[2:6]])
    closest = PLACES.copy()
    closest[1, 0] = 115.0
    assert street.show(closest, LOOKS[:6])[:2] == [1, 2]
    assert street.show(closest, swapped)[:2] == [2, 1]


@pytest.mark.parametrize("seed", range(3))
def test_looks_that_say_nothing_change_nothing(seed):
    rng = np.random.default_rng(seed)
    plain = FlatSort(FlatSortConfig(frame_rate=RATE))
    tracker = make_tracker()
    boxes = PLACES.copy()
    for _ in range(120):
        boxes = boxes + rng.normal(0, 2, boxes.shape) * [1, 1, 0.1, 0.1]
        seen = boxes[rng.random(6) < 0.8]
        noise = rng.normal(size=(len(seen), 16))
        confidences = rng.uniform(0.3, 1, len(seen))
        assert_same(
            tracker.update(Detections(seen, confidences, noise)),
            plain.update(Detections(seen, confidences)),
        )


def test_invalid_boxes_are_dropped_and_counted():
    tracker = make_tracker()
    boxes = np.array([PLACES[0], [0, 0, np.nan, 10], PLACES[1]])
    tracks = tracker.update(Detections(boxes, np.ones(3), np.eye(3)))
    assert tracker.dropped == 1
    assert tracks.detection_indices.tolist() == [0, 2]


def test_features_of_another_width_change_nothing():
    tracker = make_tracker()
    tracker.update(Detections(PLACES, np.ones(6), LOOKS[:6]))
    with pytest.raises(ValueError, match="features have 3 columns, but earlier ones had 8"):
        tracker.update(Detections(PLACES[:3], np.ones(3), np.eye(3)))
    tracks = tracker.update(Detections(PLACES, np.ones(6), LOOKS[:6]))
    assert tracks.ids.tolist() == [1, 2, 3, 4, 5, 6]


def test_features_are_needed():
    with pytest.raises(ValueError, match="appearance features"):
        make_tracker().update(Detections(PLACES, np.ones(6)))


def test_reset_forgets_people():
    tracker = make_tracker()
    first = Street(tracker).pass_by(SECONDS_TO_LEARN)
    tracker.reset()
    assert Street(tracker).pass_by(SECONDS_TO_LEARN) == first


@given(seed=st.integers(0, 2**32), people=st.integers(0, 12), kinds=st.integers(1, 6))
def test_any_stream_gives_unique_ids_and_the_boxes_of_detections(seed, people, kinds):
    """Few kinds of looks, crossing people, misses: both engines agree, and no id stands twice."""
    rng = np.random.default_rng(seed)
    compiled, readable = make_tracker(), make_tracker()
    readable._engine.single._engine = ReferenceFlatSort(FlatSortConfig(frame_rate=RATE))
    places = rng.uniform(0, 400, (people, 2))
    speeds = rng.normal(0, 15, (people, 2))
    looks = np.eye(8, dtype=np.float32)[rng.integers(kinds, size=people)]
    for _ in range(60):
        places = places + speeds
        speeds = np.where((places < 0) | (places > 400), -speeds, speeds)
        boxes = np.column_stack([places, np.full((people, 2), [40.0, 100.0])])
        seen = rng.random(people) < 0.8
        features = looks[seen] + rng.normal(0, 0.2, (seen.sum(), 8))
        frame = Detections(boxes[seen], rng.uniform(0.4, 1, seen.sum()), features)
        tracks = compiled.update(frame)
        assert_same(tracks, readable.update(frame))
        assert len(set(tracks.ids.tolist())) == len(tracks)
        assert (np.diff(tracks.ids) > 0).all()
        is_seen = tracks.detection_indices >= 0
        np.testing.assert_array_equal(is_seen, tracks.time_since_update == 0)
        np.testing.assert_array_equal(
            tracks.boxes_tlwh[is_seen], frame.boxes_tlwh[tracks.detection_indices[is_seen]]
        )
