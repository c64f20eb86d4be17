"""The folder of a run: the request it belongs to, its footage and its plan."""

import json
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

from flatsort.adaptation.observed_footage import FootageStore
from flatsort.adaptation.training_plan import Plan
from flatsort.errors import InputError
from flatsort.files.atomic import atomic_writer
from flatsort.files.json_values import as_dataclass, read_json


class RunFolder:
    """Stores the state of a run, so that the same request continues it.

    Attributes:
        path: the folder.
        footage: the collected footage.

    Args:
        path: the folder; :meth:`claim` creates it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.footage = FootageStore(path / "footage")
        self._request = path / "run.json"
        self._plan = path / "plan.json"

    @property
    def is_claimed(self) -> bool:
        """Whether a run has started in this folder."""
        return self._request.is_file()

    def claim(self, values: dict[str, Any]) -> None:
        """Start a run, or continue the run of the same request.

        Args:
            values: the request's values that decide the weights, by option, as JSON values; see
                :meth:`flatsort.adaptation.request.AdaptationRequest.decisive_values`.

        Raises:
            InputError: the run in this folder has other values.
        """
        if not self.is_claimed:
            _write(self._request, values)
            return
        # JSON turns tuples into lists.
        now, then = json.loads(json.dumps(values)), _read(self._request)
        changed = [each for each in {**now, **then} if then.get(each) != now.get(each)]
        if changed:
            raise InputError(
                f"{self.path} holds a run with another {', '.join(changed)}: give the same command "
                "to continue that run, give another --out, or remove the folder"
            )

    def forget(self) -> None:
        """Remove the folder of a run that failed, so that another request can use its name."""
        shutil.rmtree(self.path, ignore_errors=True)

    def load_plan(self) -> Plan | None:
        """Return the stored plan; None if there is none yet.

        Raises:
            InputError: the file is damaged.
        """
        if not self._plan.is_file():
            return None
        try:
            return as_dataclass(Plan, _read(self._plan))
        except InputError:
            raise
        except ValueError as error:
            raise InputError(f"{self._plan} is damaged ({error}): remove {self.path}") from error

    def save_plan(self, plan: Plan) -> None:
        """Store the plan."""
        _write(self._plan, asdict(plan))


def _write(path: Path, values: dict[str, Any]) -> None:
    with atomic_writer(path) as handle:
        json.dump(values, handle, indent=1)
        handle.write("\n")


def _read(path: Path) -> dict[str, Any]:
    values = read_json(path, f"remove {path.parent}")
    if not isinstance(values, dict):
        raise InputError(f"{path} is damaged: remove {path.parent}")
    return values
