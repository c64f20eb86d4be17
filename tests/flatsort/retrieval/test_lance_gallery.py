"""A database of LanceDB answers as the index does, and survives the death of its writer."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest

from flatsort.errors import InputError
from flatsort.retrieval.gallery_search import rank_gallery
from flatsort.retrieval.index_file import write_index
from flatsort.retrieval.neighbours import ENGINES
from flatsort.retrieval.ranking import TrackSearch
from flatsort.retrieval.track_distances import TrackDistances
from flatsort.retrieval.track_index import join
from flatsort.tracker import AppearanceMetric

pytest.importorskip("lancedb")

from flatsort.retrieval.lance_gallery import LanceGallery, stored_sources, write_lance

CENTRED = AppearanceMetric("cosine", 0.25, np.full(8, 0.5))
ARRAYS = ("track_sources", "track_ids", "spans", "pictured", "owners", "frames", "boxes_tlwh")
WRITER = """
import sys
from pathlib import Path
from flatsort.retrieval.index_file import read_index
from flatsort.retrieval.lance_gallery import stored_sources, write_lance
folder = Path(sys.argv[1])
parts = [read_index(Path(name)) for name in sys.argv[2:]]
stored = stored_sources(folder, parts[0].fingerprint)

def left():
    for part in parts:
        if part.sources[0].name not in stored:
            print("adds", flush=True)
            yield part

