"""Checksums of numba's cache: damaged machine code would crash the interpreter."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from numba.core.caching import FunctionCache

Stamps = dict[str, int]
"""Name of a file -> time of its last change in nanoseconds."""


@dataclass(frozen=True)
class KernelCache:
    """The files in which numba keeps the machine code of one function.

    numba itself reads them unchecked: eight of 21 files with one flipped bit crashed Python.

    Attributes:
        folder: Folder of the files.
        name: Beginning of the files' names.
    """

    folder: Path
    name: str

    @classmethod
    def of(cls, function: Callable[..., object]) -> "KernelCache":
        """Return the cache of a function.

        Raises:
            RuntimeError: If numba can keep files in no folder.
        """
        cache = FunctionCache(function)
        return cls(Path(cache.cache_path), cache._impl.filename_base)

    def keep_if_sealed(self) -> Stamps:
        """Remove the files unless they are exactly those of :meth:`seal`; numba compiles again.

        Returns:
            The files that are there now, for :meth:`seal`.

        Raises:
            OSError: If a file cannot be read or removed.
        """
        try:
            sealed = json.loads(self._seal.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            sealed = None
        if sealed != self._digests():
            for path in self._files():
                path.unlink(missing_ok=True)
        return self._stamps()

    def seal(self, sealed: Stamps) -> None:
        """Remember the files as they are; a seal that a kill cuts off counts as damage.

        Args:
            sealed: The files that :meth:`keep_if_sealed` returned. If numba has changed none of
                them, nothing is read a second time.

        Raises:
            OSError: If the disk is full.
        """
        if self._stamps() != sealed:
            self._seal.write_text(json.dumps(self._digests()), encoding="utf-8")

    @property
    def _seal(self) -> Path:
        return self.folder / f"{self.name}.sha256"

    def _files(self) -> list[Path]:
        return sorted(
            path for path in self.folder.glob(f"{self.name}.*") if path.suffix in (".nbi", ".nbc")
        )

    def _stamps(self) -> Stamps:
        return {path.name: path.stat().st_mtime_ns for path in self._files()}

    def _digests(self) -> dict[str, str]:
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in self._files()}
