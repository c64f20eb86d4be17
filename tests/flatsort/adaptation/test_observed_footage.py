"""Footage stored in pieces."""

from dataclasses import fields

import numpy as np
import pytest

from flatsort.adaptation.observed_footage import CollectingProgress, Footage, FootageStore, join
from flatsort.adaptation.schedule import Effort
from flatsort.errors import InputError


def assert_equal(one, other):
    for field in fields(Footage):
        np.testing.assert_array_equal(getattr(one, field.name), getattr(other, field.name))


def test_pieces_come_back_joined(make_footage, tmp_path):
    first, second = make_footage((1, 5, 0.5), (1, 50), length=2), make_footage((4, 6), numbers=[4])
    store = FootageStore(tmp_path / "footage")
    store.add(first, CollectingProgress(Effort(frames=2, looking=3.5), 2))
    store.add(second, CollectingProgress(Effort(frames=3, looking=4.5, skipped=1), 4, is_over=True))
    found = FootageStore(tmp_path / "footage").load()
    assert_equal(found, join([first, second]))
    assert found.numbers.tolist() == [1, 2, 4]
    assert found.features[0].tolist() == [0.5, 1]
    progress = store.progress()
    assert progress == CollectingProgress(Effort(frames=3, looking=4.5, skipped=1), 4, is_over=True)


def test_a_new_store_is_empty(tmp_path):
    store = FootageStore(tmp_path / "none")
    assert store.progress() == CollectingProgress(Effort())
    assert len(store.load()) == len(store.load().numbers) == 0
    assert not (tmp_path / "none").exists()


def test_pieces_without_boxes_do_not_decide_the_shapes(make_footage, tmp_path):
    store = FootageStore(tmp_path)
    store.add(make_footage(numbers=[1, 2]), CollectingProgress(Effort(), 2))
    store.add(join([]), CollectingProgress(Effort(), 2))
    store.add(make_footage((3, 5), numbers=[3]), CollectingProgress(Effort(), 3))
    found = store.load()
    assert found.images.shape == (1, 2, 2, 3)
    assert found.features.shape == (1, 2)
    assert found.boxes_tlwh.shape == (1, 4)
    assert found.numbers.tolist() == [1, 2, 3]


def test_the_unfinished_piece_of_a_killed_run_is_not_read(make_footage, tmp_path):
    store = FootageStore(tmp_path)
    store.add(make_footage((1, 5)), CollectingProgress(Effort(), 1))
    (tmp_path / ".000002.123.tmp.npz").write_bytes(b"half a piece")
    assert store.load().numbers.tolist() == [1]
    assert store.progress().position == 1


def test_a_damaged_piece_is_named(make_footage, tmp_path):
    store = FootageStore(tmp_path)
    store.add(make_footage((1, 5)), CollectingProgress(Effort(), 1))
    piece = tmp_path / "000001.npz"
    piece.write_bytes(piece.read_bytes()[:100])
    for read in (store.load, store.progress):
        with pytest.raises(InputError, match=r"000001\.npz is damaged"):
            read()


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([1, 2, 3], [[1, 2, 3]]),
        ([1, 2, 9, 10, 12], [[1, 2], [9, 10], [12]]),
    ],
)
def test_bursts_are_stretches_of_consecutive_frames(make_footage, numbers, expected):
    found = make_footage(numbers=numbers).bursts()
    assert [burst.tolist() for burst in found] == expected


def test_selecting_boxes_keeps_the_frames(make_footage):
    footage = make_footage((1, 5), (2, 6), (2, 70))
    kept = footage.select(footage.boxes_tlwh[:, 0] > 5)
    assert kept.frames.tolist() == [2, 2]
    assert kept.numbers.tolist() == [1, 2]
    assert kept.crop_set().sequences.tolist() == [0, 0]
