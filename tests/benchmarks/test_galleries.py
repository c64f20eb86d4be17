"""The simulated galleries, and the figures of the page."""

import numpy as np
import pytest

from benchmarks.galleries import write_queries
from benchmarks.galleries_latents import LabelledLatents
from benchmarks.galleries_simulation import (
    BLOCK,
    Spread,
    draw,
    draw_block,
    draw_people,
    draw_queries,
    fit_spread,
    write_blocks,
)

pytest.importorskip("lancedb")

from benchmarks.galleries_engines import build, found_shares, open_latents, search, tune
from benchmarks.galleries_page import make_page, recall_with_interval
from benchmarks.galleries_real import Kind, compare
from flatsort.tracker import AppearanceMetric


def covariance(root):
    return root @ root.T


@pytest.fixture(scope="module")
def known():
    """A spread of known parts, in four dimensions."""
    return Spread(
        mean=np.array([1.0, 0, 0, 0]),
        person=np.diag([3.0, 2, 1, 1]),
        track=np.diag([1.0, 0.5, 1, 0.2]),
        box=np.diag([0.2, 0.4, 0.2, 0.1]),
        track_scales=np.ones(1),
        box_scales=np.ones(1),
        correlation=0.5,
    )


@pytest.fixture(scope="module")
def labelled(known):
    """Boxes of 3000 people with 4 tracks of 12 boxes each."""
    rng = np.random.default_rng(2)
    of_track, of_box = np.repeat(np.arange(3000), 4), np.repeat(np.arange(12000), 12)
    features = draw(known, draw_people(known, 3000, rng), of_track, of_box, rng)
    return LabelledLatents(features, of_track[of_box], of_box)


def test_the_fit_returns_what_was_drawn(known, labelled):
    found = fit_spread(labelled)
    assert found.mean == pytest.approx(known.mean, abs=0.2)
    assert covariance(found.person) == pytest.approx(covariance(known.person), abs=0.5)
    assert covariance(found.track) == pytest.approx(covariance(known.track), abs=0.1)
    # Boxes of one short track are alike, so their spread and correlation come out too small.
    assert 0.5 < np.trace(covariance(found.box)) / np.trace(covariance(known.box)) <= 1.0
    assert 0.2 < found.correlation < 0.5


def test_boxes_of_a_track_are_correlated(known):
    still = Spread(**(vars(known) | {"person": np.zeros((4, 4)), "track": np.zeros((4, 4))}))
    rng = np.random.default_rng(0)
    boxes = draw(still, np.zeros((1, 4), "f4"), np.zeros(9000, int), np.repeat(range(9000), 3), rng)
    track = boxes.reshape(-1, 3, 4)[:, :, 1]
    assert np.corrcoef(track.T)[0, 1:] == pytest.approx([0.5, 0.25], abs=0.05)
    assert track.std(axis=0) == pytest.approx(0.4, rel=0.05)


def test_a_smaller_gallery_is_the_beginning_of_a_larger_one(known, tmp_path):
    write_blocks(tmp_path / "x.f32", known, 7, 2 * BLOCK)
    stored = np.fromfile(tmp_path / "x.f32", "<f4").reshape(-1, 4)
    assert np.array_equal(stored, np.concatenate([draw_block(known, 7, n) for n in range(2)]))
    assert not np.array_equal(stored[:BLOCK], stored[BLOCK:])
    before = (tmp_path / "x.f32").stat().st_mtime_ns
    write_blocks(tmp_path / "x.f32", known, 7, BLOCK)
    assert (tmp_path / "x.f32").stat().st_mtime_ns == before


def test_queries_lie_near_their_people(known):
    still = Spread(**(vars(known) | {"track": 0.01 * known.track, "box": 0.01 * known.box}))
    queries, boxes = draw_queries(still, 7, 2, 20, 1), draw_block(still, 7, 1)
    boxes = np.concatenate([draw_block(still, 7, 0), boxes])
    nearest = np.array([np.abs(boxes - query).max(axis=1).min() for query in queries])
    assert (nearest < 0.1).all()
    assert not np.array_equal(queries, draw_queries(still, 7, 2, 20, 2))


def test_found_shares_by_hand():
    true = np.array([[1, 2, 3, 4], [5, 6, 7, 8]])
    found = np.array([[4, 3, 2, 1], [5, -1, 9, 6]])
    assert found_shares(found, true).tolist() == [1.0, 0.5]


def test_the_interval_by_hand():
    """Mean .75; the deviation of two shares .5 and 1 is .354, by root 2 and 1.96: .49."""
    assert recall_with_interval([0.5, 1.0]) == pytest.approx((0.75, 0.26, 1.0), abs=1e-3)


def test_simulated_boxes_take_the_structure_of_labelled_ones(labelled):
    few = labelled.people < 40
    small = LabelledLatents(labelled.features[few], labelled.people[few], labelled.tracks[few])
    real, simulated = compare(small, fit_spread(small), AppearanceMetric("euclidean", 1.0))
    assert real.boxes == simulated.boxes == 40 * 4 * 12
    assert list(real.recalls.values()) == sorted(real.recalls.values())
    for name, quantiles in real.distances.items():
        # The labelled boxes are normal here, so both kinds are alike.
        assert simulated.distances[name] == pytest.approx(quantiles, rel=0.5), name


def test_each_engine_builds_and_finds(tmp_path):
    """The engines find all boxes that matter, and the page takes their figures."""
    eye = np.eye(128)
    spread = Spread(np.zeros(128), eye, 0.3 * eye, 0.1 * eye, np.ones(1), np.ones(1), 0.5)
    write_blocks(tmp_path / "x.f32", spread, 0, BLOCK)
    latents = open_latents(tmp_path / "x.f32", BLOCK, 128)
    folder = tmp_path / str(BLOCK)
    write_queries(spread, tmp_path / "x.f32", folder, BLOCK)
    rows = []
    for engine in ("faiss", "approximate", "lancedb"):
        row = {"size": BLOCK, "engine": engine}
        if engine != "faiss":
            row["build"] = build(engine, latents, folder)
        row["search"] = search(engine, latents, folder)
        assert np.mean(row["search"]["shares"]) > (0.9 if engine != "faiss" else 0.999)
        assert row["search"]["memory"]["anonymous"] > 10**7
        rows.append(row)
    rows[1]["tune"] = tune(folder)
    assert rows[1]["tune"]["256"] >= rows[1]["tune"]["8"]
    kinds = [Kind(name, 5, 2, {"near": [1, 2, 3]}, {1: 0.5}) for name in ("labelled", "simulated")]
    page = make_page(rows, kinds, {"processor": "x", "cores": 2})
    lines = [line for line in page.splitlines() if line.startswith("| 10,000")]
    assert len(lines) == 3 + 2 + 1
    assert "is met" in page
    assert "| near | 1.00, 2.00, 3.00 |" in " ".join(page.split())
