"""Tell whether an image file is whole. OpenCV fills the rest of a cut one with grey, silently."""

import re

_AFTER_DATA = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""The first marker after a scan. In its data 0x00 follows each 0xff, but for restart markers."""
_ALONE = {0x01, *range(0xD0, 0xD8)}
"""JPEG markers that no length follows."""
_SCAN, _END = 0xDA, 0xD9
_PNG = b"\x89PNG\r\n\x1a\n"


def is_whole(data: bytes) -> bool:
    """Return whether a JPEG or PNG has its end; True for other formats.

    More bytes may follow the end, such as the film of a telephone's motion photo.
    """
    if data.startswith(b"\xff\xd8"):
        return _has_jpeg_end(data)
    if data.startswith(_PNG):
        return _has_png_end(data)
    return True


def _has_jpeg_end(data: bytes) -> bool:
    """Follow the segments to the end marker; a thumbnail inside a segment has an end of its own."""
    place = 2
    while place + 2 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker == _END:
            return True
        if marker == 0xFF:
            place += 1
        elif marker in _ALONE:
            place += 2
        else:
            place += 2 + int.from_bytes(data[place + 2 : place + 4], "big")
            if marker == _SCAN:
                found = _AFTER_DATA.search(data, place)
                if found is None:
                    return False
                place = found.start()
    return False


def _has_png_end(data: bytes) -> bool:
    """Follow the chunks to IEND."""
    place = len(_PNG)
    while place + 12 <= len(data):
        length, kind = int.from_bytes(data[place : place + 4], "big"), data[place + 4 : place + 8]
        place += 12 + length
        if kind == b"IEND":
            return place <= len(data)
    return False
