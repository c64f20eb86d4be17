"""Read JSON files that people may have edited: every value must have the type of its place."""

import json
import math
import types
import typing
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar

from flatsort.errors import InputError

LARGEST = 1e15
"""Largest size of a number. Whole numbers up to here are exact as float64, and no frame, pixel or
second needs a larger one."""
_KINDS = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}

T = TypeVar("T")


def read_json(path: Path, advice: str = "") -> Any:
    """Return the content of a JSON file.

    Args:
        path: the file.
        advice: ends the sentence about a file that is no JSON.

    Raises:
        FileNotFoundError: there is no such file.
        InputError: the file cannot be read, or it is no JSON.
    """
    end = f": {advice}" if advice else ""
    try:
        return parse_json(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise
    except OSError as error:
        raise InputError(f"{path}: cannot read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not a text file: {error.reason}{end}") from error
    except json.JSONDecodeError as error:
        raise InputError(f"{path}, line {error.lineno}: not JSON: {error.msg}{end}") from error
    except ValueError as error:
        raise InputError(f"{path}: {error}{end}") from error


def parse_json(text: str) -> Any:
    """Return the value of a JSON text.

    Raises:
        ValueError: the text is no JSON, or nobody could have meant it: a number has thousands of
            digits, or thousands of lists lie within each other.
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        raise
    except (ValueError, RecursionError) as error:
        raise ValueError("its JSON has too long a number, or too many lists in lists") from error


def as_dataclass(kind: type[T], values: Any) -> T:
    """Return a dataclass made from a JSON object; entries that it does not know are left out.

    Args:
        kind: a dataclass whose fields are of types that JSON has, lists or dictionaries of them, or
            dataclasses of this kind.
        values: the JSON value.

    Raises:
        ValueError: an entry is missing, has another type, or a number is too large; the message
            names the entry.
    """
    if not isinstance(values, dict):
        raise ValueError(f"{_shown(values)} is not an object with entries")
    hints = typing.get_type_hints(kind)
    made = {}
    for each in fields(kind):
        if each.name in values:
            made[each.name] = _checked(values[each.name], hints[each.name], each.name)
        elif each.default is MISSING and each.default_factory is MISSING:
            raise ValueError(f"the entry {each.name} is missing")
    return kind(**made)


def _checked(value: Any, hint: Any, name: str) -> Any:
    """Return a value of a field, converted to its type."""
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        if value is None and type(None) in parts:
            return None
        (hint,) = (part for part in parts if part is not type(None))
        return _checked(value, hint, name)
    if is_dataclass(hint):
        return as_dataclass(hint, value)
    if origin is list:
        _expect(isinstance(value, list), value, "a list", name)
        return [_checked(each, parts[0], f"an entry of {name}") for each in value]
    if origin is dict:
        _expect(isinstance(value, dict), value, "an object with entries", name)
        return {key: _checked(each, parts[1], f"{name}.{key}") for key, each in value.items()}
    if hint is not Any:
        accepted = (int, float) if hint is float else hint
        is_right = isinstance(value, accepted) and (hint is bool or not isinstance(value, bool))
        _expect(is_right, value, _KINDS[hint], name)
    if isinstance(value, int | float) and not (math.isfinite(value) and abs(value) <= LARGEST):
        raise ValueError(f"{name} is {_shown(value)}: a number that large has no meaning here")
    return value


def _expect(is_right: bool, value: Any, kind: str, name: str) -> None:
    if not is_right:
        raise ValueError(f"{name} is {_shown(value)}, not {kind}")


def _shown(value: Any) -> str:
    """Return a value as text of at most 40 characters."""
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "an object"
    text = json.dumps(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
