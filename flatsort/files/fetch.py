"""Download a file over a connection that may be cut: what came is kept and gone on from."""

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

# Attempts in a row that bring nothing worth mentioning; the waits between them double.
TRIES = 5
FIRST_WAIT = 1.0
_WORTH_MENTIONING = 1 << 20
# Seconds without a byte.
_PATIENCE = 30
_PIECE = 1 << 16
# Statuses of a server that may think otherwise in a moment.
_PASSING = {408, 425, 429, 500, 502, 503, 504}


class Progress:
    """Told how a download goes; this one keeps it to itself."""

    def moved(self, have: int, total: int | None) -> None:
        """So many bytes are there, of so many (None: the server does not say)."""

    def noted(self, sentence: str) -> None:
        """Something to know that ends nothing: a cut connection, a start from the beginning."""


def fetch_file(
    url: str,
    path: Path,
    check: Callable[[Path], None] | None = None,
    progress: Progress | None = None,
) -> None:
    """Download to `path`, which appears whole or not at all.

    Until then the bytes are in `path`.part. An interrupted download leaves it there, and the next
    goes on from its end (HTTP Range) where the server still has the same file (If-Range, by ETag or
    Last-Modified); otherwise it starts anew.

    Args:
        url: begins with http:// or https://.
        path: the file to write, replaced if it is there; missing parent folders are made.
        check: called with the whole .part; what it raises leaves that in place.
        progress: told how it goes.

    Raises:
        InputError: the server cannot be reached or refuses, the connection is cut too often, the
            disk is full, or the file cannot be written there.
    """
    if not url.lower().startswith(("http://", "https://")):
        raise InputError(f"{url}: no web address: it begins with http:// or https://")
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
        # The network's errors are dealt with where it is read, so this is the disk's.
        raise InputError(f"{path}: cannot write here: {error.strerror or error}") from error


def _fill(part: Part, progress: Progress) -> None:
    """Ask again, after longer and longer waits, until everything is there."""
    failures, furthest = 0, part.resumable()[0]
    while True:
        try:
            return _ask(part, progress)
        except _Network as error:
            reason = error
        have = part.size()
        failures = 1 if have >= furthest + _WORTH_MENTIONING else failures + 1
        furthest = max(furthest, have)
        if not reason.passing or failures == TRIES:
            raise InputError(
                f"{part.url} could not be downloaded ({reason}): {_advice(part)}"
            ) from reason
        wait = FIRST_WAIT * 2 ** (failures - 1)
        progress.noted(f"{reason}: trying again in {wait:g} s")
        time.sleep(wait)


class _Network(Exception):
    """The network's part of OSError, told apart from the disk's; and whether it may pass."""

    def __init__(self, reason: object, passing: bool = True):
        super().__init__(reason)
        self.passing = passing


def _ask(part: Part, progress: Progress) -> None:
    """One request for what is not there yet, written to its end."""
    have, validator = part.resumable()
    headers = {"User-Agent": "FlatSORT"}
    if have:
        headers |= {"Range": f"bytes={have}-", "If-Range": validator}
    try:
        response = urlopen(  # noqa: S310 - http or https, fetch_file looked
            Request(part.url, headers=headers),  # noqa: S310 - likewise
            timeout=_PATIENCE,
        )
    except HTTPError as error:
        error.close()
        part.answered = True
        if error.code != 416:
            raise _Network(error, error.code in _PASSING) from error
        # "Not satisfiable": nothing comes after the last byte, or the .part is another file's.
        if have and _range(error.headers.get("Content-Range"))[1] == have:
            return
        part.remove()
        raise _Network("the server has less than what is here") from error
    except URLError as error:
        # A server never reached is one to ask the user about; one lost on the way may come back.
        reason = getattr(error.reason, "strerror", None) or error.reason
        raise _Network(f"no connection: {reason}", part.answered) from error
    except (InvalidURL, UnicodeError) as error:
        raise InputError(f"{part.url}: no web address: {error}") from error
    except (OSError, HTTPException) as error:
        raise _Network(f"no answer: {error}") from error
    with response:
        part.answered = True
        _receive(response, part, have, progress)


def _receive(response: HTTPResponse, part: Part, have: int, progress: Progress) -> None:
    """Write what a server sends from byte `have` on, or from the beginning as it sees fit."""
    total = _number(response.headers.get("Content-Length", ""))
    if have and response.status == 206:
        start, total = _range(response.headers.get("Content-Range"))
        if start != have:
            part.remove()
            raise _Network("the server sent another range than was asked for")
    elif have:
        progress.noted("starting anew: the file has changed, or the server cannot go on in it")
        have = 0
    elif part.size():
        progress.noted(f"starting anew: nothing tells that {part.path} is of the same file")
    free = shutil.disk_usage(part.path.parent).free
    if total is not None and total - have > free:
        raise InputError(
            f"{part.path}: the disk has {free / 1e9:.1f} GB free, "
            f"{(total - have) / 1e9:.1f} GB are to come: make room or choose another folder"
        )
    with part.open_at(have, response.headers) as file:
        progress.moved(have, total)
        while piece := _read(response):
            file.write(piece)
            have += len(piece)
            progress.moved(have, total)
    if total is not None and have != total:
        raise _Network(f"cut off after {have:,} of {total:,} bytes")


def _read(response: HTTPResponse) -> bytes:
    try:
        # Not read(), which loses what it has gathered when the connection is cut.
        return response.read1(_PIECE)
    except (OSError, HTTPException) as error:
        raise _Network(f"the connection was cut: {error}") from error


def _range(text: str | None) -> tuple[int | None, int | None]:
    """First byte and total of a Content-Range: "bytes 5-9/10" or "bytes */10"; None if absent."""
    span, _, total = (text or "").removeprefix("bytes").strip().partition("/")
    first = span.partition("-")[0]
    return _number(first), _number(total)


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 20 else None


def _advice(part: Part) -> str:
    have = part.resumable()[0]
    if have:
        return f"{part.path} ({have / 1e6:,.1f} MB) is kept, the same command goes on from there"
    return "check the connection and the address, and try again"
