"""The page of the evidence."""

from benchmarks.evidence_bootstrap import DRAWS
from benchmarks.evidence_contestants import MOTION, TITLES
from benchmarks.evidence_footage import HALF, MOT16, SEEN, UNSEEN
from benchmarks.evidence_people import MEASURES
from benchmarks.evidence_runs import PRESETS, Evidence
from benchmarks.evidence_scenes import NOISES, VARIANTS
from benchmarks.evidence_tables import (
    ALL,
    LARGE,
    SMALL,
    Difference,
    difference_table,
    half_table,
    picture_table,
    score_table,
    share_table,
    text,
    variant_table,
)
from benchmarks.evidence_training import CURVED_LATENTS, SLIM_STEPS, SMALL_STEPS

TITLE = """\
# The evidence: FMVAE, VHP-VAE, and networks taught with labels

Written by `python -m benchmarks.evidence`; do not edit by hand. The weights come from
`python -m benchmarks.evidence_training`.

The paper's Table 2 compares descriptors by their tracks. One sequence of 25 people cannot carry its
claim: one identity is worth up to four points there. This page compares them over {recordings}
recordings with {people} people, and {trainings} trainings of each kind."""
METHOD = """\
## What is compared

- **{mot}** with the boxes of {detectors} detectors. They count as one recording: the mean over the
  detectors.
- **{scenes} rendered scenes** of 14.4 seconds: {variants}. The errors of the simulated detector are
  {noises} times the usual ones by turns. Scenes with even seeds are **seen**: their crops, without
  labels, are in the training. Those with odd seeds are **unseen**; each has the kind of a seen one.
- All weights learn from the same crops: two of every five seconds of each seen scene, and the clips
  of MOT16. Nothing learns from {mot}, except in the section on its second half.
- With 128 latents, a VHP-FMVAE's decoder of crops becomes a plane, which is flat without effort.
  The two **curved decoders** have {latents} latents, too few for a plane. They differ in the
  flatness term alone, so they test it.
- VHP-VAE, VHP-FMVAE and a taught network share one network and {slim:,} steps. `fmvae-track` and a
  second taught network share a smaller one and {small:,} steps. The **taught** networks learn from
  the same crops with the identities, by cross entropy and the triplet loss. They are for comparison
  only, and are not shipped.
- Each weights file has a gate from its own held-out tracklets, without labels, also the taught
  ones. The gates of the histogram and of OSNet are calibrated on each recording, without labels.
  OSNet learned identities of other cameras.
- **deepsort** and **flatsort** are presets of `track.py`. SORT is the paper's baseline; in the
  tables of flatsort its place is taken by flatsort's own motion.

Purity is the share of matched boxes that belong to their track's main person. Mixing two people is
worse than splitting one, so a gain in IDF1 that costs purity is no gain.

**Intervals** hold 95 % of {draws:,} draws. Each draw takes recordings, the people of each
recording, and trainings, all with replacement; both sides of a difference share the recordings and
the people. With {trainings} trainings the part of the training is a little too small: the ± behind
the means is the standard deviation over trainings. If an interval holds 0, the words are "cannot
tell"; below {small_effect:g} point they are "a little", from {large_effect:g} points "much".
Several trainings of a kind and many comparisons stand here, so one interval in twenty is wrong by
chance."""


def make_page(evidence: Evidence, found: list[Difference], picture: str) -> str:
    """Return the page in Markdown.

    Args:
        evidence: all that was measured.
        found: the comparisons.
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
        f"![Differences with their intervals]({picture})",
        METHOD.format(
            mot=MOT16,
            detectors=len(detectors),
            scenes=len(groups[UNSEEN] | groups[SEEN]),
            variants=", ".join(name for name, _ in VARIANTS),
            noises=", ".join(f"{noise:g}" for noise in NOISES),
            slim=SLIM_STEPS,
            small=SMALL_STEPS,
            latents=CURVED_LATENTS,
            draws=DRAWS,
            trainings=trainings,
            small_effect=SMALL,
            large_effect=LARGE,
        ),
        "## Differences",
    ]
    for preset in PRESETS:
        parts += [f"### Preset {preset}", difference_table(found, preset)]
    parts += ["## Scores", f"{' / '.join(MEASURES)} in %, means over recordings."]
    for preset in PRESETS:
        parts += [f"### Preset {preset}", score_table(evidence, preset)]
    parts += [
        "## From picture to picture",
        "AUC / rank-1 / mAP in %, for boxes of labelled people 20 to 150 frames apart, with each "
        "descriptor's own distance.",
        picture_table(evidence),
        "## What labels bring, and how much of it comes without them",
        "Share of the taught network's gain over the histogram that the same network reaches "
        "without labels. It is given where the taught network's own gain is sure. Above 100 %, "
        "labels did harm. For pictures, recordings and trainings are drawn, but not people.",
        share_table(evidence),
    ]
    if groups[HALF]:
        parts += [
            f"## The second half of {MOT16}",
            f"Here everything learned from the boxes of YOLOX-x in the first half of {MOT16}, and "
            "from nothing else. Many people of the second half are in the first one too, so the "
            "taught networks know their names. IDF1 / purity under the presets.",
            half_table(evidence),
        ]
    parts.append("## By kind of scene")
    kinds = {each.kind for each in evidence.tracked}
    for one, other in (("fmvae", "vhpvae"), ("curved", "curved-plain"), ("fmvae-track", "fmvae")):
        if {one, other} <= kinds:
            parts += [
                f"{TITLES[one]} minus {TITLES[other]}:",
                variant_table(evidence, one, other),
            ]
    return "\n\n".join(parts) + "\n"


def _recordings(evidence: Evidence, group: str) -> set[str]:
    return {each.recording for each in evidence.tracked if each.group == group}


def _verdict(found: list[Difference]) -> str:
    """Say whether the paper's order holds over all recordings."""
    lines = []
    for preset in PRESETS:
        for measure in MEASURES:
            first, second = (
                next(
                    each
                    for each in found
                    if (each.one, each.other, each.preset, each.measure, each.group)
                    == (*pair, preset, measure, ALL)
                )
                for pair in (("vhpvae", MOTION), ("fmvae", "vhpvae"))
            )
            lines.append(
                f"- {measure}, {preset}: {_order(first, second)} VHP-VAE minus motion alone is "
                f"{text(first.interval)}, VHP-FMVAE minus VHP-VAE {text(second.interval)}."
            )
    return (
        "**Does the paper's order hold?** The paper has motion alone < VHP-VAE < VHP-FMVAE in "
        "IDF1; it does not give purity.\n\n" + "\n".join(lines)
    )


def _order(first: Difference, second: Difference) -> str:
    intervals = (first.interval, second.interval)
    if all(each.is_sure and each.measured > 0 for each in intervals):
        return "the order holds."
    if any(each.is_sure and each.measured < 0 for each in intervals):
        return "the order does not hold."
    return "cannot tell."
