"""Write docs/flatness.md: our Table 1 beside the paper's, from the JSON of all experiments."""

from pathlib import Path
from typing import Any

from tabulate import tabulate

from flatsort.errors import InputError
from flatsort.files.atomic import atomic_writer
from flatsort.files.json_values import parse_json
from flatsort.paper.latent import shipped_weights as crops
from flatsort.paper.latent.experiment_tables import ratio_note
from flatsort.paper.latent.experiments import EXPERIMENTS, FLAT, PLAIN
from flatsort.paper.latent.measure_speed import CROWD, NEIGHBOURS, RECALLED

# Table 1 of the paper: (experiment, method) -> Riemannian and latent ratio, mean and deviation.
PAPER = {
    ("human", FLAT): ("1.02 ± 0.06", "0.93 ± 0.03"),
    ("human", PLAIN): ("1.23 ± 0.20", "0.82 ± 0.10"),
    ("mnist", FLAT): ("1.01 ± 0.08", "0.92 ± 0.05"),
    ("mnist", PLAIN): ("1.13 ± 0.22", "0.70 ± 0.31"),
}

Results = dict[str, Any]
"""The JSON of one experiment: see :mod:`flatsort.paper.latent.experiment_page`."""


def write_overview(path: Path, folder: Path, title: str) -> None:
    """Write the page about all experiments whose NAME/results.json is in a folder.

    Raises:
        InputError: a results.json cannot be used, or the page cannot be written.
    """
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
        f"# {title}",
        "Written by `python tools/flatness.py`; do not edit by hand.",
        f"The first table is the paper's Table 1 and ours. {ratio_note()}",
        _ratios(found),
        _left_out(found),
        "The second table has means over the same trainings. Where VHP-VAE has a kappa of its own, "
        "its error on held-out data is close to that of VHP-FMVAE. The condition number is "
        "the median at encodings of data, and at latents drawn from the prior; the normalised "
        "magnification factor (MF) is measured at the latter. The errors are in each experiment's "
        "own unit. The affine residual is the share of the decoder's variance that the best affine "
        "map leaves unexplained: 0 is a plane. The pages of the experiments list every training, "
        "with lambda, F, and whether it met its constraint.",
        _metrics(found),
        *_speeds(found),
        *([crops.TITLE, crops.crops_table(people["models"])] if people else []),
        *pictures,
    ]
    with atomic_writer(path) as file:
        file.write("\n\n".join(part for part in text if part) + "\n")


def _read(path: Path) -> Results:
    try:
        results = parse_json(path.read_text(encoding="utf-8"))
        # The tables are made here once, so a missing figure is found before the page is made.
        if path.parent.name == crops.NAME:
            crops.crops_table(results["models"])
        else:
            for table in (_metrics, _ratios, _speeds):
                table({path.parent.name: results})
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise InputError(
            f"{path}: not written by this version ({error!r}): run the experiment "
            f"{path.parent.name} again, or remove the file"
        ) from error
    return results


def _ratios(found: dict[str, Results]) -> str:
    rows = []
    for name, results in found.items():
        for method, trained in _trained(results).items():
            own = [model["ratios"] for model in trained]
            paper = PAPER.get((name, method), ("", ""))
            ours = {kind: _pooled([each[kind] for each in own]) for kind in own[0]}
            rows.append(
                {
                    "data": EXPERIMENTS[name].title,
                    "method": method,
                    "Riemannian": ours["riemannian"],
                    "Riemannian, paper": paper[0],
                    "latent": ours["latent"],
                    "latent, paper": paper[1],
                    "Riemannian, refined": ours["refined"],
                    "latent, refined": ours["refined_latent"],
                }
            )
    return tabulate(rows, headers="keys", tablefmt="github", disable_numparse=True)


def _pooled(seeds: list[dict[str, float]]) -> str:
    """Pool mean and deviation over trainings that have equal numbers of pairs."""
    mean = sum(each["mean"] for each in seeds) / len(seeds)
    square = sum(each["deviation"] ** 2 + each["mean"] ** 2 for each in seeds) / len(seeds)
    return f"{mean:.2f} ± {max(0.0, square - mean**2) ** 0.5:.2f}"


def _metrics(found: dict[str, Results]) -> str:
    rows = []
    for name, results in found.items():
        for method, own in _trained(results).items():
            low, _, _, _, high = _mean([model["magnification_quantiles"] for model in own])
            kappa, error, held_out, residual = _mean(
                [
                    [model[k] for k in ("kappa", "error", "held_out_error", "decoder_residual")]
                    for model in own
                ]
            )
            medians = {
                place: _mean([model[f"{key}condition_quantiles"] for model in own])[2]
                for place, key in (("data", "data_"), ("prior", ""))
            }
            rows.append(
                {
                    "data": EXPERIMENTS[name].title,
                    "method": method,
                    "kappa": f"{kappa:.3g}",
                    "error": f"{error:.4f}",
                    "held out": f"{held_out:.4f}",
                    "condition number, data": f"{medians['data']:.2f}",
                    "prior": f"{medians['prior']:.2f}",
                    "normalised MF, 5 to 95 %": f"{low:.3f} to {high:.3f}",
                    "affine residual": f"{residual:.3f}",
                    "trainings": f"{len(own)} of {_count(results, method)}",
                }
            )
    return tabulate(rows, headers="keys", tablefmt="github", disable_numparse=True)


def _left_out(found: dict[str, Results]) -> str:
    """Name the trainings that the tables leave out; "" if there are none."""
    names = [
        f"{EXPERIMENTS[name].title}, {model['method']}, seed {model['seed']}"
        for name, results in found.items()
        for model in results["models"]
        if not model["prior_trained"]
    ]
    if not names:
        return ""
    return (
        "Left out, because they never met their constraint and their prior is not trained: "
        f"{'; '.join(names)}."
    )


def _trained(results: Results) -> dict[str, list[Results]]:
    """Group the models whose prior is trained by method."""
    methods: dict[str, list[Results]] = {}
    for model in results["models"]:
        if model["prior_trained"]:
            methods.setdefault(model["method"], []).append(model)
    return methods


def _count(results: Results, method: str) -> int:
    return sum(model["method"] == method for model in results["models"])


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
    note = (
        "The third table has times for the same pairs, measured in one run. Its last column is the "
        f"share of the {RECALLED} nodes nearest to a data point by length in the graph that are "
        f"also among the {RECALLED} nearest by Euclidean distance."
    )
    return [note, table] if rows else []
