"""Helpers of tests that start commands and compare the files that they write."""

import os
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

ENOUGH_S = 60
"""Seconds in which a condition must come true."""


def wait_until(is_true: Callable[[], object]) -> None:
    """Wait until a condition holds; the test fails after a minute."""
    until = time.monotonic() + ENOUGH_S
    while not is_true():
        assert time.monotonic() < until, "nothing happened within a minute"
        time.sleep(0.01)


def has_ended(group: int) -> bool:
    """Return whether no process of a group runs any more."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


def digests(folder: Path) -> dict[str, str]:
    """Return the digests of the files in a folder, without the records, which have times."""
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".json"
    }
