"""Sequences and folders of images as sources."""

import cv2
import numpy as np
import pytest

from flatsort.errors import InputError
from flatsort.sources.numbered import ImageFolder, SequenceSource


def save(folder, *names):
    """Write plain pictures: the first with grey 10, the next with grey 20 and so on."""
    folder.mkdir(exist_ok=True)
    for index, name in enumerate(names, 1):
        cv2.imwrite(str(folder / name), np.full((6, 8, 3), 10 * index, np.uint8))
    return folder


def greys(source, wanted=None):
    return [(frame.number, int(frame.image[0, 0, 0])) for frame in source.frames(wanted)]


def test_images_come_in_natural_order(tmp_path):
    names = ["a1.png", "a2.PNG", "a10.png", "a10b.png", "b.png", "b2.png", "b02.jpg"]
    folder = save(tmp_path / "walk", *names)
    source = ImageFolder(folder, 5.0)
    assert (source.name, source.frame_rate, source.length) == ("walk", 5.0, 7)
    # The numbers of b02 and b2 are equal, so the names decide.
    assert greys(source) == list(zip(range(1, 8), [10, 20, 30, 40, 50, 70, 60], strict=True))
    assert [frame.seconds for frame in source.frames()] == pytest.approx([n / 5 for n in range(7)])


def test_other_files_and_hidden_files_are_no_frames(tmp_path):
    folder = save(tmp_path, "1.png", "3.png")
    save(tmp_path / "deeper", "2.png")
    (folder / "._1.png").write_bytes(b"of another system")
    (folder / "notes.txt").write_text("none")
    assert ImageFolder(folder, 25).length == 2


def test_only_wanted_frames_are_opened(tmp_path):
    folder = save(tmp_path, *(f"{n}.png" for n in range(1, 6)))
    for name in ("1.png", "3.png"):
        (folder / name).write_bytes(b"")
    source = ImageFolder(folder, 25)
    assert greys(source, [2, 5]) == [(2, 20), (5, 50)]
    assert source.notes == []


def test_damaged_images_are_left_out_and_the_others_keep_their_numbers(tmp_path):
    folder = save(tmp_path / "walk", *(f"{n}.png" for n in range(1, 6)))
    (folder / "1.png").write_bytes(b"")
    (folder / "4.png").write_bytes((folder / "4.png").read_bytes()[:-20])
    source = ImageFolder(folder, 10)
    frames = list(source.frames())
    assert [frame.number for frame in frames] == [2, 3, 5]
    assert [frame.seconds for frame in frames] == pytest.approx([0.1, 0.2, 0.4])
    (note,) = source.notes
    assert note.startswith("2 images of walk left out: ")
    assert "1.png: truncated or not an image (frame 1 of walk)" in note
    # A new iteration has new notes, about its own frames.
    assert greys(source, [3, 4]) == [(3, 30)]
    assert source.notes[0].startswith("1 image of walk left out: ")
    assert "4.png" in source.notes[0]


def test_if_no_image_can_be_read_the_error_names_the_first(tmp_path):
    source = ImageFolder(save(tmp_path, "1.png", "2.png", "3.png"), 25)
    for name in ("2.png", "3.png"):
        (tmp_path / name).write_bytes(b"none")
    # Some wanted images may all be damaged: this is no error, and the notes say so.
    assert greys(source, [2, 3]) == []
    assert "2 images of" in source.notes[0]
    (tmp_path / "1.png").write_bytes(b"")
    with pytest.raises(InputError, match=r"1\.png: truncated or not an image \(frame 1 of"):
        greys(source)


def test_numbers_beyond_the_last_frame_are_ignored(tmp_path):
    source = ImageFolder(save(tmp_path, "1.png", "2.png"), 25)
    assert [number for number, _ in greys(source, [2, 3, 9])] == [2]


def test_each_iteration_starts_anew(tmp_path):
    source = ImageFolder(save(tmp_path, "1.png", "2.png"), 25)
    assert greys(source) == greys(source)


def test_an_empty_folder(tmp_path):
    with pytest.raises(InputError, match="no images here"):
        ImageFolder(tmp_path, 25)


def test_a_sequence(make_sequence):
    sequence = make_sequence(length=3, frame_rate=20)
    with SequenceSource(sequence) as source:
        frames = list(source.frames())
    assert source.location == str(sequence.folder.resolve())
    assert [(frame.number, frame.seconds) for frame in frames] == [(1, 0.0), (2, 0.05), (3, 0.1)]
    np.testing.assert_array_equal(frames[2].image, sequence.read_frame(3))
    assert not source.is_live
    assert source.notes == []


def test_a_sequence_without_images(make_sequence):
    with pytest.raises(InputError, match="has no frames"):
        SequenceSource(make_sequence(images=False))
