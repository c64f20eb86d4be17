"""What was found about identity switches, for the terminal and as JSON."""

import json
from dataclasses import asdict
from pathlib import Path

from flatsort.evaluation.switches.moments import Moment
from flatsort.files.atomic import atomic_writer

_HEADER = ("#", "Frame", "Person", "Tracker", "Identity", "Gap", "Kept by", "Disagreement")
_TOTALS = ("Tracker", "Switches", "another keeps", "Keeps while another switches")


def moments_table(moments: list[Moment]) -> str:
    """A row for each switch, numbered by moment.

    Frame is the first of the new identity, gap the frames since the last of the old one, and
    disagreement what :class:`~flatsort.evaluation.switches.moments.Moment` defines.

    Args:
        moments: in the order wanted.
    """
    from tabulate import tabulate

    rows = []
    for number, moment in enumerate(moments, 1):
        for place, switch in enumerate(moment.switches):
            kept = ", ".join(f"{keeper.tracker} {keeper.identity}" for keeper in switch.keepers)
            first = (number, switch.frame, moment.name) if place == 0 else ("", switch.frame, "")
            identity, gap = f"{switch.old} -> {switch.new}", switch.frame - switch.last
            rows.append((*first, switch.tracker, identity, gap, kept or "-", switch.disagreement))
    align = ("right", "right", "left", "left", "right", "right", "left", "right")
    return tabulate(rows, _HEADER, colalign=align if rows else None, disable_numparse=True)


def totals(moments: list[Moment], trackers: list[str]) -> dict[str, tuple[int, int, int]]:
    """Counts for each tracker.

    Args:
        moments: all of them.
        trackers: their names.

    Returns:
        Tracker to its switches, those of them through which another tracker keeps its identity, and
        the others' switches through which it keeps its own.
    """
    switches = [switch for moment in moments for switch in moment.switches]
    counted = {}
    for tracker in trackers:
        own = [switch for switch in switches if switch.tracker == tracker]
        keeps = [s for s in switches if tracker in {keeper.tracker for keeper in s.keepers}]
        counted[tracker] = (len(own), sum(bool(s.keepers) for s in own), len(keeps))
    return counted


def totals_table(moments: list[Moment], trackers: list[str]) -> str:
    """:func:`totals` for the terminal."""
    from tabulate import tabulate

    rows = [(name, *counts) for name, counts in totals(moments, trackers).items()]
    align = ("left", "right", "right", "right")
    return tabulate(rows, _TOTALS, colalign=align, disable_numparse=True)


def write_json(path: Path, sequence: str, moments: list[Moment], trackers: list[str]) -> None:
    """Write everything that was found.

    The file has `sequence`, `trackers` (name to `switches`, `another_keeps`, `keeps`) and
    `moments`, each with `person`, `reference`, `disagreement` and `switches`: the attributes of
    :class:`~flatsort.evaluation.switches.switches.Switch`.

    Raises:
        InputError: the file cannot be written there.
    """
    names = ("switches", "another_keeps", "keeps")
    counts = totals(moments, trackers)
    found = {
        "sequence": sequence,
        "trackers": {name: dict(zip(names, counts[name], strict=True)) for name in trackers},
        "moments": [
            {
                "person": moment.person,
                "reference": moment.reference,
                "disagreement": moment.disagreement,
                "switches": [asdict(switch) for switch in moment.switches],
            }
            for moment in moments
        ],
    }
    with atomic_writer(path) as handle:
        json.dump(found, handle, indent=1)
        handle.write("\n")
