"""The page on linking: online, offline, and other trackers' results."""

from tabulate import tabulate

from benchmarks.linking_runs import Row

TITLE = """\
# Online or offline

Written by `python -m benchmarks.linking`; do not edit by hand.

**Online**, the tracker decides who is who in each frame, and never changes a decision: for cameras,
and wherever an answer cannot wait. **Offline**, `track.py --offline` tracks the whole recording by
motion, cuts tracks where they may go on with someone else, and joins the parts that show one person
by looks and movement together. `link.py` does the same with the results of any tracker. It sees
each person before and after every doubt. `--fill` also fills the gaps of each identity by straight
courses; these boxes are marked. Online, FlatSORT fills short lapses too, as far as it can foresee.

Neither needs labels. How strongly looks count is learned from the recording itself. The other
constants were set by hand on MOT16-09 and on rendered scenes with seeds 100 to 109, so the figures
of MOT16-09 on this page are a little too good; [scenes.md](scenes.md) has the same comparison on
twenty other scenes.

- **Purity**: share of the matched boxes that belong to their track's main person.
- **Continuity**: share of the matched boxes that lie in their person's main track.
- **Mixed**: tracks whose main person has less than 90 % of their matched boxes.
"""
COLUMNS = ("IDF1", "HOTA", "MOTA", "Purity", "Continuity", "Mixed", "IDs")
OPTIONAL = ("Purity", "Continuity", "Mixed")
FLATNESS = """\
## Does a flat space help?

`fmvae` is flat and `vhpvae` is not; both have the same network and the same crops. The looks of a
tracklet are the centre of its crops' latents, so a space in which straight ways are short ones
should help here. One sequence of 25 people cannot tell: one identity is up to four points.
[One distance for all](flat-linking.md) has the answer on scenes, with intervals."""


def make_page(ours: list[Row], others: list[Row]) -> str:
    """Return the page in Markdown."""
    parts = [TITLE.rstrip(), "## MOT16-09, online and offline"]
    for boxes in dict.fromkeys(row.boxes for row in ours):
        parts += [f"### {boxes}", _ours([row for row in ours if row.boxes == boxes])]
    parts += [
        FLATNESS,
        "## Results of other trackers",
        "By movement alone, tracks stay whole. They are joined over gaps of up to .7 s, if these "
        "are longer than each gap that the tracker itself has bridged. **Least** is the smallest "
        "change of IDF1 in a sequence.",
    ]
    for boxes in dict.fromkeys(row.boxes for row in others):
        count = int(boxes.rpartition(", ")[2])
        title = boxes if count > 1 else boxes.replace(", 1", ", MOT16-09")
        title = title.replace(f", {count}", f", {count} sequences") if count > 1 else title
        parts += [f"### {title}", _others([row for row in others if row.boxes == boxes])]
    return "\n\n".join(parts) + "\n"


def _ours(rows: list[Row]) -> str:
    return tabulate(
        [[row.name, row.way, *_cells(row)] for row in rows],
        ["descriptor", "way", *COLUMNS],
        tablefmt="github",
        disable_numparse=True,
    )


def _others(rows: list[Row]) -> str:
    table = [
        [row.name, row.way, *_cells(row), "" if row.least is None else f"{row.least:+.1f}"]
        for row in rows
    ]
    headers = ["tracker", "linked by", *COLUMNS, "least"]
    return tabulate(table, headers, tablefmt="github", disable_numparse=True)


def _cells(row: Row) -> list[str]:
    values = row.score.columns(OPTIONAL)
    return [f"{values[name]:.{0 if name in ('Mixed', 'IDs') else 1}f}" for name in COLUMNS]
