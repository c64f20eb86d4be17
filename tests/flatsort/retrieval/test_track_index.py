"""Tracks are found by their names."""

import pytest

from flatsort.errors import InputError


@pytest.fixture
def index(make_index):
    feature = [0.0]
    return make_index(
        ("cam:1", 3, [(1, feature), (5, feature)]),
        ("cam:1", 12, [(2, feature)]),
        ("b", -3, [(2, feature), (3, feature), (4, feature)]),
        sources=("cam:1", "empty", "b"),
    )


def test_names_lead_back_to_their_tracks(index):
    assert [index.name(track) for track in range(len(index))] == ["cam:1:3", "cam:1:12", "b:-3"]
    assert [index.find(index.name(track)) for track in range(len(index))] == [0, 1, 2]


def test_samples_of_a_track(index):
    assert [index.frames[index.rows(track)].tolist() for track in range(3)] == [
        [1, 5],
        [2],
        [2, 3, 4],
    ]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("cam:1:4", "no track '4' in cam:1, which has 2 tracks in this index, from 3 to 12"),
        ("cam:1:x", "no track 'x' in cam:1"),
        ("cam:1:", "no track '' in cam:1"),
        ("cam:1", "no source 'cam' in this index, which has cam:1, empty, b"),
        ("7", "no source ''"),
        ("empty:1", "no track '1' in empty, which has 0 tracks in this index: give SOURCE:ID"),
    ],
)
def test_unknown_names_are_refused(index, name, message):
    with pytest.raises(InputError) as error:
        index.find(name)
    assert message in str(error.value)
