"""Features kept between runs: when a run describes boxes again, and damaged or missing files."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from flatsort.descriptors import feature_cache as cache_module
from flatsort.descriptors import load_descriptor
from flatsort.descriptors.descriptor import Descriptor
from flatsort.descriptors.feature_cache import kept_features, open_cache
from flatsort.descriptors.feature_rows import FeatureRows
from flatsort.detectors.detection_file import DetectionTable
from flatsort.errors import InputError
from flatsort.files.mot_files import read_detections
from flatsort.files.sequence import Sequence, open_sequence
from flatsort.sinks import ResultFile, StopTracking
from flatsort.tracker import AppearanceMetric
from flatsort.tracking.feed import SequenceFeed
from flatsort.tracking.run import track_feed
from flatsort.tracking.tracker_options import TrackerOptions

WALKERS = (((0, 0, 255), 10, 20, 20, 50, 2), ((255, 0, 0), 100, 40, 24, 60, -1))


class Counted(Descriptor):
    """The mean colour of each box; ``asked`` lists the frame and box of each call."""

    metric = AppearanceMetric("euclidean", gate=20.0)
    needs_images = True

    def __init__(self, key="counted"):
        self.cache_key = key
        self.asked = []

    def start_frame(self, frame_number):
        self.number = frame_number

    def __call__(self, frame, boxes_tlwh):
        self.asked += [(self.number, *box) for box in boxes_tlwh.tolist()]
        return np.array(
            [
                frame[int(y) : int(y + h), int(x) : int(x + w)].mean((0, 1))
                for x, y, w, h in boxes_tlwh
            ],
            np.float32,
        )


@pytest.fixture
def frames_read(monkeypatch):
    read, read_frame = [], Sequence.read_frame

    def note(sequence, number):
        read.append(number)
        return read_frame(sequence, number)

    monkeypatch.setattr(Sequence, "read_frame", note)
    return read


@pytest.fixture
def run(tmp_path):
    """Return a function that tracks with a cache.

    It returns the boxes that were described again, the report, and the bytes of the result file.
    """

    def call(sequence, descriptor=None, folder=None, sinks=(), options=None, **keys):
        descriptor = descriptor or Counted(**keys)
        rows = read_detections(sequence.find_detections(), sequence.length)
        results = tmp_path / "r.txt"
        with open_cache(folder or tmp_path / "cache", "counted", descriptor, sequence) as cache:
            all_sinks = [ResultFile(results), *sinks]
            report = track_feed(
                SequenceFeed(sequence),
                DetectionTable(rows),
                descriptor,
                options or TrackerOptions(),
                all_sinks,
                cache,
            )
        return descriptor.asked, report, results.read_bytes() if results.exists() else None

    return call


def the_file(folder):
    (path,) = Path(folder).rglob("*.npz")
    return path


def test_a_second_run_describes_nothing_and_reads_nothing(run, make_sequence, frames_read):
    sequence = make_sequence(WALKERS, length=10)
    asked, report, first = run(sequence)
    assert len(asked) == report.described == 20
    assert frames_read == list(range(1, 11))
    frames_read.clear()
    asked, report, second = run(sequence)
    assert asked == frames_read == []
    assert (report.described, report.reused) == (20, 20)
    assert "20 of 20 features from the cache" in report.line()
    assert first == second
    assert first.count(b"\n") == 16


@pytest.mark.parametrize("word", ["fmvae", "histogram"])
def test_results_on_real_frames_are_the_same_bytes(word, mot_data, tmp_path, frames_read):
    """No frame is read because of weak or suppressed detections: they are never described."""
    folder = mot_data / "MOT16" / "train" / "MOT16-09"
    sequence = replace(open_sequence(folder), length=40)
    rows = read_detections(sequence.find_detections("yolox.txt"), 525)
    rows = rows.select(np.flatnonzero(rows.frames <= 40))
    written = []
    for kept in (None, tmp_path / "cache", tmp_path / "cache"):
        frames_read.clear()
        descriptor, detector = load_descriptor(word, sequence), DetectionTable(rows)
        path = tmp_path / f"{len(written)}.txt"
        with open_cache(kept, word, descriptor, sequence) as cache:
            options = TrackerOptions(nms_overlap=0.7)
            track_feed(
                SequenceFeed(sequence), detector, descriptor, options, [ResultFile(path)], cache
            )
        written.append(path.read_bytes())
    assert frames_read == []
    assert written[0] == written[1] == written[2]


def test_other_detections_describe_only_new_boxes(run, make_sequence, frames_read):
    sequence = make_sequence(WALKERS, length=6)
    run(sequence)
    path = sequence.folder / "det" / "det.txt"
    new = ["2,-1,60,20,20,50,0.9,-1,-1,-1\n", "4,-1,61,20,20,50,0.9,-1,-1,-1\n"]
    path.write_text(path.read_text() + "".join(new))
    frames_read.clear()
    asked, report, with_cache = run(sequence)
    assert asked == [(2, 60, 20, 20, 50), (4, 61, 20, 20, 50)]
    assert frames_read == [2, 4]
    assert (report.described, report.reused) == (14, 12)
    assert run(sequence, folder=path.parent / "empty")[2] == with_cache
    assert run(sequence)[0] == []


def test_a_lower_threshold_describes_only_new_boxes(run, make_sequence):
    text = "".join(
        f"{n},-1,{left},20,20,50,{confidence},-1,-1,-1\n"
        for n in range(1, 5)
        for left, confidence in ((10, 0.9), (80, 0.4))
    )
    sequence = make_sequence(WALKERS, length=4, detections=text)
    assert len(run(sequence, options=TrackerOptions(min_confidence=0.5))[0]) == 4
    assert [box[1] for box in run(sequence)[0]] == [80] * 4
    assert run(sequence, options=TrackerOptions(min_confidence=0.5))[0] == []


def test_another_descriptor_or_a_changed_frame_describes_all_boxes_again(run, make_sequence):
    sequence = make_sequence(WALKERS, length=4)
    run(sequence)
    assert len(run(sequence, key="retrained")[0]) == 8
    assert run(sequence, key="retrained")[0] == []
    frame = sequence.frame_path(2)
    os.utime(frame, ns=(1, 1))
    assert len(run(sequence, key="retrained")[0]) == 8
    # Retraining replaces the file of a sequence and a name.
    assert the_file(sequence.folder.parent / "cache")


def test_changed_crop_code_describes_all_boxes_again(run, make_sequence, monkeypatch):
    sequence = make_sequence(WALKERS, length=4)
    run(sequence)
    monkeypatch.setattr(cache_module, "CUT_VERSION", "other")
    assert len(run(sequence)[0]) == 8


def test_sequences_of_one_name_do_not_share_a_file(run, make_sequence, tmp_path):
    first, second = (
        make_sequence(WALKERS, length=4, under=tmp_path / folder) for folder in ("a", "b")
    )
    run(first)
    run(second)
    assert run(first)[0] == run(second)[0] == []


def test_a_sink_that_needs_images_gets_them_even_if_no_box_is_described(
    run, make_sequence, frames_read
):
    class Film:
        needs_images = True
        seen = 0

        def __enter__(self):
            return self

        def __exit__(self, *error):
            pass

        def write(self, frame, tracks):
            self.seen += frame.image is not None

    sequence = make_sequence(WALKERS, length=5)
    run(sequence)
    frames_read.clear()
    film = Film()
    assert run(sequence, sinks=[film])[0] == []
    assert film.seen == 5
    assert frames_read == [1, 2, 3, 4, 5]


class Stop:
    """A sink that ends the run in frame 3."""

    needs_images = False

    def __init__(self, error):
        self.error = error

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    def write(self, frame, tracks):
        if frame.number == 3:
            raise self.error


@pytest.mark.parametrize("error", [StopTracking, KeyboardInterrupt, SystemExit])
def test_features_are_kept_when_the_user_stops(run, make_sequence, error):
    sequence = make_sequence(WALKERS, length=6)
    try:
        run(sequence, sinks=[Stop(error)])
    except (KeyboardInterrupt, SystemExit):
        assert error is not StopTracking
    assert sorted({box[0] for box in run(sequence)[0]}) == [4, 5, 6]


def test_features_are_kept_when_bad_input_ends_the_run(run, make_sequence, tmp_path):
    sequence = make_sequence(WALKERS, length=6)
    sequence.frame_path(4).write_bytes(b"")
    with pytest.raises(InputError, match=r"000004\.jpg"):
        run(sequence)
    assert np.load(the_file(tmp_path / "cache"))["frames"].tolist() == [1, 1, 2, 2, 3, 3]


def test_no_flipped_bit_is_used_or_ends_a_run(tmp_path):
    """Every bit of a small file, those in the headers of its arrays among them."""
    path = tmp_path / "rows.npz"
    rows = FeatureRows(np.ones(2, "i4"), np.ones((2, 4), "f4"), np.ones((2, 3), "f4"))
    rows.write(path, "key")
    data = path.read_bytes()
    for place in range(len(data)):
        damaged = bytearray(data)
        damaged[place] ^= 1 << place % 8
        path.write_bytes(damaged)
        found = FeatureRows.read(path, "key")
        # A bit that changes nothing, such as one of a time of writing, is no damage.
        assert len(found) == 0 or np.array_equal(found.features, rows.features)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_features_that_are_not_finite_are_damage(tmp_path, value):
    path = tmp_path / "rows.npz"
    rows = FeatureRows(np.ones(2, "i4"), np.ones((2, 4), "f4"), np.full((2, 3), value, "f4"))
    rows.write(path, "key")
    assert len(FeatureRows.read(path, "key")) == 0


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "text", "folder"])
def test_a_damaged_file_is_replaced(run, make_sequence, tmp_path, damage, capsys):
    sequence = make_sequence(WALKERS, length=4)
    run(sequence)
    path = the_file(tmp_path / "cache")
    data = bytearray(path.read_bytes())
    if damage == "flipped":
        start = data.rfind(b"features.npy", 0, data.find(b"PK\x01\x02"))
        data[start + 150] ^= 1
    changed = {"cut": data[:-50], "flipped": data, "empty": b"", "text": b"not a cache"}
    path.unlink()
    if damage == "folder":
        path.mkdir()
    else:
        path.write_bytes(changed[damage])
    assert len(run(sequence)[0]) == 8
    if damage in ("cut", "flipped", "empty", "text"):
        assert f"{path} is damaged: its features are computed again" in capsys.readouterr().err
    if damage == "folder":
        assert "note: features are not kept for the next run" in capsys.readouterr().err
    else:
        assert run(sequence)[0] == []


def test_a_folder_without_write_permission_gives_one_note(run, make_sequence, tmp_path, capsys):
    (tmp_path / "file").touch()
    for name in ("MOT16-01", "MOT16-02"):
        sequence = make_sequence(WALKERS, length=4, name=name)
        assert len(run(sequence, folder=tmp_path / "file")[0]) == 8
    notes = [line for line in capsys.readouterr().err.splitlines() if line.startswith("note")]
    assert len(notes) == 1
    assert "cannot write here" in notes[0]


def test_two_runs_at_once_keep_the_features_of_both(run, make_sequence, tmp_path):
    sequence = make_sequence(WALKERS, length=6)
    path = sequence.folder / "det" / "det.txt"
    whole = path.read_text().splitlines(keepends=True)
    descriptor = Counted()
    with open_cache(tmp_path / "cache", "counted", descriptor, sequence) as cache:
        boxes = np.array([[60, 20, 20, 50]], np.float32)
        path.write_text("".join(whole[:6]))
        assert len(run(sequence)[0]) == 6
        cache.add(1, boxes, np.array([[1, 2, 3]], np.float32))
    path.write_text("".join(whole[:6]) + "1,-1,60,20,20,50,0.9,-1,-1,-1\n")
    assert run(sequence)[0] == []


def test_unused_rows_are_kept_up_to_a_limit(run, make_sequence, tmp_path, monkeypatch):
    monkeypatch.setattr(cache_module, "UNUSED_ROWS", 3)
    sequence = make_sequence(WALKERS, length=4)
    path = sequence.folder / "det" / "det.txt"
    text = path.read_text()
    run(sequence)
    path.write_text("1,-1,60,20,20,50,0.9,-1,-1,-1\n")
    run(sequence)
    assert len(np.load(the_file(tmp_path / "cache"))["frames"]) == 1 + 3
    path.write_text(text)
    assert len(run(sequence)[0]) == 5


def test_a_descriptor_without_a_key_keeps_nothing(run, make_sequence, tmp_path):
    sequence = make_sequence(WALKERS, length=4)
    assert len(run(sequence, key=None)[0]) == len(run(sequence, key=None)[0]) == 8
    assert not (tmp_path / "cache").exists()


def test_the_cache_key_of_weights_depends_on_their_bytes(make_sequence, tiny_weights, tmp_path):
    sequence = make_sequence(WALKERS, length=2)
    first, second = tiny_weights("mine"), tiny_weights("mine", latent_mean=[1.0] * 8)
    keys = [load_descriptor(str(path), sequence).cache_key for path in (first, second)]
    copy = tmp_path / "copy.safetensors"
    copy.write_bytes(first.read_bytes())
    assert keys[0] != keys[1]
    assert load_descriptor(str(copy), sequence).cache_key == keys[0]


def test_kept_features_can_be_read(run, make_sequence, tmp_path):
    sequence = make_sequence(WALKERS)
    asked, _, _ = run(sequence)
    folder = tmp_path / "cache"
    rows = kept_features(folder, "counted", Counted(), sequence)
    found = [
        (frame, *box)
        for frame, box in zip(rows.frames.tolist(), rows.boxes_tlwh.tolist(), strict=True)
    ]
    assert sorted(found) == sorted(asked)
    assert rows.features.shape == (len(asked), 3)
    for nothing in (
        kept_features(None, "counted", Counted(), sequence),
        kept_features(folder, "counted", Counted("another"), sequence),
        kept_features(folder, "counted", Counted(None), sequence),
        kept_features(folder, "other", Counted(), sequence),
    ):
        assert len(nothing) == 0
