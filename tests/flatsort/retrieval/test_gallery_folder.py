"""A gallery on disk finds what a comparison with all boxes finds, or says how much it misses."""

from dataclasses import replace

import numpy as np
import pytest

from flatsort.errors import InputError
from flatsort.retrieval.box_gallery import nearest_boxes, stored_points
from flatsort.retrieval.gallery_folder import FolderGallery, write_gallery
from flatsort.retrieval.gallery_recall import exact_boxes, measure_recall
from flatsort.retrieval.gallery_search import rank_gallery
from flatsort.retrieval.inverted_lists import build_lists
from flatsort.retrieval.track_distances import TrackDistances
from flatsort.retrieval.track_index import join
from flatsort.tracker import AppearanceMetric

CENTRED = AppearanceMetric("cosine", 0.25, np.full(8, 0.5))


@pytest.fixture
def cameras(make_index):
    """Three cameras with 40 tracks of 1 to 9 boxes each; the second camera has no tracks."""
    rng = np.random.default_rng(5)
    made = []
    for name in ("a", "b", "c"):
        tracks = []
        for identity in range(40):
            place = 2 * rng.normal(size=8)
            boxes = place + 0.5 * rng.normal(size=(rng.integers(1, 10), 8))
            tracks.append((name, identity, list(enumerate(boxes, start=1))))
        made.append(make_index(*tracks, metric=CENTRED, sources=(name,)))
    nothing = {
        name: getattr(made[0], name)[:0]
        for name in (
            *("track_sources", "track_ids", "spans", "pictured", "pictures"),
            *("owners", "frames", "boxes_tlwh", "features"),
        )
    }
    empty = replace(made[0], sources=(replace(made[0].sources[0], name="empty"),), **nothing)
    return [made[0], empty, *made[1:]]


@pytest.fixture
def make_gallery(cameras, tmp_path):
    """A function that writes the cameras as a gallery with an approximate index, or without."""
    pytest.importorskip("faiss")
    return lambda exact_boxes=10: write_gallery(tmp_path / "x.gallery", cameras, exact_boxes)


def everything(index, query):
    """Return the distance of each track from prepared features, by comparison with all boxes."""
    return TrackDistances(index.metric, index.features[:], index.owners).compare(query)


def test_a_search_without_candidates_finds_nothing(make_gallery):
    gallery = make_gallery()
    queries = stored_points(gallery.index, np.arange(2))
    gallery.candidates = lambda asked, count, sources: np.full((len(asked), count), -1)
    distances, rows = nearest_boxes(gallery, queries, 3)
    assert np.isinf(distances).all()
    assert (rows == -1).all()


def test_a_lost_list_or_an_empty_table_is_damage(make_gallery, tmp_path):
    make_gallery()
    (folder,) = tmp_path.rglob("*.gallery")
    (folder / "lists.faiss").unlink()
    with pytest.raises(InputError, match=r"lists\.faiss is missing"):
        FolderGallery(folder)


def test_a_gallery_holds_what_the_index_holds(make_gallery, cameras):
    whole, index = join(cameras), make_gallery().index
    assert [source.name for source in index.sources] == ["a", "empty", "b", "c"]
    for name in ("track_sources", "track_ids", "spans", "pictured", "owners", "frames"):
        assert getattr(index, name).tolist() == getattr(whole, name).tolist(), name
    assert index.boxes_tlwh.tolist() == whole.boxes_tlwh.tolist()
    assert index.features[:].tolist() == whole.features.tolist()
    assert tuple(index.pictures) == tuple(whole.pictures)
    assert index.name(119) == "c:39"


def test_the_features_stay_on_disk(make_gallery):
    assert not isinstance(make_gallery().index.features, np.ndarray)


def test_all_boxes_in_a_few_lists_are_ranked_exactly(make_gallery):
    """All lists are looked into here, so only rounding could hide a box, and SPARE makes up."""
    gallery = make_gallery()
    index = gallery.index
    allowed = np.ones(len(index), bool)
    for track in range(0, 120, 7):
        query = index.metric.prepare(index.features[index.rows(track)])
        allowed[:] = True
        allowed[track] = False
        true = np.where(allowed, everything(index, query), np.inf)
        ranking = rank_gallery(gallery, query, 5, allowed, None)
        assert ranking.tracks.tolist() == np.argsort(true, kind="stable")[:5].tolist()
        assert ranking.distances.tolist() == true[ranking.tracks].tolist()


def test_only_the_named_sources_are_searched(make_gallery):
    gallery = make_gallery()
    index, places = gallery.index, np.array([2, 3])
    allowed = np.isin(index.track_sources, places)
    query = index.metric.prepare(index.features[index.rows(3)])
    true = np.where(allowed, everything(index, query), np.inf)
    ranking = rank_gallery(gallery, query, 6, allowed, places)
    assert ranking.tracks.tolist() == np.argsort(true, kind="stable")[:6].tolist()


