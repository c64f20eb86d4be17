"""Compile all kernels ahead of their first use: ``python -m flatsort.compile_ahead``.

Without this command the first run of a tracker compiles for some seconds. numba keeps the result in
its cache.
"""

from flatsort.tracker.compiled import __main__ as trackers
from flatsort.tracker.compiled import has_numba


def main() -> None:
    """Compile every kernel that numba's cache does not hold yet."""
    trackers.main()
    if has_numba():
        from flatsort.images import crop_kernel

        print(f"{crop_kernel.__name__}: ready")


if __name__ == "__main__":
    main()
