"""docs/flatness.md: Table 1 beside the paper's, from the JSON files of all experiments."""

import json
from pathlib import Path
from typing import Any

from tabulate import tabulate

from flatsort.errors import InputError
from flatsort.files.atomic import atomic_writer
from flatsort.paper.latent import shipped_weights as crops
from flatsort.paper.latent.experiments import EXPERIMENTS, FLAT, PLAIN
from flatsort.paper.latent.measure import CROWD, NEIGHBOURS, PAIRS, RECALLED, REFINED

# Table 1 of the paper: Riemannian and latent ratio, mean and deviation.
PAPER = {
    ("human", FLAT): ("1.02 ± 0.06", "0.93 ± 0.03"),
    ("human", PLAIN): ("1.23 ± 0.20", "0.82 ± 0.10"),
    ("mnist", FLAT): ("1.01 ± 0.08", "0.92 ± 0.05"),
    ("mnist", PLAIN): ("1.13 ± 0.22", "0.70 ± 0.31"),
}

# The JSON of one experiment: see flatsort.paper.latent.results.
Results = dict[str, Any]


def write_overview(path: Path, folder: Path) -> None:
    """Write the page about all experiments whose results.json is in ``folder``."""
    found = {}
    for name in (*EXPERIMENTS, crops.NAME):
        results = folder / name / "results.json"
        if results.exists():
            found[name] = _read(results)
    titles = {name: each.title for name, each in EXPERIMENTS.items()} | {crops.NAME: crops.TITLE}
    pictures = [
        f"[{titles[name]}]({folder.name}/{name}/README.md)\n\n"
        f"![condition number and magnification, {name}]({folder.name}/{name}/boxes.png)"
        for name in found
    ]
    people = found.pop(crops.NAME, None)
    text = [
        "# How flat the latent spaces are",
        "Written by `python tools/flatness.py`, an experiment at a time or all of them; do not "
        "edit by hand. The paper's Table 1 and ours: straight latent lines over geodesics between "
        f"{PAIRS} pairs of data points, mean ± standard deviation over the pairs of all trainings. "
        "A path in the graph zigzags between its nodes, so that straight lines of a perfectly flat "
        f"space come out some per cent below 1; refined to a smooth curve, done for {REFINED} "
        "pairs a training, they have 1.",
        _ratios(found),
        "Quantiles over latents drawn from the prior (condition number: the median), and the error "
        "over all data, in each experiment's own unit; their means over the trainings.",
        _metrics(found),
        *_speeds(found),
        *([crops.TITLE, crops.crops_table(people["models"])] if people else []),
        *pictures,
    ]
    with atomic_writer(path) as file:
        file.write("\n\n".join(text) + "\n")


def _read(path: Path) -> Results:
    try:
        results = json.loads(path.read_text(encoding="utf-8"))
        # What the tables will ask for.
        if path.parent.name == crops.NAME:
            crops.crops_table(results["models"])
        else:
            for table in (_metrics, _ratios, _speeds):
                table({path.parent.name: results})
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise InputError(
            f"{path}: not results of this version ({error!r}): run python tools/flatness.py "
            f"{path.parent.name} again, or remove the file"
        ) from error
    return results


def _ratios(found: dict[str, Results]) -> str:
    rows = []
    for name, results in found.items():
        models = results["models"]
        for method in dict.fromkeys(model["method"] for model in models):
            own = [model["ratios"] for model in models if model["method"] == method]
            paper = PAPER.get((name, method), ("", ""))
            ours = {kind: _pooled([each[kind] for each in own]) for kind in own[0]}
            rows.append(
                {
                    "data": EXPERIMENTS[name].title,
                    "method": method,
                    "Riemannian": ours["riemannian"],
                    "the paper's": paper[0],
                    "latent": ours["latent"],
                    "the paper's ": paper[1],
                    "Riemannian, refined": ours["refined"],
                    "latent, refined": ours["refined_latent"],
                }
            )
    return tabulate(rows, headers="keys", tablefmt="github", disable_numparse=True)


def _pooled(seeds: list[dict[str, float]]) -> str:
    """Mean and deviation of all pairs, of which each training has as many."""
    mean = sum(each["mean"] for each in seeds) / len(seeds)
    square = sum(each["deviation"] ** 2 + each["mean"] ** 2 for each in seeds) / len(seeds)
    return f"{mean:.2f} ± {max(0.0, square - mean**2) ** 0.5:.2f}"


def _metrics(found: dict[str, Results]) -> str:
    rows = []
    for name, results in found.items():
        models = results["models"]
        for method in dict.fromkeys(model["method"] for model in models):
            own = [model for model in models if model["method"] == method]
            low, _, _, _, high = _mean([model["magnification_quantiles"] for model in own])
            rows.append(
                {
                    "data": EXPERIMENTS[name].title,
                    "method": method,
                    "condition number": f"{_mean([m['condition_quantiles'] for m in own])[2]:.2f}",
                    "normalised MF, 5 to 95 %": f"{low:.3f} to {high:.3f}",
                    "error": f"{_mean([[model['error']] for model in own])[0]:.4f}",
                    "trainings": len(own),
                }
            )
    return tabulate(rows, headers="keys", tablefmt="github", disable_numparse=True)


def _mean(rows: list[list[float]]) -> list[float]:
    return [sum(column) / len(column) for column in zip(*rows, strict=True)]


def _speeds(found: dict[str, Results]) -> list[str]:
    rows = []
    for name, results in found.items():
        for method, speed in results["speeds"].items():
            rows.append(
                {
                    "data": EXPERIMENTS[name].title,
                    "method": method,
                    "search in the graph": f"{1e6 * speed['search']:,.0f} us",
                    "Euclidean distance": f"{1e6 * speed['distance']:.2f} us",
                    "times faster": f"{speed['search'] / speed['distance']:,.0f}",
                    f"{NEIGHBOURS} nearest of {CROWD:,}": f"{1e6 * speed['nearest']:.0f} us",
                    f"of {RECALLED} nearest in the graph": f"{100 * speed['recall']:.0f} %",
                }
            )
    table = tabulate(rows, headers="keys", tablefmt="github", disable_numparse=True)
    said = (
        "The same pairs in one run; the last column is how many of the graph's nodes nearest to a "
        "data point by its lengths are among as many nearest by Euclidean distance:"
    )
    return [said, table] if rows else []
