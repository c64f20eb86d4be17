"""The figures of benchmarks/descriptor.py as a page."""

from statistics import median
from typing import Any

from tabulate import tabulate

from benchmarks.descriptor_networks import OSNET


def page(results: dict[str, Any]) -> str:
    """Markdown of what benchmarks.descriptor_measure.measure returned."""
    machine, networks = results["machine"], results["networks"]
    versions = ", ".join(f"{name} {number}" for name, number in results["versions"].items())
    crops = "; ".join(
        f"{name} {facts['width']}x{facts['height']}, {facts['operations'] / 1e6:.0f}"
        for name, facts in networks.items()
    )
    parts = [
        "# Speed of descriptors",
        "Written by `python -m benchmarks.descriptor`; do not edit by hand.",
        f"{machine['processor']}, {machine['cores']} cores, all of them used; Python "
        f"{machine['python']}; {versions}. Medians of {results['rounds']} interleaved rounds. The "
        f"float32 matrix product of NumPy reached {results['sgemm_flops'] / 1e9:.0f} GFLOP/s.",
        "## Networks",
        "Crops a second by crops a call; crops lie ready, our networks take bytes, the others "
        "normalised float32. AUC: of same-person pairs 20 to 150 frames apart among "
        f"{results['labelled']:,} labelled crops of {results['sequence']}, by the metric tracking "
        "uses; a dash where weights are random. Peak: of the matrix product, at the fastest batch. "
        "Times OSNet: the fastest batch, over that of OSNet's fastest engine in any precision.",
        f"Width, height and millions of operations of a crop: {crops}.",
        _speed_table(results),
        f"## A frame of {results['frame_boxes']} boxes",
        "From a 1920 x 1080 frame to crops, and from the frame to descriptors as `track.py` does.",
        _table(
            [
                {"What": name, "ms": f"{1000 * median(values):.2f}"}
                for name, values in results["frames"].items()
            ]
        ),
        "## Starting",
        "A new Python up to its first descriptor; torch is loaded where onnxruntime is missing.",
        _table(
            [
                {"What": name, "s": f"{median(values):.2f}"}
                for name, values in results["start"].items()
            ]
        ),
    ]
    return "\n\n".join(parts)


def _speed_table(results: dict[str, Any]) -> str:
    speeds = results["speeds"]
    best = {}
    for each in speeds:
        speed = each["batch"] / median(each["seconds"])
        key = (each["network"], each["engine"], each["precision"])
        best[key] = max(best.get(key, 0.0), speed)
    osnet = max((speed for key, speed in best.items() if key[0] == OSNET), default=None)
    rows: dict[tuple[str, str, str], dict[str, str]] = {}
    for each in speeds:
        key = (each["network"], each["engine"], each["precision"])
        row = rows.setdefault(key, dict(zip(("Network", "Engine", "Precision"), key, strict=True)))
        row[str(each["batch"])] = f"{each['batch'] / median(each['seconds']):.0f}"
    for key, row in rows.items():
        operations = results["networks"][key[0]]["operations"]
        row["Peak"] = f"{100 * best[key] * operations / results['sgemm_flops']:.0f} %"
        if osnet:
            row["Times OSNet"] = f"{best[key] / osnet:.2f}"
        auc = next(e["auc"] for e in speeds if (e["network"], e["engine"], e["precision"]) == key)
        row["AUC"] = "-" if auc is None else f"{auc:.4f}"
    return _table(list(rows.values()))


def _table(rows: list[dict[str, str]]) -> str:
    return tabulate(rows, headers="keys", tablefmt="github", disable_numparse=True)
