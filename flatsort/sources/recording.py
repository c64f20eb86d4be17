"""Facts that tell one recording from another, so that work on its frames can be kept and reused."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from flatsort.files.sequence import Sequence
from flatsort.sources.numbered import ImageFolder, SequenceSource
from flatsort.sources.source import Source

FileFacts = tuple[str, int, int]
"""Name, size in bytes and modification time in nanoseconds of a file."""


def recording_facts(footage: Sequence | Source) -> list[FileFacts] | None:
    """Return facts of every file of a recording; they change if its frames change.

    Returns:
        The place of the recording, then its files; None if the footage is live or behind a URL,
        because then no later run can know whether its frames are the same.
    """
    if isinstance(footage, SequenceSource):
        footage = footage.sequence
    if isinstance(footage, Sequence):
        return [(str(footage.folder.resolve()), 0, 0), *frame_facts(footage)]
    if isinstance(footage, ImageFolder):
        return [(footage.location, 0, 0), *_facts(footage.paths)]
    path = Path(footage.location)
    if footage.is_live or not path.is_file():
        return None
    return [(footage.location, 0, 0), *_facts([path])]


def frame_facts(sequence: Sequence) -> Iterator[FileFacts]:
    """Yield the facts of each frame of a sequence that exists."""
    return _facts(sequence.frame_path(number) for number in range(1, sequence.length + 1))


def _facts(paths: Iterable[Path]) -> Iterator[FileFacts]:
    for path in paths:
        try:
            status = os.stat(path)
        except OSError:
            continue
        yield path.name, status.st_size, status.st_mtime_ns
