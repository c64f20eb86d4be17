"""Compile the trackers before their first use: ``python -m flatsort.tracker.compiled``."""

from . import has_numba


def main() -> None:
    """Compile what numba's cache does not hold yet."""
    if not has_numba():
        print("numba is missing or does not fit this NumPy: pip install numba")
        return
    from . import deep_sort, flat_sort, lazy, sort

    for module in (sort, deep_sort, lazy, flat_sort):
        print(f"{module.__name__}: ready")


if __name__ == "__main__":
    main()
