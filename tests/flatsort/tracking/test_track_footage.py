"""Whole runs from a request: their files, records and ends, without a command line."""

import pytest

from flatsort.errors import InputError
from flatsort.sources.numbered import ImageFolder
from flatsort.tracking.feed import Keep
from flatsort.tracking.run_record import read_run_record
from flatsort.tracking.track_footage import track_footage
from flatsort.tracking.tracking_request import TrackingRequest


def test_a_sequence_is_tracked_by_its_detection_file(make_sequence, tmp_path):
    sequence = make_sequence(length=4)
    tracked = track_footage(sequence, TrackingRequest(results=tmp_path / "r"))
    assert (tracked.name, tracked.keep) == ("MOT16-98", Keep.WHOLE_ONLY)
    assert tracked.results == tmp_path / "r" / "none" / "MOT16-98.txt"
    assert (tracked.statistics.frames, tracked.statistics.identities) == (4, 2)
    assert tracked.statistics.is_kept
    assert not tracked.is_stopped
    record = read_run_record(tracked.results)
    assert record.source == str(sequence.folder)
    assert record.detector == str(sequence.folder / "det" / "det.txt")


def test_own_footage_is_tracked_by_a_detector(make_sequence, tmp_path):
    sequence = make_sequence(length=4)
    detector = f"file:{sequence.folder / 'det' / 'det.txt'}"
    request = TrackingRequest(detector=detector, results=tmp_path / "r", tracker="mine")
    tracked = track_footage(ImageFolder(sequence.image_folder, 10.0), request)
    assert tracked.results == tmp_path / "r" / "mine" / "img1.txt"
    assert (tracked.keep, tracked.is_stopped) == (Keep.FRAMES_SO_FAR, False)
    assert read_run_record(tracked.results).detector == detector


def test_own_footage_needs_a_detector(make_sequence, tmp_path, files_under):
    source = ImageFolder(make_sequence(length=2).image_folder, 10.0)
    before = files_under(tmp_path)
    with pytest.raises(InputError, match="img1: name a detector"):
        track_footage(source, TrackingRequest(results=tmp_path / "r"))
    assert files_under(tmp_path) == before
