"""The page of benchmarks/streams.py."""

from typing import Any

from benchmarks.streams_footage import HEIGHT, WIDTH
from benchmarks.streams_runs import MANY


def page(results: dict[str, Any], machine: str) -> str:
    """Return the table of all rows and its explanation, as Markdown."""
    from tabulate import tabulate

    many = {row["descriptor"]: row for row in results["rows"] if row["side"] == MANY}
    table = [
        {
            "descriptor": row["descriptor"],
            "sources in": row["side"],
            "frames/s of all": f"{row['frames']:.0f}",
            "against processes": f"{row['frames'] / many[row['descriptor']]['frames']:.2f} x",
            "seconds": f"{row['seconds']:.1f}",
            "processor seconds": f"{row['processor']:.1f}",
            "memory (MB)": f"{row['memory'] / 1e6:.0f}",
            "results": "equal" if row["equal"] else "DIFFERENT",
        }
        for row in results["rows"]
    ]
    return (
        "# Many sources in one process\n\nWritten by `python -m benchmarks.streams`; do not edit "
        f"by hand. {results['streams']} sources of {WIDTH} x {HEIGHT} pixels, each "
        f"{results['frames']:,} frames with {results['boxes']:,} boxes from a file: "
        f"{results['video']}, repeated. Medians of {results['repeat']} turns, from the start of "
        "the first process to the end of the last one: the start of Python and the loading of "
        "libraries and machine code count, and weigh less in longer footage. Memory is the sum of "
        "the largest memory of each process; processes share the pages of libraries, so this sum "
        "counts those pages once per process. Results are equal if the result files of all turns "
        "of both sides have the same SHA-256, source by source.\n\n"
        + tabulate(table, headers="keys", tablefmt="github", disable_numparse=True)
        + f"\n\n{machine}\n"
    )
