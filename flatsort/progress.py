"""Show how far a long work has come: a bar on a terminal, a line every ten seconds elsewhere."""

import logging
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from tqdm import tqdm

from flatsort.messages import LOGGER

INTERVAL_S = 10.0
"""Seconds between two lines in a log file or a pipe, and before the first one."""
_MEGABYTE = 1e6
"""Bytes, the unit "B", are shown as megabytes."""
_hides_bars = False


@contextmanager
def hidden_bars() -> Iterator[None]:
    """Show no bars in the block, because another process shows how far all work has come."""
    global _hides_bars
    before, _hides_bars = _hides_bars, True
    try:
        yield
    finally:
        _hides_bars = before


class ProgressBar(tqdm):
    """A bar on stderr; off terminals, lines of text instead, and none for short work.

    If the log level of "flatsort" is above info, as with --quiet, nothing is shown.

    Args:
        items: the items to iterate over; None for work that calls :meth:`update`.
        desc: the work, such as "tracking MOT16-09".
        total: number of units of the whole work; None for the number of items, if it is known.
        unit: name of one unit, such as "frame".
        leave: whether the finished bar stays on the terminal.
        disable: whether to show nothing.
        style: further arguments of tqdm, for the bar on a terminal.
    """

    def __init__(
        self,
        items: Iterable | None = None,
        desc: str = "",
        total: float | None = None,
        unit: str = "step",
        *,
        leave: bool = True,
        disable: bool = False,
        **style: Any,
    ) -> None:
        self._is_drawn = sys.stderr.isatty()
        if not self._is_drawn:
            style |= {"mininterval": INTERVAL_S, "delay": INTERVAL_S}
        is_silent = not LOGGER.isEnabledFor(logging.INFO)
        super().__init__(
            items,
            desc,
            total,
            leave,
            unit=unit,
            disable=disable or is_silent or _hides_bars,
            **style,
        )

    def display(self, msg: str | None = None, pos: int | None = None) -> bool:
        """Draw the bar, or print the line."""
        if self._is_drawn:
            return super().display(msg, pos)
        # One call, so that a message of another thread cannot come before the line's end.
        self.fp.write(progress_line(**self.format_dict) + "\n")
        self.fp.flush()
        return True

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Take the bar off the terminal while other lines are printed."""
        if self._is_drawn:
            self.clear()
        yield
        if self._is_drawn:
            self.refresh()

    def close(self) -> None:
        """End the bar; a log gets no last line, because the command prints its result."""
        if self._is_drawn or self.disable:
            super().close()
            return
        self.disable = True
        self._decr_instances(self)


@contextmanager
def above_bars() -> Iterator[None]:
    """Clear the bars on a terminal while the block prints, and draw them again below."""
    if not sys.stderr.isatty():
        yield
        return
    with ProgressBar.external_write_mode():
        # A bar that has ended below another one leaves the cursor at its right end.
        print(end="\r", file=sys.stderr, flush=True)
        yield


def progress_line(
    *,
    n: float,
    total: float | None,
    elapsed: float,
    prefix: str,
    unit: str,
    rate: float | None = None,
    postfix: str | None = None,
    **_: Any,
) -> str:
    """Return the state of a work as one line, such as "tracking a: 12 of 30 frames (40 %), ...".

    Args:
        n: number of finished units.
        total: number of all units; None if unknown.
        elapsed: seconds since the beginning.
        prefix: the work.
        unit: name of one unit.
        rate: units per second; None for the mean so far.
        postfix: further words.
    """
    rate = rate or (n / elapsed if elapsed else 0.0)
    units = f"{unit}s"
    if unit == "B":
        n, total, rate = n / _MEGABYTE, total and total / _MEGABYTE, rate / _MEGABYTE
        unit = units = "MB"
    if total:
        parts = [f"{_number(n)} of {_number(total)} {units} ({100 * n / total:.0f} %)"]
    else:
        parts = [f"{_number(n)} {units}"]
    if rate >= 1:
        parts.append(f"{_number(round(rate))} {units}/s")
    elif rate > 0:
        parts.append(f"{1 / rate:.1f} s per {unit}")
    if total and rate > 0:
        parts.append(f"{_duration((total - n) / rate)} left")
    if postfix:
        parts.append(postfix)
    return (f"{prefix.removesuffix(': ')}: " if prefix else "") + ", ".join(parts)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def _duration(seconds: float) -> str:
    """Return seconds as text: "10 s", "12 min" or "3.5 h"."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    if seconds < 100 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
