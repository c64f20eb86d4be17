"""The choice of the boxes that stand for a track."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flatsort.files.mot_files import Rows
from flatsort.images.track_picture import shown_areas
from flatsort.retrieval.track_samples import choose_samples


def rows(*table):
    """Make rows from tuples (frame, id, left, top, width, height)."""
    values = np.array(table, float).reshape(-1, 6)
    count = len(values)
    return Rows(
        frames=values[:, 0].astype(np.int64),
        ids=values[:, 1].astype(np.int64),
        boxes_tlwh=values[:, 2:],
        confidences=np.ones(count),
        classes=np.full(count, -1),
        visibilities=np.full(count, -1.0),
        path=Path("results.txt"),
    )


def shown(table):
    return shown_areas(table.frames, table.boxes_tlwh, (1000, 1000))


def test_each_run_gives_the_box_that_shows_most():
    # Runs of two boxes: the second is larger; both are equal, so the first; the first is larger.
    widths = (10, 12, 9, 9, 20, 1)
    table = rows(*((frame, 5, 0, 0, width, 10) for frame, width in enumerate(widths, 1)))
    chosen = choose_samples(table, shown(table), 3)
    assert table.frames[chosen].tolist() == [2, 3, 5]


def test_hidden_boxes_are_chosen_only_if_there_is_no_other():
    table = rows(
        *((1, 1, 0, 0, 10, 10), (1, 2, 0, 0, 10, 10)),
        *((2, 1, 0, 0, 10, 10), (2, 2, 50, 0, 10, 10)),
    )
    chosen = choose_samples(table, shown(table), 1)
    assert list(zip(table.ids[chosen], table.frames[chosen], strict=True)) == [(1, 2), (2, 2)]
    # Two tracks that share their only box hide each other; both keep it.
    both = rows((1, 1, 0, 0, 10, 10), (1, 2, 0, 0, 10, 10))
    assert len(choose_samples(both, shown(both), 1)) == 2


def test_a_large_box_beyond_the_frame_shows_nothing():
    table = rows((1, 1, 10, 20, 20, 50), (2, 1, -500, 20, 40, 60), (3, 1, 990, 20, 40, 60))
    assert table.frames[choose_samples(table, shown(table), 1)].tolist() == [1]


def test_boxes_without_size_are_never_chosen():
    table = rows((1, 1, 0, 0, 0, 10), (1, 2, 0, 0, 5, 10), (2, 2, 0, 0, 5, 0))
    assert choose_samples(table, shown(table), 4).tolist() == [1]


@pytest.mark.parametrize("table", [rows(), rows((1, 1, 0, 0, 0, 0))])
def test_nothing_to_choose_from(table):
    assert choose_samples(table, shown(table), 4).tolist() == []


@settings(deadline=None, max_examples=60)
@given(
    places=st.sets(st.tuples(st.integers(1, 30), st.integers(1, 4)), min_size=1),
    budget=st.integers(1, 8),
)
def test_every_track_gets_its_budget_or_all_its_boxes(places, budget):
    table = rows(*((frame, identity, 40 * identity, 0, 9, 9) for frame, identity in places))
    chosen = choose_samples(table, shown(table), budget)
    for identity in np.unique(table.ids):
        frames = table.frames[chosen[table.ids[chosen] == identity]]
        assert len(frames) == min(budget, (table.ids == identity).sum())
        assert (np.diff(frames) > 0).all()
    assert (np.diff(table.ids[chosen]) >= 0).all()
