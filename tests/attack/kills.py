"""Kill every command that writes at random moments; nothing complete may be lost or left over."""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from random import Random

from tests.attack.findings import Finding
from tests.attack.workspace import BEGUN, TRIAL, Command, keep, restore, run, start

KILLS_PER_RUN = 3
"""Kills in a row before a run that may end."""
_ORPHANS_S = 5.0
"""Seconds within which the worker processes of a killed command must end."""
_UNEQUAL_NAMES = ("events.out.tfevents",)
"""Beginnings of the names that differ from run to run."""

FINISHED = "finished"
"""Folder with the files of a run that nothing interrupted."""

Tree = dict[str, str]
"""Path of a file, relative to the workspace -> SHA-256 of its content."""


@dataclass
class Kills:
    """The outcome for one command.

    Attributes:
        kills: number of kills before the command had ended.
        runs: number of runs after them.
        findings: the faults.
    """

    kills: int = 0
    runs: int = 0
    findings: list[Finding] = field(default_factory=list)


def attack_by_kills(
    command: Command, root: Path, kills: int, number: int, advance: Callable[[], object]
) -> Kills:
    """Kill a command again and again.

    Half of the series begin without the command's files, and half with those of a run before.

    Args:
        command: the command.
        root: the folder of :func:`tests.attack.workspace.make_workspace`.
        kills: number of kills.
        number: seed of the moments.
        advance: called after each kill.
    """
    outcome, random = Kills(), Random(number)
    seconds, expected, unstable = finish_twice(command, root)
    trial = root / TRIAL
    while outcome.kills < kills:
        begins_finished = random.random() < 0.5 and command.statuses == (0,)
        restore(root, FINISHED if begins_finished else BEGUN)
        before, moments = tree(trial), []
        for _ in range(KILLS_PER_RUN):
            moment = random.uniform(0, seconds)
            moments.append(f"{moment:.2f} s")
            fault = _kill(command, trial, moment) or lost(before, tree(trial), expected, unstable)
            outcome.kills += 1
            advance()
            if fault:
                outcome.findings.append(_finding(command, number, moments, fault))
        ended = run(command, trial)
        outcome.runs += 1
        fault = _unfinished(
            command, ended.returncode, ended.stderr, expected, tree(trial), unstable
        )
        if fault:
            outcome.findings.append(_finding(command, number, moments, fault))
    return outcome


def _finding(command: Command, number: int, moments: list[str], fault: str) -> Finding:
    return Finding(command.name, f"seed {number}, killed after {', '.join(moments)}", fault)


def finish_twice(command: Command, root: Path) -> tuple[float, Tree, set[str]]:
    """Return the seconds of a run, its files, and those files that differ between two runs."""
    trees = []
    for _ in range(2):
        restore(root, BEGUN)
        begun = time.monotonic()
        ended = run(command, root / TRIAL)
        seconds = time.monotonic() - begun
        if ended.returncode:
            raise RuntimeError(f"{command.name}: {ended.stderr}")
        trees.append(tree(root / TRIAL))
    keep(root, FINISHED)
    one, other = trees
    return seconds, other, {path for path in other if one.get(path) != other[path]}


def _kill(command: Command, folder: Path, moment: float) -> str | None:
    """Start a command and kill it; return a fault if its workers live on."""
    process = start(command, folder)
    time.sleep(moment)
    # Only the parent is killed, as the system does when memory runs out.
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    until = time.monotonic() + _ORPHANS_S
    while time.monotonic() < until:
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return None
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    return f"a worker still runs {_ORPHANS_S:g} s after the kill"


def lost(before: Tree, after: Tree, expected: Tree, unstable: set[str]) -> str | None:
    """Return a fault if a file that was complete before the kill is not complete after it."""
    for path, content in before.items():
        if path not in after:
            return f"{path} is lost"
        # The empty file has no place among complete ones, even if its content is not stable.
        allowed = {content, expected.get(path)}
        if after[path] not in allowed and (path not in unstable or after[path] == _EMPTY):
            return f"{path} is neither the old file nor the new one"
    return None


_EMPTY = sha256(b"").hexdigest()


def _unfinished(
    command: Command, status: int, error: str, expected: Tree, after: Tree, unstable: set[str]
) -> str | None:
    """Return a fault if a run after kills does not end as a run without kills."""
    if status not in command.statuses:
        return f"the next run ends with {status}: {error.strip().splitlines()[-1:]}"
    if left := sorted(after.keys() - expected.keys()):
        return f"left over: {', '.join(left[:3])}"
    if missing := sorted(expected.keys() - after.keys()):
        return f"missing: {', '.join(missing[:3])}"
    for path in sorted(expected.keys() - unstable):
        if after[path] != expected[path]:
            return f"{path} differs from that of a run without kills"
    return None


def tree(folder: Path) -> Tree:
    """Return the files of a folder, also hidden ones."""
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(_UNEQUAL_NAMES)
    }
