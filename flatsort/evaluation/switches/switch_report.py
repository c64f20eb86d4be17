"""Report identity switches as tables for the terminal and as JSON."""

import json
from dataclasses import asdict
from pathlib import Path

from flatsort.evaluation.switches.moments import Moment
from flatsort.files.atomic import atomic_writer

_HEADER = ("#", "Frame", "Person", "Tracker", "Identity", "Gap", "Kept by", "Disagreement")
_TOTALS_HEADER = ("Tracker", "Switches", "another keeps", "Keeps while another switches")


def moments_table(moments: list[Moment]) -> str:
    """Make a table with one row per switch, numbered by moment.

    "Frame" is the first frame of the new identity, "Gap" the number of frames since the last frame
    of the old identity, and "Disagreement" the switch's `disagreement`.

    Args:
        moments: the moments in the order of the table.
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
    """Count switches per tracker.

    Args:
        moments: all moments.
        trackers: names of the trackers.

    Returns:
        Tracker -> three numbers: its switches; its switches during which another tracker keeps its
        identity; the switches of other trackers during which this tracker keeps its identity.
    """
    switches = [switch for moment in moments for switch in moment.switches]
    counted = {}
    for tracker in trackers:
        own = [switch for switch in switches if switch.tracker == tracker]
        keeps = [s for s in switches if tracker in {keeper.tracker for keeper in s.keepers}]
        counted[tracker] = (len(own), sum(bool(s.keepers) for s in own), len(keeps))
    return counted


def totals_table(moments: list[Moment], trackers: list[str]) -> str:
    """Make a table of :func:`totals` for the terminal."""
    from tabulate import tabulate

    rows = [(name, *counts) for name, counts in totals(moments, trackers).items()]
    align = ("left", "right", "right", "right")
    return tabulate(rows, _TOTALS_HEADER, colalign=align, disable_numparse=True)


def write_json(path: Path, sequence: str, moments: list[Moment], trackers: list[str]) -> None:
    """Write the totals and all moments as JSON.

    The file has `sequence`, `trackers` (name -> `switches`, `another_keeps`, `keeps`) and
    `moments`. Each moment has `person`, `reference`, `disagreement` and `switches`, and each switch
    the attributes of :class:`~flatsort.evaluation.switches.switches.Switch`.

    Raises:
        InputError: the file cannot be written.
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
