"""What a benchmark ran on: never host names or paths, so that results may be published."""

import platform
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

from tools.processors import available_cores


def machine_facts() -> dict[str, object]:
    """Processor, cores this process may use, memory in GiB, system and Python."""
    return {
        "processor": _processor(),
        "cores": available_cores(),
        "memory_gib": _memory_gib(),
        "system": platform.system(),
        "python": platform.python_version(),
    }


def package_versions(names: list[str]) -> dict[str, str]:
    """Installed versions by distribution name; those not installed are left out."""
    found = {}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def make_sgemm(size: int = 1024) -> tuple[Callable[[], object], int]:
    """A float32 matrix product of NumPy's to be timed, and the operations it takes."""
    left, right = np.random.default_rng(0).standard_normal((2, size, size), dtype=np.float32)
    out = np.empty_like(left)
    return lambda: np.matmul(left, right, out=out), 2 * size**3


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    flags = next((line.split() for line in lines if line.startswith("flags")), [])
    # What decides how fast each precision is.
    known = [f for f in ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_tile") if f in flags]
    name = names[0] if names else platform.processor() or platform.machine()
    return f"{name} ({', '.join(known)})" if known else name


def _memory_gib() -> int | None:
    info = Path("/proc/meminfo")
    lines = info.read_text().splitlines() if info.is_file() else []
    total = [int(line.split()[1]) for line in lines if line.startswith("MemTotal")]
    return round(total[0] / 2**20) if total else None