write_lance(folder, left())
"""


@pytest.fixture
def make_cameras(make_index):
    """A function that makes cameras with tracks of 1 to 9 boxes each."""

    def make(count, tracks=30, metric=CENTRED):
        rng = np.random.default_rng(5)
        made = []
        for number in range(count):
            name = f"camera {number}'s"
            own = []
            for identity in range(tracks):
                boxes = 2 * rng.normal(size=8) + 0.5 * rng.normal(size=(rng.integers(1, 10), 8))
                own.append((name, identity, list(enumerate(boxes, start=1))))
            made.append(make_index(*own, metric=metric, sources=(name,)))
        return made

    return make


def assert_holds(index, cameras):
    """The index of a database holds exactly these cameras, in order."""
    whole = join(cameras)
    assert index.sources == whole.sources
    for name in ARRAYS:
        assert getattr(index, name).tolist() == getattr(whole, name).tolist(), name
    assert index.features[:].tolist() == whole.features.tolist()
    assert [index.pictures[track] for track in range(len(index))] == list(whole.pictures)
    assert (index.metric.kind, index.metric.gate) == (whole.metric.kind, whole.metric.gate)


@pytest.mark.parametrize("metric", [CENTRED, AppearanceMetric("euclidean", 3.0)])
def test_a_database_holds_what_the_index_holds(make_cameras, tmp_path, metric):
    cameras = make_cameras(3, metric=metric)
    assert_holds(write_lance(tmp_path / "new" / "x.lance", cameras).index, cameras)
    index = LanceGallery(tmp_path / "new" / "x.lance").index
    assert np.array_equal(index.metric.centre, metric.centre)
    whole = join(cameras).features
    assert index.features[np.array([2, 9, 100])].tolist() == whole[[2, 9, 100]].tolist()
    assert index.features[index.rows(7)].tolist() == whole[index.rows(7)].tolist()


@pytest.mark.parametrize("exact_boxes", [10, 10**6])
def test_it_answers_as_the_index(make_cameras, tmp_path, exact_boxes):
    """With an approximate index (10) and without (10**6), as a comparison with all boxes."""
    cameras = make_cameras(4)
    gallery = write_lance(tmp_path / "x.lance", cameras, exact_boxes)
    assert gallery.recall == (1.0 if exact_boxes == 10 else None)
    whole = join(cameras)
    distances = TrackDistances(whole.metric, whole.features, whole.owners)
    search = TrackSearch(distances, ENGINES["kd-tree"])
    for track in range(0, 120, 9):
        query = whole.metric.prepare(whole.features[whole.rows(track)])
        for places in (None, np.array([1, 3])):
            allowed = np.ones(120, bool) if places is None else np.isin(whole.track_sources, places)
            allowed[track] = False
            found = rank_gallery(gallery, query, 7, allowed, places)
            exact = search.nearest(query, 7, np.flatnonzero(~allowed))
            assert found.tracks.tolist() == exact.tracks.tolist()
            assert found.distances.tolist() == exact.distances.tolist()


def test_the_recall_is_that_of_the_index(make_cameras, tmp_path, monkeypatch):
    """With one list per query, many neighbours lie in other lists; a full comparison finds all."""
    monkeypatch.setattr("flatsort.retrieval.lance_gallery.PROBED", 1)
    gallery = write_lance(tmp_path / "x.lance", make_cameras(4), exact_boxes=10)
    assert 0 < gallery.recall < 1


def test_cameras_without_tracks_add_nothing(make_cameras, tmp_path):
    """A second run may be left with them alone."""
    cameras = make_cameras(2)
    write_lance(tmp_path / "x.lance", cameras)
    bare = {name: getattr(cameras[0], name)[:0] for name in (*ARRAYS, "features", "pictures")}
    assert_holds(write_lance(tmp_path / "x.lance", [replace(cameras[0], **bare)]).index, cameras)


def test_a_database_grows(make_cameras, tmp_path):
    cameras = make_cameras(3)
    write_lance(tmp_path / "x.lance", cameras[:1], exact_boxes=10)
    assert stored_sources(tmp_path / "x.lance", "f") == {"camera 0's": "/results/camera 0's.txt"}
    gallery = write_lance(tmp_path / "x.lance", cameras[1:], exact_boxes=10)
    assert_holds(gallery.index, cameras)
    # Nothing is left to add.
    assert_holds(write_lance(tmp_path / "x.lance", []).index, cameras)


def test_a_recall_of_fewer_boxes_does_not_count(make_cameras, tmp_path):
    cameras = make_cameras(2)
    assert write_lance(tmp_path / "x.lance", cameras[:1], exact_boxes=10).recall == 1.0
    assert write_lance(tmp_path / "x.lance", cameras[1:]).recall is None


def test_killed_writers_leave_whole_cameras_and_are_completed(make_cameras, tmp_path):
    """The writer is killed while it adds its fifth camera; each is there whole or not at all."""
    cameras = make_cameras(20)
    files = []
    for number, camera in enumerate(cameras):
        files.append(tmp_path / f"{number}.npz")
        write_index(files[-1], camera)
    folder, before = tmp_path / "x.lance", 0
    words = [sys.executable, "-c", WRITER, str(folder), *map(str, files)]
    for delay_s in (0, 0.004, 0.012):
        with subprocess.Popen(words, stdout=subprocess.PIPE, env=os.environ) as writer:
            for _ in range(5):
                assert writer.stdout.readline() == b"adds\n"
            time.sleep(delay_s)
            writer.send_signal(signal.SIGKILL)
        stored = len(stored_sources(folder, "f"))
        assert before + 4 <= stored < len(cameras)
        assert_holds(LanceGallery(folder).index, cameras[:stored])
        before = stored
    subprocess.run(words, check=True, capture_output=True)
    assert_holds(LanceGallery(folder).index, cameras)


def test_another_descriptor_is_refused(make_cameras, tmp_path):
    [camera] = make_cameras(1)
    write_lance(tmp_path / "x.lance", [camera])
    other = replace(camera, fingerprint="g")
    with pytest.raises(InputError, match="made by another descriptor"):
        write_lance(tmp_path / "x.lance", [other])
    with pytest.raises(InputError, match="made by another descriptor"):
        stored_sources(tmp_path / "x.lance", "g")


def test_folders_that_are_no_database(make_cameras, tmp_path):
    with pytest.raises(InputError, match="no such database"):
        LanceGallery(tmp_path / "x.lance")
    with pytest.raises(InputError, match="no tracks"):
        write_lance(tmp_path / "x.lance", [])
    (tmp_path / "x.lance").mkdir()
    (tmp_path / "x.lance" / "thesis.txt").write_text("mine")
    with pytest.raises(InputError, match="is not a database"):
        write_lance(tmp_path / "x.lance", make_cameras(1))
    assert os.listdir(tmp_path / "x.lance") == ["thesis.txt"]


@pytest.mark.parametrize("part", ["_versions", "data"])
@pytest.mark.parametrize("is_cut", [True, False])
def test_damaged_databases_are_refused(make_cameras, tmp_path, part, is_cut):
    write_lance(tmp_path / "x.lance", make_cameras(2))
    for path in (tmp_path / "x.lance" / "boxes.lance" / part).iterdir():
        if is_cut:
            path.write_bytes(path.read_bytes()[:-40])
        else:
            path.unlink()
    with pytest.raises(InputError, match=r"x\.lance is damaged") as caught:
        index = LanceGallery(tmp_path / "x.lance").index
        index.features[:]
    assert "\n" not in str(caught.value)
