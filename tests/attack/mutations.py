"""Change a valid file: bits, pieces, lines and single values, also inside archives."""

import io
import json
import re
import struct
import zipfile
from collections.abc import Callable

from hypothesis import strategies as st

Edit = tuple[str, float, float, bytes]
"""Kind of the change, place and length as fractions of the file, and bytes to put there."""
VALUES = (
    *(b"", b"null", b"true", b"[]", b"{}", b'""', b'"x"', b"[1]", b'{"a": 1}'),
    *(b"0", b"-1", b"1.5", b"1e-300", b"1e30", b"1e999", b"-1e999", b"nan", b"NaN", b"Infinity"),
    *(b"2147483648", b"9223372036854775808", b"9" * 40, b"0x10", b"1_000", b"\xff", b"\x00"),
)
"""Values that a program may not expect where another one stood."""
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null')
_LONGEST = 400
"""Most bytes that one change removes or repeats."""
_LENGTH_BYTES = 8
"""A safetensors file begins with the length of its header, as eight bytes."""


def _flip(data: bytearray, at: int, length: int, piece: bytes) -> None:
    data[at] ^= 1 << (length % 8)


def _replace(data: bytearray, at: int, length: int, piece: bytes) -> None:
    data[at : at + len(piece)] = piece


def _insert(data: bytearray, at: int, length: int, piece: bytes) -> None:
    data[at:at] = piece


def _remove(data: bytearray, at: int, length: int, piece: bytes) -> None:
    del data[at : at + length]


def _repeat(data: bytearray, at: int, length: int, piece: bytes) -> None:
    data[at:at] = data[at : at + length]


def _cut_off(data: bytearray, at: int, length: int, piece: bytes) -> None:
    del data[at:]


def _value(data: bytearray, at: int, length: int, piece: bytes) -> None:
    """Replace the first value after a place."""
    match = _TOKEN.search(data, at)
    if match:
        data[match.start() : match.end()] = piece


def _line(data: bytearray, at: int, length: int, piece: bytes) -> None:
    """Repeat the line at a place."""
    start, end = data.rfind(b"\n", 0, at) + 1, data.find(b"\n", at) + 1
    data[start:start] = data[start : end or len(data)]


_CHANGES: dict[str, Callable[[bytearray, int, int, bytes], None]] = {
    "flip": _flip,
    "replace": _replace,
    "insert": _insert,
    "remove": _remove,
    "repeat": _repeat,
    "cut off": _cut_off,
    "value": _value,
    "line": _line,
}

_fractions = st.floats(0, 1, exclude_max=True)
edits = st.lists(
    st.tuples(
        # Values are changed most often, because programs check them last.
        st.sampled_from([*_CHANGES, "value", "value", "value"]),
        _fractions,
        _fractions,
        st.sampled_from(VALUES) | st.binary(max_size=8),
    ),
    min_size=1,
    max_size=4,
)
"""Strategy of one to four changes."""


def mutate(data: bytes, changes: list[Edit], is_inside: bool) -> bytes:
    """Return a changed file.

    Args:
        data: the valid file.
        changes: the changes, in order.
        is_inside: whether to change a member of a zip archive, or the header of a safetensors file,
            so that lengths and checksums around it stay right; other files change as they are.
    """
    if is_inside and zipfile.is_zipfile(io.BytesIO(data)):
        return _in_archive(data, changes)
    if is_inside and _has_header(data):
        length = struct.unpack("<Q", data[:_LENGTH_BYTES])[0]
        header = _apply(data[_LENGTH_BYTES : _LENGTH_BYTES + length], changes)
        return struct.pack("<Q", len(header)) + header + data[_LENGTH_BYTES + length :]
    return _apply(data, changes)


def _apply(data: bytes, changes: list[Edit]) -> bytes:
    changed = bytearray(data)
    for kind, at, length, piece in changes:
        if changed:
            spot = int(at * len(changed))
            _CHANGES[kind](changed, spot, 1 + int(length * _LONGEST), piece)
    return bytes(changed)


def _in_archive(data: bytes, changes: list[Edit]) -> bytes:
    """Change one member; the first place chooses it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w") as after:
        names = before.namelist()
        chosen = names[int(changes[0][1] * len(names))]
        for name in names:
            content = before.read(name)
            if name == chosen:
                # The place is drawn again from the length, or it would depend on the member.
                moved = [(kind, length, at, piece) for kind, at, length, piece in changes]
                content = _apply(content, moved)
            after.writestr(name, content)
    return out.getvalue()


def _has_header(data: bytes) -> bool:
    if len(data) <= _LENGTH_BYTES:
        return False
    length = struct.unpack("<Q", data[:_LENGTH_BYTES])[0]
    try:
        return isinstance(json.loads(data[_LENGTH_BYTES : _LENGTH_BYTES + length]), dict)
    except ValueError:
        return False
