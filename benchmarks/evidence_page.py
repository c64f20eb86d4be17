"""The page of the evidence."""

from benchmarks.evidence_bootstrap import DRAWS
from benchmarks.evidence_contestants import MOTION, TITLES
from benchmarks.evidence_footage import HALF, MOT16, SEEN, UNSEEN
from benchmarks.evidence_people import MEASURES
from benchmarks.evidence_runs import PRESETS, Evidence
from benchmarks.evidence_scenes import BURST_S, EVERY_S, NOISES, SECONDS, VARIANTS
from benchmarks.evidence_tables import (
    ALL,
    Difference,
    difference_table,
    half_table,
    picture_table,
    score_table,
    share_table,
    variant_table,
)
from benchmarks.evidence_training import (
    CURVED_LATENTS,
    FEATURE_STEPS,
    SLIM_STEPS,
    SMALL_STEPS,
    WORDS,
)
from benchmarks.evidence_words import LARGE, SMALL, text, words
from flatsort.evaluation.reid.pairs import MAX_GAP_FRAMES, MIN_GAP_FRAMES

TITLE = """\
# The evidence: FMVAE, VHP-VAE, and networks taught with labels

Written by `python -m benchmarks.evidence`; do not edit by hand. The weights come from
`python -m benchmarks.evidence_training`.

The paper's Table 2 compares descriptors by their tracks. One short sequence cannot carry its claim:
there, one person more or less moves IDF1 by points. This page compares them over {recordings}
recordings with {people} people, and {trainings} trainings of each kind."""
METHOD = """\
## What is compared

- **{mot}** with the boxes of {detectors} detectors. They count as one recording: the mean over the
  detectors. The intervals of one recording do not cover other recordings. The preset flatsort was
  chosen on the seven training sequences of MOT16, {mot} among them.
- **{scenes} rendered scenes** of {seconds:g} seconds: {variants}. The errors of the simulated
  detector are {noises} times the usual ones by turns. Scenes with even seeds are **seen**: their
  crops are in the training. Those with odd seeds are **unseen**; each has the kind of a seen one.
- All weights learn from the same crops: {burst:g} of every {every:g} seconds of each seen scene,
  and the clips of MOT16. Nothing learns from {mot}, except in the section on its second half.
- The **start** matters. VHP-VAE starts at random weights, as the shipped one does, and VHP-FMVAE at
  the principal subspace of the pictures, which is a plane. So their difference is not that of the
  flatness term alone. "VHP-VAE, principal start" differs from VHP-FMVAE in the term alone.
- VHP-VAE, VHP-FMVAE and a taught network share one network and {slim:,} steps. `fmvae-track` and a
  second taught network share a smaller one and {small:,} steps; `fmvae-track` spends a third of
  them on a first round, which only finds out who is who.
- `strangers` first learns features from pairs of crops of one tracklet, in {features:,} steps and
  with a network of its own. Then it is a flat VAE of these features and of colours.
- The **taught** networks learn from the same crops with the identities, by cross entropy and the
  triplet loss. They know the people of seen scenes by name. They are for comparison only, and are
  not shipped. OSNet learned identities of other cameras.
- Our weights have gates from their own held-out tracklets. The gates of the histogram, the taught
  networks and OSNet are calibrated on each recording. No gate uses labels.
- **deepsort** and **flatsort** are presets of `track.py`. The paper's baseline beside DeepSORT is
  SORT. In the tables of flatsort, its own motion takes SORT's place.

Purity is the share of matched boxes that belong to their track's main person. Mixing two people is
worse than splitting one, so a gain in IDF1 that costs purity is no gain.

**Intervals** hold 95 % of {draws:,} draws. Each draw takes recordings, the people of each
recording, and trainings, all with replacement; both sides of a difference share the recordings and
the people. {trainings} trainings are few: where trainings differ much, an interval holds the truth
less often. The ± behind the means is the standard deviation over trainings. If an interval holds 0,
the words are "cannot tell"; below {small_effect:g} point they are "a little", from
{large_effect:g} points "much". About one interval in twenty misses the truth by chance, and this
page has many."""


CURVED = """\
The two **curved decoders** have {latents} latents, and differ from each other in the flatness term
alone. At 128 latents and the principal start, a decoder with the term stays a plane, which is flat
without effort."""


