"""The training set: the boxes that become crops, and the cache of crops."""

import os
import shutil
import subprocess
import sys

import numpy as np
import pytest

from flatsort.errors import InputError
from flatsort.images.crops import cut_crops
from flatsort.training import crop_set as crop_cache
from flatsort.training.calibration import hold_out, late_frames
from flatsort.training.crop_set import CropRule, collect_crops, cut_frames
from flatsort.training.tracklets import link_tracklets

RULE = CropRule(size=16)


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "crops"


def boxes_of(crops):
    lefts = crops.boxes_tlwh[:, 0]
    return list(zip(crops.sequences, crops.frames, lefts, strict=True))


def test_crops_are_those_of_the_frames_sequence_by_sequence(make_sequence, cache):
    first, second = make_sequence(length=3, name="A"), make_sequence(length=2, name="B")
    crops = collect_crops([first, second], RULE, cache)
    # Two people in three and in two frames.
    expected = [
        (s, n, x) for s, last in ((0, 3), (1, 2)) for n in range(1, last + 1) for x in (10, 100)
    ]
    assert boxes_of(crops) == expected
    assert len(crops) == 10
    assert (crops.images.shape, crops.images.dtype) == ((10, 16, 16, 3), np.uint8)
    for row, (sequence, frame, _) in enumerate(expected):
        image = (first, second)[sequence].read_frame(frame)
        np.testing.assert_array_equal(
            crops.images[row], cut_crops(image, crops.boxes_tlwh[row : row + 1], 16, 16)[0]
        )
    assert isinstance(crops.images, np.memmap)


def test_frames_in_memory_give_the_same_crops(make_sequence, cache):
    sequence = make_sequence(length=3)
    boxes = [[10, 20, 20, 50], [100, 40, 24, 60]]
    found = cut_frames([(sequence.read_frame(number), boxes) for number in (1, 2, 3)], 16)
    expected = collect_crops([sequence], RULE, cache)
    for part in ("images", "sequences", "frames", "boxes_tlwh"):
        np.testing.assert_array_equal(getattr(found, part), getattr(expected, part))


def test_frames_in_memory_keep_their_numbers_whatever_is_in_them():
    image = np.zeros((90, 160, 3), np.uint8)
    sound, nan, flat = [10, 20, 20, 50], [np.nan, 0, 5, 5], [0, 0, 5, 0]
    found = cut_frames([(image, [sound]), (image, []), (image, [nan, flat]), (image, [sound])], 8)
    assert found.frames.tolist() == [1, 4]
    assert found.images.shape == (2, 8, 8, 3)


@pytest.mark.parametrize("frames", [[], [(np.zeros((9, 9, 3), np.uint8), [])]])
def test_frames_in_memory_without_a_box(frames):
    with pytest.raises(InputError, match="no frame has a box"):
        cut_frames(frames)


def test_the_rule_decides_and_frames_are_put_in_order(make_sequence, cache):
    def line(frame, left, height=50, confidence=0.9, width=20):
        return f"{frame},-1,{left},20,{width},{height},{confidence},-1,-1,-1\n"

    text = line(3, 1) + line(1, 2) + line(1, 3, height=40) + line(1, 4, height=39.9)
    text += line(2, 5, confidence=0.5) + line(2, 6, confidence=0.49) + line(1, 7)
    text += line(2, "nan") + line(2, 8, width=0) + line(2, 9, width=-3) + line(2, "inf")
    text += line(2, 10, confidence="nan") + line(2, 11, height="inf")
    sequence = make_sequence(length=3, detections=text)
    crops = collect_crops([sequence], RULE, cache)
    assert boxes_of(crops) == [(0, 1, 2), (0, 1, 3), (0, 1, 7), (0, 2, 5), (0, 3, 1)]
    low = collect_crops([sequence], CropRule(size=16, min_confidence=0.1, min_height=10), cache)
    assert len(low) == 7


def test_crops_are_cut_once(make_sequence, cache):
    sequence = make_sequence(length=3)
    before = np.array(collect_crops([sequence], RULE, cache).images)
    shutil.rmtree(sequence.image_folder)
    np.testing.assert_array_equal(collect_crops([sequence], RULE, cache).images, before)
    assert len(list(cache.iterdir())) == 1


