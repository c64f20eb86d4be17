"""Share an amount of attacks among files, trackers and commands."""

from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tqdm import tqdm

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
    folder: Path, kinds: Collection[str], hours: float, seed: int
) -> dict[str, list[Row]]:
    """Attack; return the rows of each kind.

    Args:
        folder: an empty folder.
        kinds: keys of PER_HOUR.
        hours: amount of attacks, in units of PER_HOUR.
        seed: seed of all attacks.
    """
    amounts = {kind: PER_HOUR[kind] * hours for kind in kinds}
    # Commands share one folder, so they are killed one after the other, beside everything else.
    with ThreadPoolExecutor(max(2, available_cores())) as threads:
        commands = threads.submit(_attack_commands, folder, amounts, seed)
        tables = {}
        if "files" in amounts:
            tables["files"] = _attack_files(amounts["files"], seed)
        if "frames" in amounts:
            tables["frames"] = _attack_trackers(amounts["frames"], seed)
        return {**tables, **commands.result()}


def _attack_files(amount: float, seed: int) -> list[Row]:
    unit = amount / sum(reader.share for reader in READERS)
    rows = []
    for reader in tqdm(READERS, desc="files", unit="kind", position=0):
        left, number, counts, findings = round(unit * reader.share), seed, [0, 0], []
        while left > 0:
            batch = attack_files_apart(reader.name, number, min(left, _FILES_PER_BATCH))
            counts = [counts[0] + batch.files, counts[1] + batch.refused]
            findings += batch.findings
            left, number = left - _FILES_PER_BATCH, number + 1
        named = dict(zip(("files", "refused"), counts, strict=True))
        rows.append(Row(reader.name, {**named, "faults": len(findings)}, findings))
    return rows


def _attack_trackers(amount: float, seed: int) -> list[Row]:
    crowds = round(amount / len(TRACKERS) / _FRAMES_PER_CROWD)
    rows = []
    for name in tqdm(TRACKERS, desc="frames", unit="tracker", position=0):
        left, number, frames, findings = crowds, seed, 0, []
        while left > 0:
            batch = attack_tracker_apart(name, number, min(left, _CROWDS_PER_BATCH))
            frames += batch.frames
            findings += batch.findings
            left, number = left - _CROWDS_PER_BATCH, number + 1
        rows.append(Row(name, {"frames": frames, "faults": len(findings)}, findings))
    return rows


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
