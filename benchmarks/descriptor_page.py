"""Write the figures of benchmarks/descriptor.py as a page."""

from statistics import median
from typing import Any

from tabulate import tabulate

from benchmarks.machine import facts_line

OSNET = "OSNet x0.25"
"""The network with which all networks are compared."""
COMPARED_BATCH = 20
"""Crops per call at which networks are compared, about as many as in a frame."""


def page(results: dict[str, Any]) -> str:
    """Return the page for the results of benchmarks.descriptor_measure.measure, as Markdown."""
    networks = results["networks"]
    crops = "; ".join(
        f"{name} {facts['width']}x{facts['height']}, {facts['operations'] / 1e6:.0f}"
        for name, facts in networks.items()
    )
    parts = [
        "# Speed of descriptors",
        "Written by `python -m benchmarks.descriptor`; do not edit by hand.",
        f"{facts_line(results['machine'])} Medians of {results['rounds']} interleaved rounds. The "
        f"float32 matrix product of NumPy reached {results['sgemm_flops'] / 1e9:.0f} GFLOP/s.",
        "## Networks",
        "Crops per second, by crops per call. The crops are in memory; our networks take bytes, "
        "the others normalised float32. AUC: how well distances tell pairs of one person from "
        "pairs of two people, 20 to 150 frames apart, among "
        f"{results['labelled']:,} labelled crops of {results['sequence']}, with the metric that "
        "tracking uses; a dash for random weights. Peak: share of the speed of the matrix product, "
        f"at the fastest batch. Times OSNet: speed for {COMPARED_BATCH} crops, about one frame, "
        "relative to OSNet with its fastest engine and precision; median of the ratios per round.",
        f"Width, height and millions of operations per crop: {crops}.",
        _speed_table(results),
        f"## A frame of {results['frame_boxes']} boxes",
        "The time from a 1920 x 1080 frame to crops, and from the frame to descriptors as in "
        "`track.py`, which includes cutting. Each way runs in a process of its own. Times OSNet: "
        "median of the ratios per round.",
        _frame_table(results),
        "## Starting",
        "The time from the start of Python to the first descriptor; torch is loaded only if "
        "onnxruntime is missing.",
        _table(
            [
                {"Way": name, "s": f"{median(values):.2f}"}
                for name, values in results["start"].items()
            ]
        ),
    ]
    return "\n\n".join(parts)


def _frame_table(results: dict[str, Any]) -> str:
    """Return the table of cutting crops and of the whole way from a frame to descriptors."""
    frames = results["frames"]
    reference = next((frames[name] for name in frames if name.startswith(OSNET)), None)
    rows = []
    for name, values in frames.items():
        describes = not name.startswith("cut ")
        row = {"Way": name, "ms": f"{1000 * median(values):.2f}"}
        row["Crops/s"] = f"{results['frame_boxes'] / median(values):.0f}" if describes else ""
        if reference:
            ratios = [r / own for r, own in zip(reference, values, strict=False)]
            row["Times OSNet"] = f"{median(ratios):.1f}" if describes else ""
        rows.append(row)
    return _table(rows)


def _speed_table(results: dict[str, Any]) -> str:
    """Return the table of speeds, with one row per network, engine and precision."""
    osnet = [
        each["seconds"]
        for each in results["speeds"]
        if each["network"] == OSNET and each["batch"] == COMPARED_BATCH
    ]
    reference = min(osnet, key=median, default=None)
    rows: dict[tuple[str, str, str], dict[str, str]] = {}
    best: dict[tuple[str, str, str], float] = {}
    for each in results["speeds"]:
        key = (each["network"], each["engine"], each["precision"])
        row = rows.setdefault(key, dict(zip(("Network", "Engine", "Precision"), key, strict=True)))
        speed = each["batch"] / median(each["seconds"])
        row[str(each["batch"])] = f"{speed:.0f}"
        best[key] = max(best.get(key, 0.0), speed)
        row["AUC"] = "-" if each["auc"] is None else f"{each['auc']:.4f}"
        if reference and each["batch"] == COMPARED_BATCH:
            # A network that was timed only once is compared with OSNet's first round.
            ratios = [r / own for r, own in zip(reference, each["seconds"], strict=False)]
            row["Times OSNet"] = f"{median(ratios):.2f}"
    for key, row in rows.items():
        operations = results["networks"][key[0]]["operations"]
        row["Peak"] = f"{100 * best[key] * operations / results['sgemm_flops']:.0f} %"
    batches = [str(batch) for batch in sorted({each["batch"] for each in results["speeds"]})]
    columns = ["Network", "Engine", "Precision", *batches, "Peak", "Times OSNet", "AUC"]
    shown = [column for column in columns if any(column in row for row in rows.values())]
    return _table([{column: row.get(column, "") for column in shown} for row in rows.values()])


def _table(rows: list[dict[str, str]]) -> str:
    return tabulate(rows, headers="keys", tablefmt="github", disable_numparse=True)
