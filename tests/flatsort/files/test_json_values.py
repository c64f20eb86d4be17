"""JSON files whose values must have the types of their places."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from flatsort.errors import InputError
from flatsort.files.json_values import as_dataclass, parse_json, read_json


@dataclass(frozen=True)
class Step:
    """A nested dataclass."""

    seconds: float


@dataclass(frozen=True)
class Plan:
    """One field of each kind."""

    name: str
    steps: int
    first: Step
    is_over: bool = False
    size: list[int] | None = None
    counts: dict[str, float] = field(default_factory=dict)
    other: Any = None


RIGHT = {"name": "a", "steps": 3, "first": {"seconds": 2}}


def test_right_values_become_a_dataclass():
    assert as_dataclass(Plan, {**RIGHT, "unknown": 1}) == Plan("a", 3, Step(2))
    full = {"is_over": True, "size": [4, 5], "counts": {"b": 0.5}, "other": [{}]}
    assert as_dataclass(Plan, {**RIGHT, **full}) == Plan(
        "a", 3, Step(2), True, [4, 5], {"b": 0.5}, [{}]
    )
    assert as_dataclass(Plan, {**RIGHT, "size": None}).size is None


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ([], "a list is not an object with entries"),
        ({"name": "a", "steps": 3}, "the entry first is missing"),
        ({**RIGHT, "name": 7}, "name is 7, not a text"),
        ({**RIGHT, "name": None}, "name is null, not a text"),
        ({**RIGHT, "steps": 3.0}, r"steps is 3\.0, not a whole number"),
        ({**RIGHT, "steps": True}, "steps is true, not a whole number"),
        ({**RIGHT, "steps": 10**30}, "steps is 1000+: a number that large"),
        ({**RIGHT, "first": 2}, "2 is not an object"),
        ({**RIGHT, "first": {"seconds": float("inf")}}, "seconds is Infinity: a number that"),
        ({**RIGHT, "is_over": 1}, "is_over is 1, not true or false"),
        ({**RIGHT, "size": 4}, "size is 4, not a list"),
        ({**RIGHT, "size": [4, "5"]}, 'an entry of size is "5", not a whole number'),
        ({**RIGHT, "counts": [1]}, "counts is a list, not an object"),
        ({**RIGHT, "counts": {"b": "x" * 50}}, r'counts\.b is "x{36}\.\.\., not a number'),
    ],
)
def test_wrong_values_are_named(values, complaint):
    with pytest.raises(ValueError, match=f"^{complaint}"):
        as_dataclass(Plan, values)


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "9" * 10_000])
def test_endless_json_is_refused_at_once(text):
    with pytest.raises(ValueError, match="too long a number, or too many lists"):
        parse_json(text)


def test_files(tmp_path):
    path = tmp_path / "a.json"
    with pytest.raises(FileNotFoundError):
        read_json(path)
    path.write_text('\ufeff{"a": 1}', encoding="utf-8")
    assert read_json(path) == {"a": 1}
    path.write_text('{"a": 1,\n b}')
    with pytest.raises(InputError, match=r"a\.json, line 2: not JSON: .*: remove it$"):
        read_json(path, "remove it")
    path.write_bytes(b"\xff\xfe\xfd")
    with pytest.raises(InputError, match=r"a\.json: not a text file: .*: remove it$"):
        read_json(path, "remove it")
    with pytest.raises(InputError, match="cannot read: Is a directory"):
        read_json(tmp_path)
