"""Show a download as a bar on stderr."""

import sys

from tqdm import tqdm

from flatsort.files.fetch import Progress


class DownloadBar(Progress):
    """Shows how many bytes are on disk; the bar appears with the first byte.

    Args:
        words: the words before the bar.
    """

    def __init__(self, words: str) -> None:
        self._words = words
        self._bar: tqdm | None = None

    def moved(self, have: int, total: int | None) -> None:
        """Move the bar, also back to 0 if the download starts again."""
        if self._bar is None:
            self._bar = tqdm(desc=self._words, unit="B", unit_scale=True, mininterval=0.5)
        self._bar.total = total
        self._bar.update(have - self._bar.n)

    def noted(self, sentence: str) -> None:
        """Print the sentence above the bar."""
        tqdm.write(sentence, file=sys.stderr)

    def close(self) -> None:
        """End the bar, so that the next words have a line of their own."""
        if self._bar is not None:
            self._bar.close()
