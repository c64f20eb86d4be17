"""Sinks of tracks: result file, other text files, film and window."""

from flatsort.sinks.film import OverlayVideo
from flatsort.sinks.sink import Sink, StopTracking
from flatsort.sinks.text import CsvFile, JsonLinesFile, ResultFile
from flatsort.sinks.window import Window

__all__ = [
    "CsvFile",
    "JsonLinesFile",
    "OverlayVideo",
    "ResultFile",
    "Sink",
    "StopTracking",
    "Window",
]
