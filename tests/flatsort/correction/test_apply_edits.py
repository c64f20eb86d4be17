"""Edits of identities, on tracks with known people."""

import pytest

from flatsort.correction.apply_edits import apply_edits
from flatsort.correction.edits import Edit
from flatsort.errors import InputError


@pytest.fixture
def tracks(make_rows):
    """Tracks 1 and 2 in frames 1 to 10, track 3 in frames 4 and 5, track 4 in 12 to 14."""
    return make_rows(
        *((n, 1, 0) for n in range(1, 11)),
        *((n, 2, 50) for n in range(1, 11)),
        *((n, 3, 90) for n in (4, 5)),
        *((n, 4, 0) for n in (12, 13, 14)),
    )


def corrected(rows, *edits):
    """Return place -> {frame: identity}; the places are 0, 50 and 90 pixels."""
    found = apply_edits(rows, [Edit(*edit) for edit in edits], "edits.json")
    places = {}
    for frame, identity, box in zip(found.frames, found.ids, found.boxes_tlwh, strict=True):
        places.setdefault(int(box[0]), {})[int(frame)] = int(identity)
    return places


def span(first, last, identity):
    return dict.fromkeys(range(first, last + 1), identity)


def test_a_swap_exchanges_two_tracks_from_its_frame_on(tracks):
    found = corrected(tracks, ("swap", 6, (1, 2)))
    assert found[0] == {**span(1, 5, 1), **span(6, 10, 2), **span(12, 14, 4)}
    assert found[50] == {**span(1, 5, 2), **span(6, 10, 1)}
    assert found[90] == span(4, 5, 3)


def test_a_swap_twice_exchanges_a_stretch(tracks):
    for edits in (
        [("swap", 4, (1, 2)), ("swap", 8, (1, 2))],
        [("swap", 8, (2, 1)), ("swap", 4, (1, 2))],
    ):
        found = corrected(tracks, *edits)
        assert found[50] == {**span(1, 3, 2), **span(4, 7, 1), **span(8, 10, 2)}


def test_a_swap_with_a_track_that_has_ended_moves_the_rest(tracks):
    """Track 3 ends in frame 5; from frame 6 on, its person is in track 1."""
    found = corrected(tracks, ("swap", 6, (1, 3)))
    assert found[0] == {**span(1, 5, 1), **span(6, 10, 3), **span(12, 14, 4)}
    assert found[90] == span(4, 5, 3)


def test_a_merge_takes_the_identity_of_the_first_part(tracks):
    found = corrected(tracks, ("merge", 11, (4, 1)))
    assert found[0] == {**span(1, 10, 1), **span(12, 14, 1)}


def test_a_split_gives_the_rest_a_new_identity(tracks):
    found = corrected(tracks, ("split", 6, (2,)))
    assert found[50] == {**span(1, 5, 2), **span(6, 10, 5)}


def test_a_false_track_goes(tracks):
    assert 90 not in corrected(tracks, ("false", 4, (3,)))


def test_only_the_part_at_the_frame_is_false(tracks):
    found = corrected(tracks, ("split", 6, (2,)), ("false", 9, (2,)))
    assert found[50] == span(1, 5, 2)
    found = corrected(tracks, ("split", 6, (2,)), ("false", 5, (2,)))
    assert list(found[50]) == [6, 7, 8, 9, 10]


def test_edits_name_the_tracks_before_all_edits(tracks):
    """After the swap, the boxes at place 0 from frame 6 on are person 2; track 4 continues them."""
    edits = [("swap", 6, (1, 2)), ("merge", 11, (1, 4))]
    for order in (edits, edits[::-1]):
        found = corrected(tracks, *order)
        assert found[0] == {**span(1, 5, 1), **span(6, 10, 2), **span(12, 14, 2)}


def test_no_box_changes_and_all_others_stay(tracks):
    found = apply_edits(tracks, [Edit("swap", 6, (1, 2))], "edits.json")
    assert (found.boxes_tlwh == tracks.boxes_tlwh).all()
    assert (found.frames == tracks.frames).all()


@pytest.mark.parametrize(
    ("edits", "sentence"),
    [
        ([("split", 5, (9,))], r"edit 1 \(split 9 in frame 5\): the results have no track 9"),
        ([("merge", 5, (1, 2))], r"edit 1 .*: the person would be in frame 1 twice"),
        ([("split", 5, (1,)), ("swap", 5, (1, 2))], r"edit 2 .* another edit cuts track 1 there"),
        ([("swap", 20, (1, 2))], "neither track goes on as the other one there"),
        ([("merge", 11, (1, 4)), ("merge", 5, (2, 4))], r"edit 2 .*in frame 1 twice"),
    ],
)
def test_edits_that_cannot_be(tracks, edits, sentence):
    with pytest.raises(InputError, match=sentence):
        corrected(tracks, *edits)
