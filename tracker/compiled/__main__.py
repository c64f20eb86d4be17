"""Compile ahead of the first tracker: ``python -m flatsort.tracker.compiled``."""

from . import load

for name in ("sort", "deep_sort", "lazy"):
    print(
        f"flatsort.tracker.compiled.{name}: {'ready' if load(name) else 'needs numba: pip install numba'}"
    )
