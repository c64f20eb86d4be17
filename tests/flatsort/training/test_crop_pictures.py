"""Pictures of people as crops: from folders and archives, and files that are no pictures."""

import tarfile

import cv2
import numpy as np
import pytest

from flatsort.errors import InputError
from flatsort.images.crops import cut_crops
from flatsort.training.crop_pictures import read_crop_pictures

PICTURES = {
    name: np.random.default_rng(number).integers(0, 256, (40, 20, 3), np.uint8)
    for number, name in enumerate(["b.png", "a.PNG", "more/c.png"])
}


@pytest.fixture
def folder(tmp_path):
    """A folder of three pictures, and of a file that is none."""
    place = tmp_path / "people"
    (place / "more").mkdir(parents=True)
    for name, picture in PICTURES.items():
        cv2.imwrite(str(place / name), picture)
    (place / "notes.txt").write_text("not a picture")
    return place


@pytest.fixture
def archive(folder, tmp_path):
    path = tmp_path / "people.tar.gz"
    with tarfile.open(path, "w:gz") as file:
        file.add(folder, "people")
    return path


def test_pictures_come_in_the_order_of_their_names(folder):
    box = np.array([[0, 0, 20, 40]])
    expected = [cut_crops(PICTURES[n], box, 16, 16)[0] for n in ("a.PNG", "b.png", "more/c.png")]
    np.testing.assert_array_equal(read_crop_pictures(folder, 16), expected)


def test_an_archive_gives_the_crops_of_its_folder(folder, archive):
    np.testing.assert_array_equal(read_crop_pictures(archive, 16), read_crop_pictures(folder, 16))
    assert sorted(path.name for path in archive.parent.iterdir()) == ["people", "people.tar.gz"]


def test_red_stays_red(tmp_path):
    cv2.imwrite(str(tmp_path / "red.png"), np.full((8, 4, 3), (0, 0, 255), np.uint8))
    assert (read_crop_pictures(tmp_path, 4) == (255, 0, 0)).all()


def test_a_place_that_is_missing(tmp_path):
    with pytest.raises(InputError, match=r"--crops .*nobody: no such folder or archive"):
        read_crop_pictures(tmp_path / "nobody", 16)


def test_a_folder_without_pictures(tmp_path):
    (tmp_path / "notes.txt").touch()
    with pytest.raises(InputError, match=r"no picture there ends in .jpg, .jpeg, .png"):
        read_crop_pictures(tmp_path, 16)


def test_a_picture_that_cannot_be_read_is_named(folder):
    (folder / "more" / "d.jpg").write_bytes(b"half a picture")
    with pytest.raises(InputError, match=r"people: more/d.jpg: not a picture"):
        read_crop_pictures(folder, 16)


def test_an_empty_picture_is_named(folder):
    (folder / "a.jpg").touch()
    with pytest.raises(InputError, match=r"people: a.jpg: not a picture"):
        read_crop_pictures(folder, 16)


def test_half_an_archive(archive):
    data = archive.read_bytes()
    archive.write_bytes(data[: len(data) // 2])
    with pytest.raises(InputError, match=r"people\.tar\.gz: not a whole tar archive"):
        read_crop_pictures(archive, 16)


def test_a_file_that_is_no_archive(folder):
    with pytest.raises(InputError, match=r"notes\.txt: not a whole tar archive"):
        read_crop_pictures(folder / "notes.txt", 16)
