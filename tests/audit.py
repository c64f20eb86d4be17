"""Ask pip-audit for known vulnerabilities of the installed packages.

    make audit

The exit status is 1 if there are any. Where the list of vulnerabilities is out of reach, nothing is
audited, a sentence says so and the exit status is 0: pip-audit itself would skip every package
there and find no vulnerability.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

PROBE = "pip==25.0"
"""A release that the list surely has: many servers of packages have no such list."""


def main() -> int:
    """Audit the packages of this Python, and return the exit status."""
    with tempfile.TemporaryDirectory() as folder:
        asked = Path(folder) / "requirements.txt"
        asked.write_text(PROBE)
        options = ["--requirement", str(asked), "--no-deps", "--disable-pip", "--format", "json"]
        probe = subprocess.run([*_AUDIT, *options], check=False, capture_output=True, text=True)
    if not is_audited(probe.stdout):
        print("The list of vulnerabilities is out of reach, so nothing was audited: try again.")
        return 0
    return subprocess.run([*_AUDIT, "--skip-editable"], check=False).returncode


def is_audited(answer: str) -> bool:
    """Return whether pip-audit's JSON says that it could look up every package."""
    try:
        packages = json.loads(answer)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return False
    return not any("skip_reason" in package for package in packages)


_AUDIT = [sys.executable, "-m", "pip_audit", "--progress-spinner", "off"]


if __name__ == "__main__":
    sys.exit(main())
