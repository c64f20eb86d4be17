"""Run every command that writes on a disk that fills up; one sentence must say so.

The disk is a small tmpfs in a mount namespace of its own, which needs Linux and `unshare`, but no
privileges.
"""

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.attack.findings import Finding
from tests.attack.kills import FINISHED, Tree, finish_twice, lost, tree
from tests.attack.workspace import BEGUN, COMMANDS, TRIAL, Command, run

_BLOCK = 4096
"""Bytes per block of a tmpfs; every file begins a block of its own."""


@dataclass
class FullDisks:
    """The outcome for one command.

    Attributes:
        runs: number of runs on a small disk.
        refused: how many of them found the disk full.
        findings: the faults.
    """

    runs: int = 0
    refused: int = 0
    findings: list[Finding] = field(default_factory=list)


def can_mount() -> bool:
    """Return whether this system lets a user mount a tmpfs of his own."""
    if shutil.which("unshare") is None:
        return False
    return subprocess.run(["unshare", "-Urm", "true"], capture_output=True).returncode == 0


def attack_by_full_disks(command: Command, root: Path, runs: int, number: int) -> FullDisks:
    """Run a command on disks that have less room than it needs.

    Args:
        command: the command.
        root: the folder of :func:`tests.attack.workspace.make_workspace`.
        runs: number of runs.
        number: seed of the disks' sizes.
    """
    outcome, random = FullDisks(), Random(number)
    _, expected, unstable = finish_twice(command, root)
    before = tree(root / BEGUN)
    used, needed = _blocks(root / BEGUN), _blocks(root / FINISHED)
    for _ in range(runs):
        size = random.randint(used + 1, needed) * _BLOCK
        status, error, after = _run_on_disk(command, root, size)
        outcome.runs += 1
        outcome.refused += status == 2
        fault = lost(before, after, expected, unstable)
        if "Traceback" in error or status not in (0, 2):
            fault = f"status {status}: {error.strip()[-300:]}"
        elif left := sorted(after.keys() - expected.keys()):
            fault = f"left over: {', '.join(left[:3])}"
        if fault:
            outcome.findings.append(
                Finding(command.name, f"seed {number}, a disk of {size:,} bytes", fault)
            )
    return outcome


def _blocks(folder: Path) -> int:
    """Return the number of blocks that a copy of a folder takes on a tmpfs."""
    files = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    return sum(-(-size // _BLOCK) for size in files)


def _run_on_disk(command: Command, root: Path, size: int) -> tuple[int, str, Tree]:
    words = [str(root), str(COMMANDS.index(command)), str(size)]
    inside = [sys.executable, "-m", "tests.attack.full_disk", *words]
    ended = subprocess.run(["unshare", "-Urm", *inside], capture_output=True, text=True, check=True)
    status, error, after = json.loads(ended.stdout)
    return status, error, after


def _inside(root: Path, command: Command, size: int) -> None:
    """Mount the disk over the folder of trials, fill it, run the command and print the outcome."""
    disk = root / TRIAL
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(disk)]
    subprocess.run(mount, check=True)
    shutil.copytree(root / BEGUN, disk, dirs_exist_ok=True)
    ended = run(command, disk)
    print(json.dumps([ended.returncode, ended.stderr, tree(disk)]))


if __name__ == "__main__":
    _inside(Path(sys.argv[1]), COMMANDS[int(sys.argv[2])], int(sys.argv[3]))
