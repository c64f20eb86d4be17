"""The page on the cost of a camera."""

import math

from tabulate import tabulate

from benchmarks.camera_hour_runs import Costs

CAMERAS = (1, 16, 100, 1000, 10_000)
"""Numbers of cameras in the table of the plan: a room, a shop, a site, a town, a country."""
LOAD = 0.7
"""Share of a core's time that the plan uses: the rest is for busy minutes and for starting."""
MACHINE_CORES = 32
"""Cores of a machine in the plan."""
PLANNED = "detector, looks too"
"""The way that the plan takes."""
DAY_S = 24 * 3600

TITLE = """\
# The cost of a camera

Written by `python -m benchmarks.camera_hour`; do not edit by hand.

The video has {rate:.3g} frames per second and shows {people:.1f} people per frame. Each way tracks
the same part of it with the preset that `track.py` takes by default. The figures are medians of
{repeat} runs.

- **Cores per camera** are processor seconds per second of footage. Below 1, one core follows the
  camera in real time.
- **Speed** is seconds of footage per second, of one source with all cores of the machine.
- Starting a process is counted apart.
- A core costs {price:g} per hour: an assumption, which `--price` replaces."""
PLAN = """\
## From one camera to ten thousand

Reckoned from the row "{way}", for cameras with as many frames and people. Cores are busy for
{load:.0f} % of their time, and a machine has {cores} of them. Memory is that of one process per
camera. Result files are those of `track.py`, without films."""


def make_page(
    costs: list[Costs],
    frame_rate: float,
    people: float,
    price: float,
    repeat: int,
    machine: str,
) -> str:
    """Return the page in Markdown.

    Args:
        costs: the ways to track; the plan takes the one with the detector and looks.
        frame_rate: frames of the video per second.
        people: detected people per frame.
        price: price of one core per hour.
        repeat: runs of each kind.
        machine: a sentence on the machine.
    """
    rows = [
        [
            each.way,
            f"{each.core_seconds:.3f}",
            f"{1 / each.core_seconds:.1f}",
            f"{price * each.core_seconds:.4f}",
            f"{each.speed:.1f}",
            f"{each.start_s:.1f} s",
            f"{each.memory / 2**20:,.0f} MiB",
        ]
        for each in costs
    ]
    headers = [
        *("way", "cores per camera", "cameras per core", "price per camera-hour"),
        *("speed", "processor time to start", "memory"),
    ]
    planned = next(each for each in costs if each.way == PLANNED)
    plan = [_planned_row(count, planned, price) for count in CAMERAS]
    columns = ["cameras", "cores", "machines", "memory", "result files per day", "price per day"]
    parts = [
        TITLE.format(rate=frame_rate, people=people, repeat=repeat, price=price),
        _markdown(rows, headers),
        PLAN.format(way=planned.way, load=100 * LOAD, cores=MACHINE_CORES),
        _markdown(plan, columns),
        machine,
    ]
    return "\n\n".join(parts) + "\n"


def _planned_row(cameras: int, costs: Costs, price: float) -> list[str]:
    cores = math.ceil(cameras * costs.core_seconds / LOAD)
    return [
        f"{cameras:,}",
        f"{cores:,}",
        f"{math.ceil(cores / MACHINE_CORES):,}",
        f"{cameras * costs.memory / 2**30:,.1f} GiB",
        f"{cameras * costs.result_bytes * DAY_S / 1e9:,.1f} GB",
        f"{24 * price * cores:,.2f}",
    ]


def _markdown(rows: list[list[str]], headers: list[str]) -> str:
    return tabulate(rows, headers, tablefmt="github", disable_numparse=True)
