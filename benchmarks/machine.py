"""Describe the machine of a measurement, without its name or paths, and write the results."""

import json
import platform
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from flatsort.files.atomic import atomic_writer
from flatsort.processors import available_cores

_EXTENSIONS = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_tile")
"""Processor extensions that decide the speed of each precision."""


def machine_facts(*packages: str) -> dict[str, str | int]:
    """Return processor, cores of this process, Python version, and versions of packages."""
    facts: dict[str, str | int] = {
        "processor": _processor(),
        "cores": available_cores(),
        "python": platform.python_version(),
    }
    for package in packages:
        try:
            facts[package] = version(package)
        except PackageNotFoundError:
            facts[package] = "not installed"
    return facts


def facts_line(facts: dict[str, str | int]) -> str:
    """Return the facts as one sentence for a page."""
    named = {key: value for key, value in facts.items() if key not in ("processor", "cores")}
    versions = ", ".join(f"{name} {value}" for name, value in named.items())
    return f"{facts['processor']}, {facts['cores']} cores; {versions}."


def write_results(folder: Path, name: str, results: dict[str, Any], page: str) -> None:
    """Write NAME.json and NAME.md to a folder, each whole or not at all, and print the page.

    Raises:
        InputError: a file cannot be written.
    """
    for suffix, text in (("json", json.dumps(results, indent=1)), ("md", page)):
        with atomic_writer(folder / f"{name}.{suffix}") as file:
            file.write(text.rstrip() + "\n")
    print(page)


def make_sgemm(size: int = 1024) -> tuple[Callable[[], object], int]:
    """Return a function that runs a float32 matrix product in NumPy, and its operations."""
    left, right = np.random.default_rng(0).standard_normal((2, size, size), dtype=np.float32)
    out = np.empty_like(left)
    return lambda: np.matmul(left, right, out=out), 2 * size**3


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    flags = next((line.split() for line in lines if line.startswith("flags")), [])
    known = [extension for extension in _EXTENSIONS if extension in flags]
    name = names[0] if names else platform.processor() or platform.machine()
    return f"{name} ({', '.join(known)})" if known else name