def make_page(
    evidence: Evidence, found: list[Difference], trainings_table: str, picture: str
) -> str:
    """Return the page in Markdown.

    Args:
        evidence: all that was measured.
        found: the comparisons.
        trainings_table: what the trainings came to.
        picture: file name of the picture, beside the page.
    """
    groups = {group: _recordings(evidence, group) for group in (UNSEEN, SEEN, MOT16, HALF)}
    whole = [each for each in evidence.tracked if each.group != HALF]
    people = {each.recording: len(each.counts.ids) for each in whole}
    trainings = 1 + max(each.seed for each in whole)
    detectors = {each.variant for each in whole if each.group == MOT16}
    parts = [
        TITLE.format(recordings=len(people), people=sum(people.values()), trainings=trainings),
        _verdict(found),
        _causes(found),
        f"![Differences with their intervals]({picture})",
        METHOD.format(
            mot=MOT16,
            detectors=len(detectors),
            scenes=len(groups[UNSEEN] | groups[SEEN]),
            variants=", ".join(name for name, _ in VARIANTS),
            seconds=SECONDS,
            burst=BURST_S,
            every=EVERY_S,
            noises=", ".join(f"{noise:g}" for noise in NOISES),
            slim=SLIM_STEPS,
            small=SMALL_STEPS,
            features=FEATURE_STEPS,
            draws=DRAWS,
            trainings=trainings,
            small_effect=SMALL,
            large_effect=LARGE,
        ),
    ]
    kinds = {each.kind for each in evidence.tracked}
    missing = [TITLES[kind] for kind in WORDS if kind in TITLES and kind not in kinds]
    if missing:
        parts.append(f"Left out of this run by `--kind`: {', '.join(missing)}.")
    if "curved" in kinds:
        parts.append(CURVED.format(latents=CURVED_LATENTS))
    parts.append("## Differences")
    for preset in PRESETS:
        parts += [f"### Preset {preset}", difference_table(found, preset)]
    parts += ["## Scores", f"{' / '.join(MEASURES)} in %, means over recordings."]
    for preset in PRESETS:
        parts += [f"### Preset {preset}", score_table(evidence, preset)]
    parts += [
        "## From picture to picture",
        f"AUC / rank-1 / mAP in %, for boxes of labelled people {MIN_GAP_FRAMES} to "
        f"{MAX_GAP_FRAMES} frames apart, with each descriptor's own distance.",
        picture_table(evidence),
        "## What labels bring, and how much of it comes without them",
        "Share of the taught network's gain over the histogram that is reached without labels: by "
        "the same network, and by `strangers` beside the network of fmvae-track. It is given where "
        "the taught network's own gain is sure. Above 100 %, labels did harm. For pictures, "
        "recordings and trainings are drawn, but not people: the "
        "intervals on the one recording of the second half are those of trainings alone.",
        share_table(evidence),
    ]
    if any(kind.endswith("-half") for kind in kinds):
        parts += [
            f"## The second half of {MOT16}",
            f"Here ours and the taught network learned from the boxes of YOLOX-x in the first half "
            f"of {MOT16}, and from nothing else. People who are in both halves are known to the "
            "taught network by name. IDF1 / purity under the presets.",
            half_table(evidence),
        ]
    parts += ["## What the trainings came to", TRAININGS, trainings_table, "## By kind of scene"]
    for one, other in (
        ("fmvae", "vhpvae"),
        ("curved", "curved-plain"),
        ("fmvae-track", "fmvae"),
        ("strangers", "fmvae-track"),
    ):
        if {one, other} <= kinds:
            parts += [
                f"{TITLES[one]} minus {TITLES[other]}:",
                variant_table(evidence, one, other),
            ]
    return "\n\n".join(parts) + "\n"


CAUSES = {
    ("vhpvae-principal", "vhpvae"): "The start at the principal subspace, without the term",
    ("fmvae", "vhpvae-principal"): "The flatness term, with the same start",
    ("curved", "curved-plain"): "The flatness term, with a decoder of few latents that bends",
}
PLANE = """\
A decoder that starts at a plane is nearly a plane at the end too, with the term or without it (see
the affine residuals in "What the trainings came to"). Distances on a plane are true already, so the
term has little left to mend there."""
TRAININGS = """\
Means over the trainings. The error is the root mean square of a reconstructed value, in units of
the data, and kappa is its bound. R is the relative squared deviation of the decoder's metric from a
multiple of the identity; 0 is flat. The affine residual is the share of the decoder's variance that
no affine map explains; 0 is a plane."""


def _recordings(evidence: Evidence, group: str) -> set[str]:
    return {each.recording for each in evidence.tracked if each.group == group}


def _verdict(found: list[Difference]) -> str:
    """Say whether the paper's order holds over all recordings."""
    lines = []
    for preset in PRESETS:
        for measure in MEASURES:
            chosen = {
                (each.one, each.other): each
                for each in found
                if (each.preset, each.measure, each.group) == (preset, measure, ALL)
            }
            pairs = ("vhpvae", MOTION), ("fmvae", "vhpvae")
            if not chosen.keys() >= {*pairs}:
                continue
            first, second = (chosen[pair] for pair in pairs)
            lines.append(
                f"- {measure}, {preset}: {_order(first, second)} VHP-VAE minus motion alone is "
                f"{text(first.interval)}, VHP-FMVAE minus VHP-VAE {text(second.interval)}."
            )
    return (
        "**Does the paper's order hold?** The paper has motion alone < VHP-VAE < VHP-FMVAE in "
        "IDF1; it does not give purity.\n\n" + "\n".join(lines)
    )


def _causes(found: list[Difference]) -> str:
    """Say what the start does without the term, and what the term does with the same start."""
    lines = []
    for pair, cause in CAUSES.items():
        parts = [
            f"{measure} {text(each.interval)}, {preset}: {words(each.interval)}"
            for preset in PRESETS
            for measure in MEASURES
            for each in found
            if (each.one, each.other, each.preset, each.measure, each.group)
            == (*pair, preset, measure, ALL)
        ]
        if parts:
            lines.append(f"- {cause}: " + "; ".join(parts) + ".")
    return "**Why?** Over all recordings:\n\n" + "\n".join(lines) + f"\n\n{PLANE}" if lines else ""


def _order(first: Difference, second: Difference) -> str:
    intervals = (first.interval, second.interval)
    if all(each.low > 0 for each in intervals):
        return "the order holds."
    if any(each.high < 0 for each in intervals):
        return "the order does not hold."
    return "cannot tell."
