"""What a measurement was made on, so that figures are compared only where they can be."""

import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from tools.processors import available_cores


def machine_facts(*packages: str) -> dict[str, str | int]:
    """Processor, cores, Python and the versions of packages; nothing that names the machine."""
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
    """The facts as one sentence for a page."""
    named = {key: value for key, value in facts.items() if key not in ("processor", "cores")}
    versions = ", ".join(f"{name} {value}" for name, value in named.items())
    return f"{facts['processor']}, {facts['cores']} cores; {versions}."


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