def test_other_detections_or_another_rule_are_cut_anew(make_sequence, cache):
    sequence = make_sequence(length=3)
    assert len(collect_crops([sequence], RULE, cache)) == 6
    path = sequence.find_detections()
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:4]))
    assert len(collect_crops([sequence], RULE, cache)) == 4
    # The size of the file is unchanged; its time of modification differs.
    path.write_text("".join(lines[2:]))
    os.utime(path, ns=(1, 1))
    assert collect_crops([sequence], RULE, cache).frames.tolist() == [2, 2, 3, 3]
    assert collect_crops([sequence], CropRule(size=8), cache).images.shape == (4, 8, 8, 3)


def test_the_same_name_in_another_folder_is_another_set(make_sequence, cache, tmp_path):
    red = make_sequence(length=2, under=tmp_path / "one")
    green = make_sequence((((0, 255, 0), 10, 20, 20, 50, 0),), length=2, under=tmp_path / "two")
    assert len(collect_crops([red], RULE, cache)) == 4
    assert len(collect_crops([green], RULE, cache)) == 2


def test_an_interrupted_run_leaves_no_crop_set(make_sequence, cache, monkeypatch):
    sequence = make_sequence(length=3)
    calls = []

    def interrupted(*arguments):
        calls.append(arguments)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return cut_crops(*arguments)

    monkeypatch.setattr(crop_cache, "cut_crops", interrupted)
    with pytest.raises(KeyboardInterrupt):
        collect_crops([sequence], RULE, cache)
    assert list(cache.iterdir()) == []
    assert len(collect_crops([sequence], RULE, cache)) == 6


KILLED = """
import os, signal, sys
from pathlib import Path
from flatsort.training import crop_set as crop_cache
from flatsort.training.calibration import hold_out, late_frames
from flatsort.files.sequence import open_sequence

cut = crop_cache.cut_crops
def killed(frame, *rest):
    if done:
        os.kill(os.getpid(), signal.SIGKILL)
    done.append(1)
    return cut(frame, *rest)

done = []
crop_cache.cut_crops = killed
rule = crop_cache.CropRule(size=16)
crop_cache.collect_crops([open_sequence(sys.argv[1])], rule, Path(sys.argv[2]))
"""


def test_the_crop_set_of_a_killed_run_is_not_used(make_sequence, cache):
    sequence = make_sequence(length=3)
    words = [sys.executable, "-c", KILLED, str(sequence.folder), str(cache)]
    assert subprocess.run(words, capture_output=True, check=False).returncode == -9
    crops = collect_crops([sequence], RULE, cache)
    assert len(crops) == 6
    # The killed run left rows of zeros.
    assert all(image.any() for image in crops.images)


def test_a_damaged_frame_leaves_no_set(make_sequence, cache):
    sequence = make_sequence(length=3)
    sequence.frame_path(2).write_bytes(b"")
    with pytest.raises(InputError, match=r"000002\.jpg"):
        collect_crops([sequence], RULE, cache)
    assert list(cache.iterdir()) == []


@pytest.mark.parametrize("rule", [CropRule(min_confidence=0.95), CropRule(min_height=61)])
def test_no_box_left(make_sequence, cache, rule):
    with pytest.raises(InputError, match=r"no box of det\.txt in MOT16-98 has confidence"):
        collect_crops([make_sequence(length=2)], rule, cache)
    assert not cache.exists()


def test_no_images_and_no_detections(make_sequence, cache):
    with pytest.raises(InputError, match=r"img1 has no frames: .* which training needs"):
        collect_crops([make_sequence(images=False)], RULE, cache)
    with pytest.raises(InputError, match=r"yolox\.txt: no such detection file"):
        collect_crops([make_sequence(name="B")], CropRule(detections="yolox.txt"), cache)
    assert not cache.exists()


def test_pictures_are_neither_linked_nor_held_out():
    image = np.zeros((90, 160, 3), np.uint8)
    frames = [(image, [[10, 20, 20, 50]])] * 120
    crops = cut_frames(frames, 8).add_pictures(np.full((3, 8, 8, 3), 7, np.uint8))
    assert len(crops) == 123
    assert (crops.images[-3:] == 7).all()
    # Each picture is a sequence of its own, after the sequence of the frames.
    assert crops.sequences[-4:].tolist() == [0, 1, 2, 3]
    tracklets = link_tracklets(crops)
    assert len(np.unique(tracklets[:120])) == 1
    assert len(np.unique(tracklets[-4:])) == 4
    assert not hold_out(crops, tracklets)[-3:].any()
    late = late_frames(crops, 0.25)
    assert late[90:120].all()
    assert late.sum() == 30
