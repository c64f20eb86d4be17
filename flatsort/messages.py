"""Notes and warnings for the user: messages of the logger "flatsort", of level info and warning.

A program that gives this logger a handler or a level before it imports FlatSORT keeps them.
"""

import logging
import sys

LOGGER = logging.getLogger("flatsort")
LEVELS = ("info", "warning", "error")
"""Levels that a user can choose; the first one shows progress, notes and warnings."""


class _Printer(logging.Handler):
    """Prints notes on stdout, among the results that they are about, and warnings on stderr."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print one message."""
        # The streams are looked up here, because a program may replace them.
        stream = sys.stdout if record.levelno <= logging.INFO else sys.stderr
        print(f"note: {record.getMessage()}", file=stream, flush=True)


def set_level(level: str) -> None:
    """Show messages of this level and above; see LEVELS."""
    LOGGER.setLevel(level.upper())


if not LOGGER.handlers:
    LOGGER.addHandler(_Printer())
    LOGGER.propagate = False
if LOGGER.level == logging.NOTSET:
    LOGGER.setLevel(logging.INFO)
