"""Download a file; an interrupted download continues where it stopped."""

import shutil
import time
from collections.abc import Callable
from http.client import HTTPException, HTTPResponse, InvalidURL
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from flatsort.errors import InputError
from flatsort.files.atomic import check_writable
from flatsort.files.partial_download import Part, part_path

TRIES = 5
"""Failed attempts in a row after which a download ends with an error."""
FIRST_WAIT = 1.0
"""Seconds before the second attempt; each later wait is twice as long."""
_NEW_START = 1 << 20
"""Bytes that an attempt must add (1 MiB) so that failures are counted from one again."""
_TIMEOUT = 30
"""Seconds without a byte after which the connection counts as cut."""
_PIECE = 1 << 16
"""Bytes that are read at a time: 64 KiB, so that the progress bar moves smoothly."""
_TEMPORARY = {408, 425, 429, 500, 502, 503, 504}
"""HTTP statuses for which the same request may succeed a moment later."""


class Progress:
    """Hears how a download proceeds. This class does nothing; a subclass can show it."""

    def moved(self, have: int, total: int | None) -> None:
        """Hear that `have` of `total` bytes are on disk; None if the server gives no total."""

    def noted(self, sentence: str) -> None:
        """Hear of an event that does not end the download, such as a cut connection."""


def fetch_file(
    url: str,
    path: Path,
    check: Callable[[Path], None] | None = None,
    progress: Progress | None = None,
) -> None:
    """Download to `path`, which appears complete or not at all.

    Until it is complete, the bytes lie in `path`.part. An interrupted download leaves this file.
    The next call continues at its end (HTTP Range) if the server still has the same file (If-Range,
    by ETag or Last-Modified); otherwise the download starts again.

    Args:
        url: the address; it begins with http:// or https://.
        path: the file to write; an older file is replaced, and missing parent folders are made.
        check: called with the complete .part file. If it raises, the .part file stays.
        progress: hears how the download proceeds.

    Raises:
        InputError: the server refuses or cannot be reached, the connection is cut too often, the
            disk is full, or the file cannot be written.
    """
    if not url.lower().startswith(("http://", "https://")):
        raise InputError(f"{url}: not a web address: start it with http:// or https://")
    check_writable(path)
    part = Part(part_path(path), url)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            _fill(part, progress or Progress())
        except BaseException:
            part.remove_if_useless()
            raise
        if check:
            check(part.path)
        part.finish(path)
    except OSError as error:
        # _receive and _ask handle errors of the network, so this error comes from the disk.
        raise InputError(f"{path}: cannot write here: {error.strerror or error}") from error


def _fill(part: Part, progress: Progress) -> None:
    """Send requests, after longer and longer waits, until the .part file is complete."""
    failures, furthest = 0, part.resumable()[0]
    while True:
        try:
            return _ask(part, progress)
        except _NetworkError as error:
            reason = error
        have = part.size()
        failures = 1 if have >= furthest + _NEW_START else failures + 1
        furthest = max(furthest, have)
        if not reason.is_temporary or failures == TRIES:
            raise InputError(
                f"{part.url} could not be downloaded ({reason}): {_advice(part)}"
            ) from reason
        wait = FIRST_WAIT * 2 ** (failures - 1)
        progress.noted(f"{reason}: trying again in {wait:g} s")
        time.sleep(wait)


class _NetworkError(Exception):
    """An error of the network, as opposed to an OSError of the disk.

    Args:
        reason: the cause, for the message.
        is_temporary: whether another attempt can succeed.
    """

    def __init__(self, reason: object, is_temporary: bool = True) -> None:
        super().__init__(reason)
        self.is_temporary = is_temporary


def _ask(part: Part, progress: Progress) -> None:
    """Send one request for the missing bytes and append the answer to the .part file."""
    have, validator = part.resumable()
    headers = {"User-Agent": "FlatSORT"}
    if have:
        headers |= {"Range": f"bytes={have}-", "If-Range": validator}
    try:
        response = urlopen(  # noqa: S310 - fetch_file checked for http or https
            Request(part.url, headers=headers),  # noqa: S310 - the same checked URL
            timeout=_TIMEOUT,
        )
    except HTTPError as error:
        error.close()
        part.answered = True
        if error.code != 416:
            raise _NetworkError(error, error.code in _TEMPORARY) from error
        # 416, "range not satisfiable": the .part file is complete, or belongs to another file.
        if have and _range(error.headers.get("Content-Range"))[1] == have:
            return
        part.remove()
        raise _NetworkError("the server's file is shorter than the part on disk") from error
    except URLError as error:
        # If the server has answered before, it may come back; else the address may be wrong.
        reason = getattr(error.reason, "strerror", None) or error.reason
        raise _NetworkError(f"no connection: {reason}", part.answered) from error
    except (InvalidURL, UnicodeError) as error:
        raise InputError(f"{part.url}: not a web address: {error}") from error
    except (OSError, HTTPException) as error:
        raise _NetworkError(f"no answer: {error}") from error
    with response:
        part.answered = True
        _receive(response, part, have, progress)


def _receive(response: HTTPResponse, part: Part, have: int, progress: Progress) -> None:
    """Write an answer that starts at byte `have`, or at byte 0 if the server starts there."""
    total = _number(response.headers.get("Content-Length", ""))
    if have and response.status == 206:
        start, total = _range(response.headers.get("Content-Range"))
        if start != have:
            part.remove()
            raise _NetworkError("the server sent another range than requested")
    elif have:
        progress.noted("starting again: the file has changed, or the server cannot continue it")
        have = 0
    elif part.size():
        progress.noted(f"starting again: {part.path} may belong to another file")
    free = shutil.disk_usage(part.path.parent).free
    if total is not None and total - have > free:
        raise InputError(
            f"{part.path}: the download needs {(total - have) / 1e9:.1f} GB more, but the disk has "
            f"only {free / 1e9:.1f} GB free: make room or choose another folder"
        )
    with part.open_at(have, response.headers) as file:
        progress.moved(have, total)
        while piece := _read(response):
            file.write(piece)
            have += len(piece)
            progress.moved(have, total)
    if total is not None and have != total:
        raise _NetworkError(f"cut off after {have:,} of {total:,} bytes")


def _read(response: HTTPResponse) -> bytes:
    try:
        # read() would lose the bytes that it has gathered when the connection is cut.
        return response.read1(_PIECE)
    except (OSError, HTTPException) as error:
        raise _NetworkError(f"the connection was cut: {error}") from error


def _range(text: str | None) -> tuple[int | None, int | None]:
    """Return first byte and total of a Content-Range, "bytes 5-9/10" or "bytes */10".

    Either is None where the header does not give it.
    """
    span, _, total = (text or "").removeprefix("bytes").strip().partition("/")
    first = span.partition("-")[0]
    return _number(first), _number(total)


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 20 else None


def _advice(part: Part) -> str:
    have = part.resumable()[0]
    if have:
        return f"{part.path} ({have / 1e6:,.1f} MB) stays; the same command continues from there"
    return "check the connection and the address, and try again"
