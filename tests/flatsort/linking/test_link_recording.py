"""Recordings of several classes."""

from flatsort.linking.link_recording import link_recording
from flatsort.linking.linking_request import LinkingRequest

RATE = 10
REQUEST = LinkingRequest("none", memory_s=60.0, fill_s=1.0)


def test_tracks_of_different_classes_are_never_joined(courses):
    """Movement joins tracks 1 and 2 over two frames; track 3 stands far away."""
    walk = ((1, 1, 30, 0, 10, 4), (2, 33, 30, 128, 10, 4))
    rows = courses(*walk, (3, 1, 2, 900, 600, 0))
    rows.classes[:] = 1
    together = link_recording(rows, RATE, REQUEST)
    assert together.linked.identities == 2
    assert len(together.rows) == len(rows) + 2
    rows.classes[rows.ids == 2] = 3
    apart = link_recording(rows, RATE, REQUEST)
    assert (apart.linked.tracks, apart.linked.identities) == (3, 3)
    assert len(apart.rows) == len(rows)
    pairs = set(zip(apart.rows.ids.tolist(), apart.rows.classes.tolist(), strict=True))
    assert sorted(number for _, number in pairs) == [1, 1, 3]
    assert len({identity for identity, _ in pairs}) == 3


def test_a_track_of_several_classes_stays_whole(courses):
    """The detector takes one object now for a car and now for a truck."""
    rows = courses((1, 1, 30, 0, 10, 4), (2, 33, 30, 128, 10, 4), (3, 1, 2, 900, 600, 0))
    rows.classes[:] = 3
    rows.classes[rows.frames % 5 == 0] = 8
    linked = link_recording(rows, RATE, REQUEST)
    assert (linked.linked.tracks, linked.linked.identities) == (3, 2)
    first = linked.rows.ids[linked.rows.frames == 10]
    assert len(first) == 1
    own = linked.rows.select(linked.rows.ids == first[0])
    assert set(own.classes[own.confidences > 0].tolist()) == {3, 8}
    assert len(own) == 62
