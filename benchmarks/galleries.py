"""Measure the search of large galleries: build time, memory, speed and recall by engine.

The boxes are simulated: they spread as the latents of labelled people do. Each engine runs in a
process of its own. All files are kept in --folder; the same command goes on where it was stopped.
"""

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.options import ROOT, add_folder, add_mot_root, add_page, make_parser
from flatsort.commands.cli import run
from flatsort.errors import InputError

if TYPE_CHECKING:
    from benchmarks.galleries_simulation import Spread

EXAMPLES = """\
examples:
  # all sizes, as in docs/galleries.md; ten million boxes take 25 GB of disk and an hour
  python -m benchmarks.galleries --clips data/clips/*

  # a quick trial
  python -m benchmarks.galleries --clips data/clips/* --sizes 10000 100000 --out trial.md
"""
SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
LARGEST = {"kd-tree": 100_000, "faiss": 1_000_000, "lancedb": 100_000}
"""Engine -> largest gallery that it is measured with. Above, a k-d tree takes most of a second per
query, faiss needs several copies of all features in memory, and the database is slow to write."""
ENGINES = ("kd-tree", "faiss", "approximate", "lancedb")
KEPT_ON_DISK = ("approximate", "lancedb")
SEED = 0
QUERIES = 1000
QUERY_SEEDS = {"measured": 1, "tuning": 2}
"""Seeds of the queries of the page, and of those by which the defaults were chosen."""


def main(words: list[str] | None = None) -> None:
    """Make the galleries, run all engines and write the page."""
    arguments = _parse(words)
    from benchmarks.galleries_latents import DESCRIPTOR, read_latents
    from benchmarks.galleries_page import make_page
    from benchmarks.galleries_real import compare
    from benchmarks.galleries_simulation import BLOCK, fit_spread, write_blocks
    from benchmarks.machine import machine_facts
    from flatsort.descriptors import load_descriptor
    from flatsort.files.atomic import atomic_writer, check_writable
    from flatsort.files.sequence import find_sequences, open_sequence

    check_writable(arguments.out)
    for size in arguments.sizes:
        if size < BLOCK or size % BLOCK:
            raise InputError(f"--sizes {size}: give multiples of {BLOCK}")
    folder = arguments.folder
    sequences = find_sequences("MOT16-09", arguments.mot_root)
    sequences += [open_sequence(clip) for clip in arguments.clips]
    latents = read_latents(folder / "latents.npz", sequences)
    spread = fit_spread(latents)
    simulated = folder / "simulated.f32"
    write_blocks(simulated, spread, SEED, max(arguments.sizes))
    rows = []
    for size in arguments.sizes:
        write_queries(spread, simulated, folder / str(size), size)
        rows += _measure(simulated, folder / str(size), size)
    kinds = compare(latents, spread, load_descriptor(DESCRIPTOR).metric)
    page = make_page(rows, kinds, machine_facts("faiss-cpu", "lancedb"))
    with atomic_writer(arguments.out) as handle:
        handle.write(page)
    print(page)


def write_queries(spread: "Spread", simulated: Path, folder: Path, size: int) -> None:
    """Draw the queries of a size and find their nearest boxes by a comparison with all."""
    import numpy as np

    from benchmarks.galleries_engines import NEAREST, open_latents
    from benchmarks.galleries_latents import DESCRIPTOR
    from benchmarks.galleries_simulation import BLOCK, draw_queries
    from flatsort.descriptors import load_descriptor
    from flatsort.files.atomic import atomic_path
    from flatsort.retrieval.gallery_recall import nearest_of_all

    metric = load_descriptor(DESCRIPTOR).metric
    latents = open_latents(simulated, size, len(spread.mean))
    for name, seed in QUERY_SEEDS.items():
        path = folder / f"{name}.npz"
        if not path.is_file():
            queries = draw_queries(spread, SEED, size // BLOCK, QUERIES, seed)
            true = nearest_of_all(
                lambda rows: metric.prepare(latents[rows]), size, metric.prepare(queries), NEAREST
            )
            with atomic_path(path) as temporary:
                np.savez(temporary, queries=queries, true=true)


def _measure(simulated: Path, folder: Path, size: int) -> list[dict[str, Any]]:
    """Return the figures of each engine that is measured with this size."""
    rows = []
    for engine in ENGINES:
        if size > LARGEST.get(engine, size):
            continue
        row: dict[str, Any] = {"size": size, "engine": engine}
        if engine in KEPT_ON_DISK:
            row["build"] = _step("build", engine, simulated, folder)
        row["search"] = _step("search", engine, simulated, folder)
        if engine == "approximate":
            row["tune"] = _step("tune", engine, simulated, folder)
        rows.append(row)
        # What is left to measure needs the disk.
        for made in (folder / "x.gallery", folder / "x.lance"):
            shutil.rmtree(made, ignore_errors=True)
    return rows


def _step(step: str, engine: str, simulated: Path, folder: Path) -> dict[str, Any]:
    """Return the figures of one step, from an earlier run if they are there."""
    out = folder / f"{engine}-{step}.json"
    if not out.is_file():
        if step != "build" and engine in KEPT_ON_DISK:
            _build_again(engine, simulated, folder)
        _run_step(step, engine, simulated, folder, out)
    return json.loads(out.read_text(encoding="utf-8"))


def _build_again(engine: str, simulated: Path, folder: Path) -> None:
    """Build a gallery that an earlier run removed or left unfinished."""
    ending = "gallery" if engine == "approximate" else "lance"
    if not (folder / f"x.{ending}").is_dir():
        _run_step("build", engine, simulated, folder, folder / f"{engine}-build.json")


def _run_step(step: str, engine: str, simulated: Path, folder: Path, out: Path) -> None:
    if step == "build" and engine == "lancedb":
        # A database grows, so an unfinished one must go.
        shutil.rmtree(folder / "x.lance", ignore_errors=True)
    print(f"{folder.name} boxes, {engine}: {step}", file=sys.stderr)
    # The worker is no command of its own.
    program = "from benchmarks.galleries_engines import main; main()"
    words = ["-c", program, step, engine, simulated, folder, out]
    subprocess.run(  # noqa: S603 - paths and names of this module, without a shell
        [sys.executable, *map(str, words)], check=True, cwd=ROOT
    )


def _parse(words: list[str] | None) -> argparse.Namespace:
    parser = make_parser("galleries", __doc__, EXAMPLES)
    add_mot_root(parser)
    add = parser.add_argument
    add("--clips", nargs="+", type=Path, default=[], metavar="DIR", help="more labelled sequences")
    add("--sizes", nargs="+", type=int, default=SIZES, metavar="N", help="numbers of boxes (all)")
    add_folder(parser, "galleries", "folder for galleries and figures")
    add_page(parser, "galleries")
    return parser.parse_args(words)


if __name__ == "__main__":
    run(main)
