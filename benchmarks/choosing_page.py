"""The table of all shipped descriptors, and the page around it."""

from typing import Any

from benchmarks.choosing_figures import (
    FAMILIES,
    UNSEEN_SUFFIX,
    Family,
    benchmark_of,
    difference_of,
    names_of,
    report_of,
    score_of,
    speed_of,
    twin_of,
)
from benchmarks.choosing_inputs import Inputs
from benchmarks.choosing_verdict import outside, verdict
from benchmarks.descriptor_page import COMPARED_BATCH
from benchmarks.evidence_contestants import HISTOGRAM, OSNET
from benchmarks.evidence_footage import MOT16, SEEN, UNSEEN
from benchmarks.evidence_people import MEASURES
from benchmarks.evidence_runs import PRESETS
from benchmarks.evidence_tables import PICTURE_MEASURES
from benchmarks.evidence_words import markdown, text
from benchmarks.machine import facts_line

NOTHING = "-"
"""Stands where the files have no figure."""
SHOWN_PRESETS = tuple(reversed(PRESETS))
"""FlatSORT first: it has the higher figures of the two."""
WAYS = {
    UNSEEN: "Without adapting, rendered footage that the weights have not seen",
    MOT16: "Without adapting, a real recording that the weights have not seen",
    SEEN: "With adapting, rendered footage that the weights learned from",
}
"""Group of recordings -> the use that it stands for."""
RANKED_PRESET = SHOWN_PRESETS[0]
"""The preset with which the answers compare."""
TITLE = """\
# Which descriptor?

Written by `python -m benchmarks.choosing` from the files of other commands; do not edit by hand.
`track.py --descriptor NAME` takes each name of the table; another network is `onnx:FILE`."""
ANSWERS = """\
Each kind of weights was trained several times on the same crops for the [evidence](evidence.md),
which also compares with deepsort, the preset of `track.py` with a descriptor. These sentences are
about `--preset {preset}`. A name stands for its kind, with and without `{suffix}`. "Better" and
"lower" mean that the 95 % interval of the difference does not hold 0; otherwise we cannot tell. The
interval of one recording does not cover other recordings.

{answers}

Your footage may differ. The seen scenes stand in for adapting: there, the weights learned from all
seen scenes together. `adapt.py` learns from your footage alone, without labels
([how quickly](adapting.md)), and its verdict says whether your footage gains
([Training](training.md))."""
COLUMNS = """\
- **Learned from**: the footage of the weights' crops, without labels. The clips are the first
  frames of other sequences. The pictures show people of other cameras, one each. `{suffix}` weights
  have not seen {sequence}. To learn from your own camera, use `adapt.py`.
- **Latents**: how many numbers describe a crop; for descriptors of other kinds, the length of their
  features.
- **Crops/s**: the network alone, with {batch} crops per call and float32 in onnxruntime
  ([encoders](../benchmarks/results/descriptor.md)). A name in brackets is that of a measured
  network with the same architecture, whose speed is given. The [report](descriptors/report.md) has
  the speed of all descriptors in one run. Machine: {machine}
- **AUC / rank-1 / mAP, {sequence}**: how well the shipped weights tell the labelled people of
  {sequence} apart, in %, by the distance that tracking uses ([report](descriptors/report.md)).
- **flatsort** and **deepsort**: IDF1 / purity in % with these presets, over the {scenes} unseen
  scenes of the [evidence](evidence.md). These are means over several trainings of the row's kind,
  ± their standard deviation, and not the shipped weights: the kind learned from other crops, so
  `NAME` and `NAME{suffix}` share the figures. Without a descriptor, SORT stands in the column of
  deepsort.
- **IDF1 minus histogram**: with {preset} on these scenes, with the 95 % interval. If it holds 0, we
  cannot tell which one is better.
- **ONNX**: size of the encoder's file in `weights/`.

A dash means that the files have no figure."""
BENCHMARK = """\
IDF1 / purity in %, means over the detectors of the [benchmark](benchmark.md), for the descriptors
that it has. One sequence cannot rank descriptors: there, one person more or less moves IDF1 by
points."""


def make_table(inputs: Inputs) -> str:
    """Return the table of all descriptors, as Markdown."""
    sequence = inputs.report["sequence"]
    rows = [
        [
            f"`{name}`" if family.kind != OSNET else name,
            family.purpose,
            _footage(inputs, family, name),
            _latents(inputs, name),
            _speed(inputs, name),
            _recognition(inputs, name),
            *(_tracking(inputs, family, preset) for preset in SHOWN_PRESETS),
            _gain(inputs, family),
            _size(inputs, name),
        ]
        for family in FAMILIES
        for name in names_of(family, inputs)
    ]
    headers = [
        "descriptor",
        "made for",
        "learned from",
        "latents",
        "crops/s",
        f"{' / '.join(PICTURE_MEASURES.values())}, {sequence}",
        *(f"{preset}, unseen scenes" for preset in SHOWN_PRESETS),
        "IDF1 minus histogram",
        "ONNX",
    ]
    return f"{markdown(rows, headers)}\n\n*: the weights saw crops of {sequence}, without labels.\n"


