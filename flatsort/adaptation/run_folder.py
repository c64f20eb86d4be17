"""The folder of a run: whose it is, what it has collected and what it has planned."""

import json
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

from flatsort.adaptation.observed_footage import FootageStore
from flatsort.adaptation.plan import Plan
from flatsort.errors import InputError
from flatsort.files.atomic import atomic_writer


class RunFolder:
    """Keeps what lets the same command go on.

    Attributes:
        path: of the folder.
        footage: what was seen.

    Args:
        path: as above; made by :meth:`claim`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.footage = FootageStore(path / "footage")
        self._words = path / "run.json"
        self._plan = path / "plan.json"

    @property
    def is_claimed(self) -> bool:
        """Whether a run has begun here."""
        return self._words.is_file()

    def claim(self, words: dict[str, Any]) -> None:
        """Begin a run, or go on with it.

        Args:
            words: what the command line says that decides the outcome, as JSON values by option.

        Raises:
            InputError: the run here was told something else.
        """
        if not self.is_claimed:
            _write(self._words, words)
            return
        # Through JSON, where a tuple is a list.
        now, then = json.loads(json.dumps(words)), _read(self._words)
        changed = [option for option in now if then.get(option) != now[option]]
        if changed:
            raise InputError(
                f"{self.path} holds a run with another {', '.join(changed)}: give the same command "
                "to go on with it, another --out, or remove that folder"
            )

    def forget(self) -> None:
        """Undo a run that led to nothing, so that another command can begin here."""
        shutil.rmtree(self.path, ignore_errors=True)

    def load_plan(self) -> Plan | None:
        """What was planned; None if nothing was yet.

        Raises:
            InputError: the file is damaged.
        """
        if not self._plan.is_file():
            return None
        try:
            return Plan(**_read(self._plan))
        except TypeError as error:
            raise InputError(f"{self._plan} is damaged: remove {self.path}") from error

    def save_plan(self, plan: Plan) -> None:
        """Keep the plan."""
        _write(self._plan, asdict(plan))


def _write(path: Path, values: dict[str, Any]) -> None:
    with atomic_writer(path) as handle:
        json.dump(values, handle, indent=1)
        handle.write("\n")


def _read(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path} is damaged: remove {path.parent}") from error
    if not isinstance(values, dict):
        raise InputError(f"{path} is damaged: remove {path.parent}")
    return values
