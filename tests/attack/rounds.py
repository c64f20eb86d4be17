"""Share an amount of attacks among files, trackers and commands."""

from collections.abc import Callable, Collection, ItemsView
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tqdm import tqdm

from flatsort.distribution.pool import Pool
from flatsort.distribution.units import run_units
from flatsort.processors import available_cores
from tests.attack.files import attack_files_apart
from tests.attack.findings import Finding
from tests.attack.frames import TRACKERS, attack_tracker_apart
from tests.attack.full_disk import attack_by_full_disks, can_mount
from tests.attack.kills import attack_by_kills
from tests.attack.samples import READERS
from tests.attack.workspace import COMMANDS, make_workspace

PER_HOUR = {"files": 500_000, "frames": 500_000, "kills": 300, "disks": 60}
"""Attacks per hour of each kind: damaged files, frames of crowds, kills, runs on small disks."""
_FRAMES_PER_CROWD = 12
_CROWDS_PER_BATCH, _FILES_PER_BATCH = 2_000, 10_000
"""Attacks of one worker process; a new one takes two seconds to start."""


@dataclass(frozen=True)
class Row:
    """The outcome for one target.

    Attributes:
        target: a kind of file, a tracker or a command.
        counts: numbers by the headings of their columns.
        findings: the faults.
    """

    target: str
    counts: dict[str, int]
    findings: list[Finding] = field(default_factory=list)


def attack_all(
    folder: Path, kinds: Collection[str], hours: float, seed: int, jobs: int = 1
) -> dict[str, list[Row]]:
    """Attack; return the rows of each kind.

    Args:
        folder: an empty folder.
        kinds: keys of PER_HOUR.
        hours: amount of attacks, in units of PER_HOUR.
        seed: seed of all attacks.
        jobs: number of readers and trackers that are attacked at the same time.
    """
    amounts = {kind: PER_HOUR[kind] * hours for kind in kinds}
    # Commands share one folder, so they are killed one after the other, beside everything else.
    with ThreadPoolExecutor(max(2, available_cores())) as threads:
        commands = threads.submit(_attack_commands, folder, amounts, seed)
        tables = {}
        if "files" in amounts:
            tables["files"] = _attack_files(amounts["files"], seed, jobs)
        if "frames" in amounts:
            tables["frames"] = _attack_trackers(amounts["frames"], seed, jobs)
        return {**tables, **commands.result()}


@dataclass(frozen=True)
class _Batch:
    """Attacks of one process; a unit of work.

    Attributes:
        attack: takes the target, the seed and the number of attacks.
        name: the target.
        seed: seed of the batch.
        count: number of attacks.
    """

    attack: Callable[[str, int, int], Any]
    name: str
    seed: int
    count: int

    def __call__(self) -> Any:
        return self.attack(self.name, self.seed, self.count)


def _attack_files(amount: float, seed: int, jobs: int) -> list[Row]:
    unit = amount / sum(reader.share for reader in READERS)
    counts = {reader.name: round(unit * reader.share) for reader in READERS}
    rows = []
    for name, batches in _run(attack_files_apart, counts, _FILES_PER_BATCH, seed, jobs, "files"):
        findings = [each for batch in batches for each in batch.findings]
        files, refused = (sum(getattr(b, key) for b in batches) for key in ("files", "refused"))
        named = {"files": files, "refused": refused, "faults": len(findings)}
        rows.append(Row(name, named, findings))
    return rows


def _attack_trackers(amount: float, seed: int, jobs: int) -> list[Row]:
    counts = dict.fromkeys(TRACKERS, round(amount / len(TRACKERS) / _FRAMES_PER_CROWD))
    rows = []
    size = _CROWDS_PER_BATCH
    for name, batches in _run(attack_tracker_apart, counts, size, seed, jobs, "frames"):
        findings = [each for batch in batches for each in batch.findings]
        frames = sum(batch.frames for batch in batches)
        rows.append(Row(name, {"frames": frames, "faults": len(findings)}, findings))
    return rows


def _run(
    attack: Callable[[str, int, int], Any],
    counts: dict[str, int],
    size: int,
    seed: int,
    jobs: int,
    kind: str,
) -> ItemsView[str, list[Any]]:
    """Attack targets in batches; return each target with the outcomes of its batches.

    Args:
        attack: takes the target, the seed and the number of attacks; it starts a process of its
            own, which a fault may end.
        counts: target -> number of attacks.
        size: greatest number of attacks per batch.
        seed: seed of the first batch of each target.
        jobs: number of batches at the same time.
        kind: the attacks, for the progress bar.
    """
    batches = [
        _Batch(attack, name, seed + number, min(count - begin, size))
        for name, count in counts.items()
        for number, begin in enumerate(range(0, count, size))
    ]
    found: dict[str, list[Any]] = {name: [] for name in counts}
    if jobs == 1:
        for batch in tqdm(batches, desc=kind, unit="batch", position=0):
            found[batch.name].append(batch())
        return found.items()
    with closing(run_units(batches, Pool(jobs), kind, "batch")) as outcomes:
        for outcome in outcomes:
            if outcome.failure is not None:
                raise RuntimeError(f"{outcome.name}: {outcome.failure}")
            found[outcome.name].append(outcome.value)
    return found.items()


def _attack_commands(folder: Path, amounts: dict[str, float], seed: int) -> dict[str, list[Row]]:
    """Kill commands, and run them on small disks."""
    if not {"kills", "disks"} & amounts.keys():
        return {}
    make_workspace(folder)
    tables: dict[str, list[Row]] = {}
    unit = 1 / sum(command.share for command in COMMANDS)
    if "kills" in amounts:
        tables["kills"] = []
        with tqdm(total=round(amounts["kills"]), desc="kills", position=1) as bar:
            for command in COMMANDS:
                kills = max(1, round(amounts["kills"] * command.share * unit))
                outcome = attack_by_kills(command, folder, kills, seed, _one_more(bar))
                counts = {"kills": outcome.kills, "runs after them": outcome.runs}
                found = outcome.findings
                tables["kills"].append(Row(command.name, {**counts, "faults": len(found)}, found))
    if "disks" in amounts and can_mount():
        tables["disks"] = []
        for command in tqdm(COMMANDS, desc="small disks", unit="command", position=1):
            runs = max(1, round(amounts["disks"] * command.share * unit))
            disks = attack_by_full_disks(command, folder, runs, seed)
            counts = {"runs": disks.runs, "refused": disks.refused, "faults": len(disks.findings)}
            tables["disks"].append(Row(command.name, counts, disks.findings))
    return tables


def _one_more(bar: tqdm) -> Callable[[], object]:
    return lambda: bar.update()
