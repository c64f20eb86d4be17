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
