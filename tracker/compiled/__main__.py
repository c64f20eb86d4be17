"""Compile ahead of the first tracker: ``python -m tracker.compiled``."""

from tracker.compiled import load

for name in ("sort", "deep_sort", "lazy"):
    print(f"tracker.compiled.{name}: {'ready' if load(name) else 'needs numba: pip install numba'}")
