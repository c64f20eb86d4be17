"""The page about attacks: what was tried how often, and what is promised."""

import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tabulate import tabulate

from flatsort.files.atomic import atomic_writer
from flatsort.files.paths import PROJECT
from tests.attack.findings import Finding
from tests.attack.rounds import Row

_TITLES = {
    "files": "Damaged files",
    "frames": "Random crowds",
    "kills": "Kills",
    "disks": "Full disks",
}
_WORDS = {
    "files": "Each file is a valid one in which one to four bits, pieces, lines or values are "
    "changed, also inside of archives. The reader must answer within 5 s, with 8 GiB of address "
    "space: with a result, or with a sentence that refuses the file. A damaged cache is made "
    "again: the box cache counts it as refused, the others as empty.",
    "frames": "Each crowd has up to 14 people, with misses, boxes that are no numbers, ties and "
    "extreme settings. The compiled engine must give the tracks of the readable one. For FlatSORT "
    "with looks, only validity is asked here: identities unique in a frame, and finite boxes.",
    "kills": "Each command is killed (SIGKILL) at random moments, three times in a row, and then "
    "runs to its end. Files that were complete before a kill must be there after it, old or new. "
    "Worker processes must end within 5 s. The last run must leave exactly the files of a run "
    "without kills, with the same contents; files that differ between any two runs, such as "
    "records with times, need only be there.",
    "disks": "Each command runs on a disk that has less room than it needs. It must say so in one "
    "sentence, with exit status 2, keep the files that were there, and leave no others behind. It "
    "may succeed if the room just suffices.",
}
_SUMMED = {"files": "files", "frames": "frames", "kills": "kills", "disks": "runs"}
"""Kind of attack -> the count that stands in the table of attacks."""
_ATTACKS = """\
## Attacks

Each attack whose page was written has a row. Faults were mended after it, and the next attack is on
another seed.
"""
_HEADER = """\
| date | commit | seed | files | frames | kills | full disks | faults |
|---|---|---|---:|---:|---:|---:|---:|"""
_PROMISES = """\
- A damaged file is refused in one sentence; a damaged cache is made again. No file makes FlatSORT
  hang, or claim memory without end.
- Result files, films, pages, weights, indexes and folders appear whole or not at all. A kill or a
  full disk leaves the older file.
- What a killed run leaves behind, the next run in the same folder removes, on the machine where the
  run was killed; on another machine, after a week.
- The same command on the same input gives the same result files, also after kills.
"""
_NOT_TRIED = """\
`adapt.py`, `track.py --adapt`, `tune.py`, downloads, cameras and streams are not among the commands
here; their own tests kill or interrupt some of them. Nothing was tried on Windows or macOS.
"""


@dataclass(frozen=True)
class Outcome:
    """The outcome of an attack.

    Attributes:
        tables: kind of attack -> rows.
        seed: seed of all attacks.
        hours: amount of attacks.
        seconds: duration.
    """

    tables: dict[str, list[Row]]
    seed: int
    hours: float
    seconds: float

    def findings(self) -> list[Finding]:
        """Return the faults of all attacks."""
        return [each for rows in self.tables.values() for row in rows for each in row.findings]

    def text(self) -> str:
        """Return tables and faults as plain text."""
        parts = [f"{_TITLES[kind]}\n{_table(rows, 'simple')}" for kind, rows in self.tables.items()]
        faults = "\n".join(map(str, self.findings())) or "no faults"
        return "\n\n".join([*parts, f"seed {self.seed}, {self.seconds / 60:.0f} minutes", faults])

    def row(self) -> str:
        """Return the row of this attack in the table of attacks."""
        sums = [
            sum(row.counts[name] for row in self.tables.get(kind, []))
            for kind, name in _SUMMED.items()
        ]
        cells = [datetime.now(UTC).date().isoformat(), _commit(), self.seed, *sums]
        shown = [f"{cell:,}" if isinstance(cell, int) else cell for cell in cells]
        return f"| {' | '.join(shown)} | {len(self.findings())} |"

    def page(self, earlier: list[str]) -> str:
        """Return the page as Markdown.

        Args:
            earlier: rows of earlier attacks.
        """
        parts = [
            "# What FlatSORT withstands\n",
            f"    make fuzz HOURS={self.hours:g} SEED={self.seed}\n",
            "This command attacks the whole product and writes this page; CI runs a short attack "
            f"with a fixed seed. This attack took {self.seconds / 60:.0f} minutes.\n",
            "## Promises\n",
            _PROMISES,
        ]
        for kind, rows in self.tables.items():
            parts += [f"## {_TITLES[kind]}\n", f"{_WORDS[kind]}\n", _table(rows, "github") + "\n"]
        parts += ["## Faults\n"]
        found = [f"- {each.target}: {each.fault}" for each in self.findings()]
        parts += ["\n".join(found) + "\n" if found else "None.\n"]
        parts += [f"{_ATTACKS}\n", _HEADER, *earlier, self.row(), "", "## Not tried\n", _NOT_TRIED]
        return "\n".join(parts)


def write_page(path: Path, outcome: Outcome) -> None:
    """Write the page, whole or not at all; the rows of earlier attacks stay."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    _, _, behind = text.partition(f"{_HEADER}\n")
    earlier = behind.partition("\n\n")[0].splitlines()
    page = outcome.page(earlier)
    with atomic_writer(path) as file:
        file.write(page)


def _commit() -> str:
    """Return the short name of the commit that was attacked."""
    words = ["git", "-C", str(PROJECT), "rev-parse", "--short", "HEAD"]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()


def _table(rows: list[Row], style: str) -> str:
    names = list(rows[0].counts)
    lines = [[f"`{row.target}`", *row.counts.values()] for row in rows]
    sums = [sum(row.counts[name] for row in rows) for name in names]
    return tabulate([*lines, ["all", *sums]], ["", *names], tablefmt=style, intfmt=",")
