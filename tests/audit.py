"""Ask pip-audit for known vulnerabilities of the installed packages.

    make audit

The exit status is 1 if there are any. Without a connection to PyPI, which has the list of
vulnerabilities, nothing is audited, a sentence says so and the exit status is 0: pip-audit itself
would skip every package there and find no vulnerability.
"""

import subprocess
import sys
from urllib.error import URLError
from urllib.request import urlopen

LIST = "https://pypi.org/pypi/pip/25.0/json"
"""A page of the list that pip-audit reads; each version of a package has one. Mirrors often serve
the packages without these pages."""
PATIENCE_S = 15
"""Seconds before the list counts as out of reach: pip-audit waits as long."""


def main() -> int:
    """Audit the packages of this Python, and return the exit status."""
    if not is_within_reach(LIST):
        print(f"{LIST} is out of reach, so nothing was audited: try again with a connection.")
        return 0
    audit = [sys.executable, "-m", "pip_audit", "--skip-editable", "--progress-spinner", "off"]
    return subprocess.run(audit, check=False).returncode


def is_within_reach(url: str) -> bool:
    """Return whether a server answers with the page."""
    try:
        with urlopen(url, timeout=PATIENCE_S):
            return True
    except (URLError, TimeoutError):
        return False


if __name__ == "__main__":
    sys.exit(main())
