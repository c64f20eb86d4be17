"""Boxes that are kept between runs: which runs share them, and what happens to a damaged file."""

from typing import ClassVar

import numpy as np
import pytest

from flatsort.detectors.box_cache import CachedDetector, open_detector
from flatsort.detectors.detector_settings import DetectorSettings
from flatsort.detectors.registry import load_detector
from flatsort.files.sequence import open_sequence
from flatsort.sources.numbered import ImageFolder, SequenceSource
from flatsort.sources.source import Frame
from flatsort.sources.video_file import VideoFile
from flatsort.tracker import Detections
from tests.flatsort.clips import grey_frames, write_clip

SETTINGS = DetectorSettings()


class Columns:
    """Finds one box per column of a picture; its brightness is the confidence in percent."""

    needs_images = True
    cache_key = "columns"
    class_names: ClassVar = {0: "person"}

    def __init__(self):
        self.seen = []

    def __call__(self, frame):
        self.seen.append(frame.number)
        columns = frame.image[0, :, 0] / 100
        boxes = [[column, frame.number, 1, 1] for column in range(len(columns))]
        return Detections(np.array(boxes, float), columns).select(columns > 0)


def frame(number, *percent):
    return Frame(number, 0.0, np.array([[[each] * 3 for each in percent]], np.uint8))


@pytest.fixture
def make(tmp_path):
    def make(detector, min_confidence=0.3, key="k", numbers=None):
        return CachedDetector(detector, min_confidence, tmp_path / "b.npz", key, numbers)

    return make


def lefts(found):
    return found.boxes_tlwh[:, 0].tolist()


def test_the_next_run_looks_only_at_new_frames(make):
    first = make(Columns())
    assert lefts(first(frame(1, 20, 90))) == [1]
    assert lefts(first(frame(2, 50))) == [0]
    first.save()
    detector = Columns()
    second = make(detector)
    found = second(Frame(1, 0.0, None))
    assert lefts(found) == [1]
    assert (found.boxes_tlwh.tolist(), found.confidences.tolist()) == ([[1, 1, 1, 1]], [0.9])
    assert lefts(second(frame(3, 40, 40))) == [0, 1]
    assert (second.reused, detector.seen) == (1, [3])
    second.save()
    assert make(detector, numbers=[1, 2, 3]).needs_images is False
    assert make(detector, numbers=[1, 2, 3, 4]).needs_images is True
    assert make(detector).needs_images is True


def test_a_run_with_another_threshold_uses_the_same_boxes(make):
    first = make(Columns(), min_confidence=0.6)
    assert lefts(first(frame(1, 20, 90))) == [1]
    first.save()
    assert lefts(make(Columns(), min_confidence=0.15)(Frame(1, 0.0, None))) == [0, 1]


def test_a_frame_without_boxes_is_remembered(make):
    first = make(Columns())
    first(frame(1, 0))
    first.save()
    assert lefts(make(Columns(), numbers=[1])(Frame(1, 0.0, None))) == []


def test_boxes_of_another_key_are_not_used(make):
    first = make(Columns())
    first(frame(1, 90))
    first.save()
    detector = Columns()
    assert lefts(make(detector, key="other")(frame(1, 10, 50))) == [1]
    assert detector.seen == [1]


@pytest.mark.parametrize("damage", [lambda data: data[:-40], lambda data: b"", lambda data: b"x"])
def test_a_damaged_file_is_written_anew(make, tmp_path, capsys, damage):
    path = tmp_path / "b.npz"
    first = make(Columns())
    first(frame(1, 90))
    first.save()
    path.write_bytes(damage(path.read_bytes()))
    again = make(Columns())
    assert f"{path} is damaged: its boxes are found again" in capsys.readouterr().err
    assert lefts(again(frame(1, 90))) == [0]
    again.save()
    assert make(Columns(), numbers=[1]).needs_images is False
    assert capsys.readouterr().err == ""


def test_a_flipped_bit_is_noticed(make, tmp_path, capsys):
    path = tmp_path / "b.npz"
    first = make(Columns())
    first(frame(1, 90))
    first.save()
    data = bytearray(path.read_bytes())
    data[data.index(np.float64(0.9).tobytes())] ^= 1
    path.write_bytes(data)
    make(Columns())
    assert "is damaged" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_to_only_gives_a_note(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    cached = CachedDetector(Columns(), 0.3, tmp_path / "file" / "b.npz", "k", None)
    cached(frame(1, 90))
    cached.save()
    assert "note: boxes are not kept for the next run" in capsys.readouterr().err


def test_the_boxes_of_a_recording_are_kept_even_if_the_run_fails(tmp_path):
    clip = write_clip(tmp_path / "clip.mp4", grey_frames(3, size=(160, 160)))
    with (
        pytest.raises(RuntimeError),
        open_detector("hog", SETTINGS, VideoFile(str(clip), "clip"), tmp_path / "c") as detector,
    ):
        for each in VideoFile(str(clip), "clip").frames([1, 2]):
            detector(each)
        raise RuntimeError
    with open_detector("hog", SETTINGS, VideoFile(str(clip), "clip"), tmp_path / "c") as detector:
        for each in VideoFile(str(clip), "clip").frames():
            detector(each)
        assert detector.reused == 2
    write_clip(clip, grey_frames(4, size=(160, 160)))
    with open_detector("hog", SETTINGS, VideoFile(str(clip), "clip"), tmp_path / "c") as detector:
        detector(next(VideoFile(str(clip), "clip").frames()))
        assert detector.reused == 0


def test_real_boxes_are_those_without_a_cache(mot_data, tmp_path):
    source = SequenceSource(open_sequence(mot_data / "MOT16" / "train" / "MOT16-09"))
    (picture,) = source.frames([300])
    settings = DetectorSettings(min_confidence=0.6)
    plain = load_detector("hog", settings)(picture)
    assert len(plain) > 3
    for _ in range(2):
        with open_detector("hog", settings, source, tmp_path / "c") as detector:
            found = detector(picture)
        np.testing.assert_array_equal(found.boxes_tlwh, plain.boxes_tlwh)
        np.testing.assert_array_equal(found.confidences, plain.confidences)
    assert detector.reused == 1


def test_a_sequence_and_its_source_share_their_boxes(make_sequence, tmp_path):
    sequence = make_sequence(length=2)
    with open_detector("hog", SETTINGS, SequenceSource(sequence), tmp_path / "c") as detector:
        for each in SequenceSource(sequence).frames():
            detector(each)
    with open_detector("hog", SETTINGS, sequence, tmp_path / "c") as detector:
        assert not detector.needs_images


def test_other_settings_have_their_own_boxes(make_sequence, tmp_path):
    source = ImageFolder(make_sequence(length=1).image_folder, 10.0)
    for settings in (SETTINGS, DetectorSettings(nms_overlap=1.0)):
        with open_detector("hog", settings, source, tmp_path / "c") as detector:
            detector(next(source.frames()))
            assert detector.reused == 0
    assert len(list((tmp_path / "c" / "boxes" / "hog").iterdir())) == 2


def test_nothing_is_kept_of_files_of_boxes_or_without_a_folder(make_sequence, tmp_path):
    sequence = make_sequence(length=1)
    word = f"file:{sequence.folder / 'det' / 'det.txt'}"
    with open_detector(word, SETTINGS, sequence, tmp_path / "c") as detector:
        assert not isinstance(detector, CachedDetector)
    with open_detector("hog", SETTINGS, sequence, None) as detector:
        assert not isinstance(detector, CachedDetector)
    assert not (tmp_path / "c").exists()
