"""Count the processor cores that this process may use."""

import os


def available_cores() -> int:
    """Return the number of cores that this process may use, at most those of the machine."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
