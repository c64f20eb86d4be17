"""The detector of a user who names none."""

from dataclasses import dataclass

from flatsort.detectors.detector_settings import PERSON, DetectorSettings
from flatsort.detectors.yolox_models import fetch_model
from flatsort.errors import InputError

DEFAULT_DETECTOR = "yolox-nano"
"""The smallest and fastest of its family; its file has 3.7 MB."""
STAND_IN = "hog"
"""The detector that needs no file; it finds people only."""


@dataclass(frozen=True)
class ChosenDetector:
    """The detector of a run.

    Attributes:
        word: its word, as `load_detector` takes it.
        notes: a sentence for the user if another detector stands in for the default one.
    """

    word: str
    notes: tuple[str, ...] = ()


def choose_detector(settings: DetectorSettings) -> ChosenDetector:
    """Return the default detector; if its file cannot be had, return OpenCV's people detector.

    Raises:
        InputError: the file cannot be had, and the settings ask for more than people.
    """
    try:
        fetch_model(DEFAULT_DETECTOR)
    except InputError as error:
        if settings.classes != (PERSON,):
            raise
        note = (
            f"OpenCV's {STAND_IN} finds the people instead of {DEFAULT_DETECTOR}; it is slower and "
            f"finds fewer: {error}"
        )
        return ChosenDetector(STAND_IN, (note,))
    return ChosenDetector(DEFAULT_DETECTOR)