def make_page(inputs: Inputs) -> str:
    """Return the page, as Markdown."""
    scenes = inputs.evidence["groups"].get(UNSEEN, {}).get("recordings", 0)
    parts = [
        TITLE,
        make_table(inputs).strip(),
        "## The highest figures",
        ANSWERS.format(preset=RANKED_PRESET, suffix=UNSEEN_SUFFIX, answers=_answers(inputs)),
        "## The columns",
        COLUMNS.format(
            suffix=UNSEEN_SUFFIX,
            sequence=inputs.report["sequence"],
            batch=COMPARED_BATCH,
            machine=facts_line(inputs.speeds["machine"]),
            scenes=scenes,
            preset=RANKED_PRESET,
        ),
    ]
    if table := _benchmark_table(inputs):
        parts += [f"## Tracks of {inputs.report['sequence']}", BENCHMARK, table]
    return "\n\n".join(parts) + "\n"


def _answers(inputs: Inputs) -> str:
    lines = []
    for group, title in WAYS.items():
        parts = verdict(inputs, group, RANKED_PRESET), outside(inputs, group, RANKED_PRESET)
        if said := " ".join(part for part in parts if part):
            lines.append(f"- **{title}** ({group}): {said}")
    return "\n".join(lines)


def _footage(inputs: Inputs, family: Family, name: str) -> str:
    if family.kind == OSNET:
        return "other cameras, with labels"
    if name not in inputs.weights:
        return "nothing"
    sequences, sequence = inputs.weights[name].sequences, inputs.report["sequence"]
    count = sum(each != sequence for each in sequences)
    clips = f"{count} clip{'s' if count > 1 else ''}"
    if inputs.weights[name].has_pictures:
        clips += " and pictures"
    if sequence in sequences:
        return f"{sequence} and {clips}" if count else sequence
    return f"{clips}, not {sequence}"


def _latents(inputs: Inputs, name: str) -> str:
    if name in inputs.weights:
        return str(inputs.weights[name].latents)
    reported = report_of(inputs, name)
    return str(reported["dimensions"]) if reported else NOTHING


def _speed(inputs: Inputs, name: str) -> str:
    if speed := speed_of(inputs, name):
        return f"{speed:,.0f}"
    twin = twin_of(inputs, name)
    return f"{speed_of(inputs, twin):,.0f} ({twin})" if twin else NOTHING


def _recognition(inputs: Inputs, name: str) -> str:
    reported = report_of(inputs, name)
    if reported is None:
        return NOTHING
    scores = reported["scores"][reported["own"]["distance"]]
    weights = inputs.weights.get(name)
    mark = " *" if weights and inputs.report["sequence"] in weights.sequences else ""
    return " / ".join(f"{100 * scores[each]:.1f}" for each in PICTURE_MEASURES) + mark


def _tracking(inputs: Inputs, family: Family, preset: str) -> str:
    found = [score_of(inputs, UNSEEN, preset, family.kind, measure) for measure in MEASURES]
    return " / ".join(_score_text(each) for each in found if each) or NOTHING


def _score_text(score: dict[str, Any]) -> str:
    spread = score["spread"]
    return f"{score['mean']:.1f}" + (f" ± {spread:.1f}" if spread is not None else "")


def _gain(inputs: Inputs, family: Family) -> str:
    pair = (family.kind or "", HISTOGRAM)
    found = difference_of(inputs, UNSEEN, RANKED_PRESET, pair, MEASURES[0])
    return text(found) if found else NOTHING


def _size(inputs: Inputs, name: str) -> str:
    weights = inputs.weights.get(name)
    return f"{weights.onnx_bytes / 1e6:.1f} MB" if weights and weights.onnx_bytes else NOTHING


def _benchmark_table(inputs: Inputs) -> str:
    rows = []
    for family in FAMILIES:
        for name in names_of(family, inputs):
            found = [benchmark_of(inputs, name, preset) for preset in SHOWN_PRESETS]
            cells = [f"{each[0]:.1f} / {each[1]:.1f}" if each else NOTHING for each in found]
            if any(found):
                rows.append([f"`{name}`", *cells])
    return markdown(rows, ["descriptor", *SHOWN_PRESETS]) if rows else ""
