"""Names of files, trackers and people's sequences as plain text in Markdown."""

import re

_SPECIAL = re.compile(r"([\\`*\[\]<>|&])")


def plain(name: str) -> str:
    """Return Markdown that shows a name as it is, in one cell of a table.

    Underscores stay: within a word they mean nothing in Markdown.
    """
    return _SPECIAL.sub(r"\\\1", " ".join(name.split()))
