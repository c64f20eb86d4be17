"""Figures of the evidence in words and tables."""

from collections.abc import Iterable

import numpy as np
from tabulate import tabulate

from benchmarks.evidence_bootstrap import Interval, Scored

SMALL, LARGE = 1.0, 4.0
"""Differences in percentage points below which an effect is called small, and from which large."""


def text(interval: Interval) -> str:
    """Return a difference with its interval."""
    measured, low, high = _printed(interval)
    return f"{measured:+.1f} ({low:+.1f} to {high:+.1f})"


def words(interval: Interval) -> str:
    """Return what a difference says, as it is printed."""
    measured, low, high = _printed(interval)
    if low <= 0 <= high:
        return "cannot tell"
    strength = "a little " if abs(measured) < SMALL else "much " if abs(measured) >= LARGE else ""
    return strength + ("better" if measured > 0 else "worse")


def share_text(share: Interval | None) -> str:
    """Return the share of a gain, in %; None where there is no gain to share."""
    if share is None:
        return "labels bring no sure gain"
    return f"{share.measured:.0f} % ({share.low:.0f} to {share.high:.0f})"


def mean_text(scored: Scored) -> str:
    """Return the mean; with several trainings, also the standard deviation over them."""
    mean = scored.measured.mean()
    if scored.measured.shape[1] < 2:
        return f"{mean:.1f}"
    return f"{mean:.1f} ± {np.std(scored.measured.mean(axis=0), ddof=1):.1f}"


def markdown(table: Iterable[list[str]], headers: list[str]) -> str:
    """Return a table in Markdown."""
    return tabulate(table, headers, tablefmt="github", disable_numparse=True)


def _printed(interval: Interval) -> tuple[float, float, float]:
    # Adding zero turns -0.0 into 0.0.
    measured, low, high = (
        round(value, 1) + 0.0 for value in (interval.measured, interval.low, interval.high)
    )
    return measured, low, high
