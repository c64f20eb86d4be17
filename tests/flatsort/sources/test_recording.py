"""Facts by which a run knows that a recording is still the same."""

import os

from flatsort.sources.numbered import ImageFolder, SequenceSource
from flatsort.sources.recording import recording_facts
from flatsort.sources.video_file import VideoFile
from tests.flatsort.clips import grey_frames, write_clip
from tests.flatsort.loopback import Server


def test_a_sequence_has_the_same_facts_as_its_source(make_sequence):
    sequence = make_sequence(length=3)
    facts = recording_facts(sequence)
    assert facts[0][0] == str(sequence.folder.resolve())
    assert [name for name, *_ in facts[1:]] == ["000001.jpg", "000002.jpg", "000003.jpg"]
    assert recording_facts(SequenceSource(sequence)) == facts
    os.utime(sequence.frame_path(2), (1, 1))
    assert recording_facts(sequence) != facts


def test_another_image_changes_the_facts_of_a_folder(make_sequence):
    folder = make_sequence(length=2).image_folder
    facts = recording_facts(ImageFolder(folder, 10.0))
    (folder / "000002.jpg").write_bytes(b"other")
    assert recording_facts(ImageFolder(folder, 10.0)) != facts


def test_a_video_file_and_the_same_video_behind_a_url(tmp_path):
    clip = write_clip(tmp_path / "clip.mp4", grey_frames(3), faststart=True)
    facts = recording_facts(VideoFile(str(clip), "clip"))
    assert facts == [
        (str(clip), 0, 0),
        ("clip.mp4", clip.stat().st_size, clip.stat().st_mtime_ns),
    ]
    server = Server(clip.read_bytes())
    try:
        assert recording_facts(VideoFile(server.url, "clip", 5.0)) is None
    finally:
        server.close()
