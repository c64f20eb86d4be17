"""Where tracks go: a result file, other text, a film, a window."""

from tools.sinks.film import OverlayVideo
from tools.sinks.sink import Sink, StopTracking
from tools.sinks.text import CsvFile, JsonLinesFile, ResultFile
from tools.sinks.window import Window

__all__ = [
    "CsvFile",
    "JsonLinesFile",
    "OverlayVideo",
    "ResultFile",
    "Sink",
    "StopTracking",
    "Window",
]
