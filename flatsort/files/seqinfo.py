"""Read `seqinfo.ini`, the file that describes a sequence."""

import configparser
import math
from pathlib import Path

from flatsort.errors import InputError

LARGEST = 10_000_000
"""Largest whole number, such as a number of frames: four days at 30 frames per second."""


class SequenceInfo:
    """The [Sequence] section of a `seqinfo.ini`; errors name the file and the key.

    The section's name may have small letters, and `#` or `;` begins a comment.

    Args:
        path: the file.

    Raises:
        InputError: the file is missing or malformed, or has no such section.
    """

    def __init__(self, path: Path):
        self.path = path
        parser = configparser.ConfigParser(interpolation=None, inline_comment_prefixes=("#", ";"))
        try:
            parser.read_string(path.read_text(encoding="utf-8-sig"))
            sections = {name.lower(): name for name in parser.sections()}
            self.values = dict(parser[sections["sequence"]])
        except FileNotFoundError as error:
            raise InputError(
                f"{path.parent}: no seqinfo.ini here: give a MOTChallenge sequence folder"
            ) from error
        except OSError as error:
            raise InputError(f"{path}: cannot read: {error.strerror}") from error
        except KeyError as error:
            raise InputError(f"{path}: no section [Sequence]: restore the file") from error
        except (configparser.Error, UnicodeDecodeError) as error:
            reason = " ".join(str(error).split())
            raise InputError(f"{path}: malformed: {reason}: restore the file") from error

    def text(self, key: str, default: str) -> str:
        """Return a key's text, or `default` if the key is absent or empty."""
        return self.values.get(key.lower(), "").strip() or default

    def positive_integer(self, key: str) -> int:
        """Return a key's value, a whole number above 0.

        Raises:
            InputError: the value is absent or is no whole number above 0.
        """
        value = self.positive_number(key)
        if value != int(value):
            raise InputError(f"{self.path}: {key} must be a whole number, not {value:g}")
        if value > LARGEST:
            raise InputError(f"{self.path}: {key} must be at most {LARGEST:,}, not {value:g}")
        return int(value)

    def positive_number(self, key: str) -> float:
        """Return a key's value, a finite number above 0.

        Raises:
            InputError: the value is absent or is no finite number above 0.
        """
        word = self.text(key, "")
        if not word:
            raise InputError(f"{self.path}: no {key}: add a line `{key}=...` under [Sequence]")
        try:
            value = float(word)
        except ValueError:
            value = math.nan
        if not (math.isfinite(value) and value > 0):
            raise InputError(f"{self.path}: {key} must be a positive number, not {word!r}")
        return value

    def size(self) -> tuple[int, int] | None:
        """Return width and height of the frames in pixels; None if a key is absent or no number."""
        words = [self.text(key, "") for key in ("imWidth", "imHeight")]
        return None if not all(map(str.isdecimal, words)) else (int(words[0]), int(words[1]))
