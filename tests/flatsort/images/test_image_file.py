"""Image files as cameras and telephones write them."""

import struct
import zlib

import cv2
import numpy as np
import pytest

from flatsort.errors import InputError
from flatsort.images.image_file import read_image
from flatsort.sources.registry import open_source

PICTURE = np.random.default_rng(0).integers(0, 255, (24, 32, 3), np.uint8)


def encoded(suffix, image=PICTURE, *options):
    return cv2.imencode(suffix, image, options)[1].tobytes()


@pytest.fixture
def read(tmp_path):
    def call(name, data):
        (tmp_path / name).write_bytes(data)
        return read_image(tmp_path / name, "frame 1")

    return call


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.jpg", ()),
        ("a.jpg", (cv2.IMWRITE_JPEG_PROGRESSIVE, 1)),
        ("a.jpg", (cv2.IMWRITE_JPEG_RST_INTERVAL, 1)),
        ("a.png", ()),
    ],
)
def test_bytes_after_the_end_are_no_harm_and_a_cut_file_is_refused(read, name, options):
    data = encoded(name[1:], PICTURE, *options)
    whole = read(name, data)
    # A motion photo has a film after the picture, which may hold the markers of a JPEG.
    tail = b"....ftypmp42" + b"\xff\xda\x00\x00" * 40
    np.testing.assert_array_equal(read(name, data + tail), whole)
    for part in (0.5, 0.9):
        with pytest.raises(InputError, match="truncated or not an image"):
            read(name, data[: int(part * len(data))])


@pytest.mark.parametrize("suffix", [".png", ".tiff"])
def test_sixteen_bits_are_stretched(read, suffix):
    # A thermal image whose values fill a twentieth of the range.
    warm = np.linspace(30_000, 33_000, 24 * 32).reshape(24, 32).astype(np.uint16)
    image = read(f"a{suffix}", encoded(suffix, warm))
    assert image.shape == (24, 32, 3)
    assert image.dtype == np.uint8
    assert (image.min(), image.max()) == (0, 255)
    assert (np.diff(image[..., 0].reshape(-1).astype(int)) >= 0).all()


def test_a_folder_says_that_its_images_are_stretched(tmp_path):
    for number in (1, 2):
        cv2.imwrite(str(tmp_path / f"{number}.png"), np.full((24, 32), 900 * number, np.uint16))
    with open_source(str(tmp_path)) as source:
        assert len(list(source.frames())) == 2
        assert "more than 8 bits" in " ".join(source.notes)


def test_several_pages_are_refused(tmp_path):
    cv2.imwritemulti(str(tmp_path / "a.tiff"), [PICTURE] * 6)
    with pytest.raises(InputError, match="it has 6 pages"):
        read_image(tmp_path / "a.tiff", "frame 1")


def test_an_image_that_is_too_large_is_one_sentence(read):
    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1000)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels)
    with pytest.raises(InputError, match=r"a\.png") as error:
        read("a.png", data + chunk(b"IEND", b""))
    assert "\n" not in str(error.value)
