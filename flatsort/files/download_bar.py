"""Show a download as a bar on stderr."""

import sys

from flatsort.files.fetch import Progress
from flatsort.progress import ProgressBar


class DownloadBar(Progress):
    """Shows how many bytes are on disk; the bar appears with the first byte.

    Args:
        words: the words before the bar.
    """

    def __init__(self, words: str) -> None:
        self._words = words
        self._bar: ProgressBar | None = None

    def moved(self, have: int, total: int | None) -> None:
        """Move the bar, also back to 0 if the download starts again."""
        if self._bar is None:
            self._bar = ProgressBar(desc=self._words, unit="B", unit_scale=True)
        self._bar.total = total
        self._bar.update(have - self._bar.n)

    def noted(self, sentence: str) -> None:
        """Print the sentence above the bar."""
        ProgressBar.write(sentence, file=sys.stderr)

    def close(self) -> None:
        """End the bar, so that the next words have a line of their own."""
        if self._bar is not None:
            self._bar.close()