def test_more_is_wanted_than_there_is(make_gallery):
    gallery = make_gallery()
    boxes = len(gallery.index.owners)
    distances, rows = nearest_boxes(
        gallery, stored_points(gallery.index, np.array([0, 9])), boxes + 5
    )
    assert sorted(rows[0].tolist()) == [-1] * 5 + list(range(boxes))
    assert np.isinf(distances[rows < 0]).all()
    assert rows[:, 0].tolist() == [0, 9]
    allowed = np.arange(len(gallery.index)) < 3
    ranking = rank_gallery(gallery, stored_points(gallery.index, np.array([0])), 50, allowed, None)
    assert sorted(ranking.tracks.tolist()) == [0, 1, 2]


def test_a_comparison_with_all_goes_by_blocks(make_gallery, monkeypatch):
    gallery = make_gallery()
    queries = stored_points(gallery.index, np.arange(0, 200, 11))
    whole = exact_boxes(gallery, queries, 12)
    monkeypatch.setattr("flatsort.retrieval.gallery_recall.BLOCK", 7)
    assert exact_boxes(gallery, queries, 12).tolist() == whole.tolist()


def test_the_index_does_not_depend_on_the_blocks(make_gallery, monkeypatch):
    queries = stored_points(make_gallery().index, np.arange(50))
    at_once = make_gallery().candidates(queries, 20, None)
    monkeypatch.setattr("flatsort.retrieval.inverted_lists.BLOCK", 13)
    assert make_gallery().candidates(queries, 20, None).tolist() == at_once.tolist()


def test_recall_is_measured_and_kept(make_gallery, monkeypatch, tmp_path):
    gallery = make_gallery()
    assert gallery.recall == FolderGallery(tmp_path / "x.gallery").recall == measure_recall(gallery)
    assert gallery.recall > 0.97
    # One list of many is not enough.
    monkeypatch.setattr("flatsort.retrieval.inverted_lists.PROBED", 1)
    assert make_gallery().recall < 0.9


def test_small_galleries_have_no_approximate_index(make_gallery, files_under, tmp_path):
    assert make_gallery(exact_boxes=10**6).recall is None
    assert "x.gallery/lists.faiss" not in files_under(tmp_path)


def test_one_box_is_a_gallery(make_index, tmp_path):
    pytest.importorskip("faiss")
    index = make_index(("a", 1, [(1, [0, 1])]), sources=("a",))
    gallery = write_gallery(tmp_path / "x.gallery", [index], exact_boxes=0)
    assert nearest_boxes(gallery, index.features, 3)[1].tolist() == [[0, -1, -1]]


@pytest.mark.parametrize("is_there", [False, True])
def test_an_interrupted_build_leaves_what_was_there(
    make_gallery, cameras, tmp_path, files_under, is_there
):
    if is_there:
        make_gallery()
    before = {name: (tmp_path / name).read_bytes() for name in files_under(tmp_path)}

    def stopped():
        yield cameras[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_gallery(tmp_path / "x.gallery", stopped())
    after = {name: (tmp_path / name).read_bytes() for name in files_under(tmp_path)}
    assert after == before


def test_another_folder_is_not_replaced(cameras, tmp_path):
    (tmp_path / "x.gallery").mkdir()
    (tmp_path / "x.gallery" / "thesis.txt").write_text("mine")
    with pytest.raises(InputError, match="is not a gallery"):
        write_gallery(tmp_path / "x.gallery", cameras)
    assert (tmp_path / "x.gallery" / "thesis.txt").read_text() == "mine"


@pytest.mark.parametrize("name", ["tracks.npz", "features.f32", "pictures.bin", "lists.faiss"])
@pytest.mark.parametrize("length", [0, 5, -4, -1])
def test_files_cut_off_are_refused(make_gallery, tmp_path, name, length):
    make_gallery()
    path = tmp_path / "x.gallery" / name
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(InputError, match=r"x\.gallery is damaged") as caught:
        FolderGallery(tmp_path / "x.gallery")
    assert "index the results again" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_features_that_are_not_numbers_are_refused(make_gallery, tmp_path):
    make_gallery()
    path = tmp_path / "x.gallery" / "features.f32"
    features = np.fromfile(path, "<f4")
    features[:] = np.nan
    features.tofile(path)
    gallery = FolderGallery(tmp_path / "x.gallery")
    with pytest.raises(InputError, match=r"x\.gallery is damaged"):
        nearest_boxes(gallery, np.zeros((1, 8), np.float32), 3)


class Careless:
    """An engine that names a box that is not there."""

    engine, recall = "careless", 1.0

    def __init__(self, index):
        self.index = index

    def candidates(self, queries, count, sources):
        return np.full((len(queries), count), len(self.index.owners))


def test_boxes_that_are_not_there_are_refused(cameras):
    with pytest.raises(InputError, match="index is damaged"):
        nearest_boxes(Careless(cameras[0]), cameras[0].features[:2], 3)


def test_a_full_disk_is_reported(tmp_path):
    pytest.importorskip("faiss")
    points = np.eye(4, dtype=np.float32)
    with pytest.raises(OSError, match="is the disk full"):
        build_lists(tmp_path / "missing" / "lists.faiss", lambda rows: points[rows], 4)


def test_a_folder_that_is_not_a_gallery(tmp_path):
    with pytest.raises(InputError, match="no such gallery"):
        FolderGallery(tmp_path)
