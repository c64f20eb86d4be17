"""The SHA-256 of an exported file, kept within the file itself, so that damage is noticed."""

import hashlib

SEAL = "file"
"""Key of the digest in the file's JSON metadata."""
OPEN = "0" * 64
"""The digest's place before the digest is known; the digest is that of the file with this text."""


def seal(content: bytes) -> bytes:
    """Return a file's content with its digest in the place of :data:`OPEN`.

    Raises:
        ValueError: the place is not there, or is there twice.
    """
    if content.count(_entry(OPEN)) != 1:
        raise ValueError("a file to seal has one place for its digest")
    return content.replace(_entry(OPEN), _entry(hashlib.sha256(content).hexdigest()))


def is_whole(content: bytes, digest: str) -> bool:
    """Return whether a file's content is as it was when it was sealed with this digest."""
    opened = content.replace(_entry(digest), _entry(OPEN))
    return hashlib.sha256(opened).hexdigest() == digest


def _entry(digest: str) -> bytes:
    return f'"{SEAL}": "{digest}"'.encode()
