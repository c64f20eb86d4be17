"""The finished row of a training, kept on disk so that a page need not train it again."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from flatsort.errors import InputError
from flatsort.files.atomic import atomic_writer
from flatsort.files.json_values import parse_json, read_json

T = TypeVar("T")


def read_row(path: Path, settings: Any, make: Callable[[dict[str, Any]], T]) -> T | None:
    """Return a kept row; None if there is none of these settings.

    Args:
        path: the file.
        settings: the training's settings, a dataclass.
        make: makes the row from its JSON values.

    Raises:
        InputError: the file is damaged.
    """
    advice = "remove it to train again"
    try:
        kept = read_json(path, advice)
        return make(kept["row"]) if kept["settings"] == _identity(settings) else None
    except FileNotFoundError:
        return None
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path}: not a finished row ({error!r}): {advice}") from error


def write_row(path: Path, settings: Any, row: Any) -> None:
    """Keep a row, a dataclass, with the settings of its training."""
    with atomic_writer(path) as file:
        json.dump({"settings": _identity(settings), "row": asdict(row)}, file, indent=1)


def _identity(settings: Any) -> dict[str, Any]:
    # JSON turns tuples into lists.
    return parse_json(json.dumps(asdict(settings)))
