"""The files of a crop set: written piece by piece, and never used when they are damaged."""

import resource

import numpy as np
import pytest

from flatsort.training.crop_files import read_crops, write_crops

CROPS = np.random.default_rng(0).integers(0, 255, (6, 4, 4, 3), np.uint8)
FRAMES = np.arange(6)


@pytest.fixture
def folder(tmp_path):
    write_crops(tmp_path, CROPS.shape, [CROPS[:4], CROPS[4:4], CROPS[4:]], frames=FRAMES)
    return tmp_path


def test_pieces_come_back_as_one_array_in_a_file(folder):
    images, index = read_crops(folder)
    assert isinstance(images, np.memmap)
    np.testing.assert_array_equal(images, CROPS)
    assert list(index) == ["frames"]
    np.testing.assert_array_equal(index["frames"], FRAMES)


@pytest.mark.parametrize("name", ["images.npy", "index.npz"])
def test_no_flipped_bit_is_used(folder, name):
    data = (folder / name).read_bytes()
    for place in range(0, len(data), 3):
        damaged = bytearray(data)
        damaged[place] ^= 1 << place % 8
        (folder / name).write_bytes(damaged)
        found = read_crops(folder)
        assert found is None or (
            np.array_equal(found[0], CROPS) and np.array_equal(found[1]["frames"], FRAMES)
        )


@pytest.mark.parametrize("name", ["images.npy", "index.npz"])
def test_missing_and_cut_files_are_damage(folder, name):
    data = (folder / name).read_bytes()
    (folder / name).write_bytes(data[:-7])
    assert read_crops(folder) is None
    (folder / name).unlink()
    assert read_crops(folder) is None


def test_a_full_disk_is_an_error_and_no_signal(tmp_path):
    """A limit on the size of files stands for the full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            write_crops(tmp_path, (400, 4, 4, 3), [np.zeros((400, 4, 4, 3), np.uint8)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
