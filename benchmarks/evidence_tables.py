"""The tables of the evidence."""

from collections.abc import Iterable
from dataclasses import dataclass

from benchmarks.evidence_bootstrap import (
    Bootstrap,
    Interval,
    Scored,
    picture_scores,
    tracked_scores,
)
from benchmarks.evidence_contestants import HISTOGRAM, MOTION, OSNET, TITLES
from benchmarks.evidence_footage import HALF, MOT16, SEEN, UNSEEN
from benchmarks.evidence_people import MEASURES
from benchmarks.evidence_runs import PRESETS, Evidence
from benchmarks.evidence_scenes import VARIANTS
from benchmarks.evidence_words import markdown, mean_text, share_text, text, words

ALL = "all recordings"
GROUPS = {ALL: (UNSEEN, SEEN, MOT16), UNSEEN: (UNSEEN,), SEEN: (SEEN,), MOT16: (MOT16,)}
"""Title -> groups of recordings together. The second half is scored apart."""
COMPARISONS = (
    ("vhpvae", MOTION),
    ("fmvae", "vhpvae"),
    ("fmvae", "vhpvae-principal"),
    ("vhpvae-principal", "vhpvae"),
    ("curved", "curved-plain"),
    ("fmvae", "fmvae-300"),
    ("fmvae", "no-mixup"),
    ("fmvae", "no-normalisation"),
    ("fmvae-track", "fmvae"),
    ("fmvae", "taught"),
    ("fmvae-track", "taught-small"),
    ("strangers", "fmvae-track"),
    ("strangers", "taught-small"),
    ("fmvae", HISTOGRAM),
    ("fmvae-track", HISTOGRAM),
    ("strangers", HISTOGRAM),
)
"""Pairs of kinds: one minus the other. A taught network knows the people of seen scenes by name, so
it is compared on the others only."""
SHARES = (("fmvae", "taught"), ("fmvae-track", "taught-small"), ("strangers", "taught-small"))
"""A descriptor and a taught network: the same network, but that `strangers` has one of its own."""
PICTURE_MEASURES = {"auc": "AUC", "rank_1": "rank-1", "mean_average_precision": "mAP"}


@dataclass(frozen=True)
class Difference:
    """One kind minus another one, with a preset, in a group of recordings."""

    one: str
    other: str
    preset: str
    group: str
    measure: str
    interval: Interval

    @property
    def title(self) -> str:
        """Both names."""
        other = "taught" if self.other.startswith("taught") else TITLES[self.other]
        is_sort = self.other == MOTION and self.preset == "deepsort"
        return f"{TITLES[self.one]} minus {'SORT' if is_sort else other}"


def differences(evidence: Evidence) -> list[Difference]:
    """Return all comparisons, in all groups, with all presets and measures."""
    found = []
    for group, parts in GROUPS.items():
        some = [each for each in evidence.tracked if each.group in parts]
        if not some:
            continue
        bootstrap = Bootstrap(len({each.recording for each in some}))
        for measure in MEASURES:
            scores = tracked_scores(some, measure)
            for preset in PRESETS:
                for one, other in COMPARISONS:
                    pair = (one, preset), (other, preset_of(other, preset))
                    is_unfair = other.startswith("taught") and SEEN in parts
                    if is_unfair or not scores.keys() >= {*pair}:
                        continue
                    interval = bootstrap.difference(*(scores[key] for key in pair))
                    found.append(Difference(one, other, preset, group, measure, interval))
    return found


def difference_table(found: Iterable[Difference], preset: str) -> str:
    """Return the comparisons with one preset: a row per pair and group."""
    rows: dict[tuple[str, str], dict[str, Difference]] = {}
    for each in found:
        if each.preset == preset:
            rows.setdefault((each.title, each.group), {})[each.measure] = each
    table, last = [], ""
    for (title, group), cells in sorted(rows.items(), key=lambda row: _place(row[1])):
        texts = [f"{text(cells[m].interval)}: {words(cells[m].interval)}" for m in MEASURES]
        table.append(["" if title == last else title, group, *texts])
        last = title
    return markdown(table, ["difference", "recordings", *MEASURES])


def score_table(evidence: Evidence, preset: str) -> str:
    """Return the mean scores with one preset, with the spread over trainings."""
    groups = [*GROUPS]
    table: dict[str, list[str]] = {}
    for group in groups:
        some = [each for each in evidence.tracked if each.group in GROUPS[group]]
        scores = [tracked_scores(some, measure) for measure in MEASURES]
        for kind in TITLES:
            key = (kind, preset_of(kind, preset))
            cells = [mean_text(each[key]) for each in scores if key in each]
            table.setdefault(kind, []).append(" / ".join(cells))
    rows = [[_title(kind, preset), *cells] for kind, cells in table.items() if any(cells)]
    return markdown(rows, ["descriptor", *groups])


def picture_table(evidence: Evidence) -> str:
    """Return how well the descriptors tell pictures apart."""
    groups = [UNSEEN, SEEN, MOT16]
    table: dict[str, list[str]] = {}
    for group in groups:
        some = [each for each in evidence.pictures if each.group == group]
        scores = [picture_scores(some, measure) for measure in PICTURE_MEASURES]
        for kind in TITLES:
            cells = [mean_text(each[kind]) for each in scores if kind in each]
            table.setdefault(kind, []).append(" / ".join(cells))
    rows = [[TITLES[kind], *cells] for kind, cells in table.items() if any(cells)]
    return markdown(rows, ["descriptor", *groups])


def share_table(evidence: Evidence) -> str:
    """Return how much of what labels bring is reached without them."""
    table = []
    for group, suffix in ((UNSEEN, ""), (SEEN, ""), (HALF, "-half")):
        tracked = [each for each in evidence.tracked if each.group == group]
        pictures = [each for each in evidence.pictures if each.group == group]
        if not tracked:
            continue
        bootstrap = Bootstrap(len({each.recording for each in tracked}))
        for one, other in SHARES:
            row = [TITLES[one], group]
            for measure in PICTURE_MEASURES:
                scores = picture_scores(pictures, measure)
                row.append(_share(bootstrap, scores, one + suffix, other + suffix, HISTOGRAM))
            for preset in PRESETS:
                scores = {
                    kind: each
                    for (kind, used), each in tracked_scores(tracked, MEASURES[0]).items()
                    if used == preset
                }
                row.append(_share(bootstrap, scores, one + suffix, other + suffix, HISTOGRAM))
            if any(row[2:]):
                table.append(row)
    presets = [f"{MEASURES[0]}, {preset}" for preset in PRESETS]
    return markdown(table, ["descriptor", "recordings", *PICTURE_MEASURES.values(), *presets])


def half_table(evidence: Evidence) -> str:
    """Return the scores on the second half of MOT16-09, after learning from the first."""
    shown = [each for each in evidence.pictures if each.group == HALF]
    tracked = [each for each in evidence.tracked if each.group == HALF]
    pictures = [picture_scores(shown, measure) for measure in PICTURE_MEASURES]
    tracks = [tracked_scores(tracked, measure) for measure in MEASURES]
    rows = []
    for kind, title in TITLES.items():
        name = kind if kind in (MOTION, HISTOGRAM, OSNET) else f"{kind}-half"
        cells = [mean_text(each[name]) if name in each else "" for each in pictures]
        for preset in PRESETS:
            key = (name, preset_of(name, preset))
            cells.append(" / ".join(mean_text(each[key]) for each in tracks if key in each))
        if any(cells):
            rows.append([title, *cells])
    return markdown(rows, ["descriptor", *PICTURE_MEASURES.values(), *PRESETS])


def variant_table(evidence: Evidence, one: str, other: str) -> str:
    """Return the difference of two kinds in each kind of scene, with both presets."""
    table = []
    scenes = [each for each in evidence.tracked if each.group in (UNSEEN, SEEN)]
    for variant, _ in VARIANTS:
        some = [each for each in scenes if each.variant == variant]
        if not some:
            continue
        bootstrap = Bootstrap(len({each.recording for each in some}))
        row = [variant, str(len({each.recording for each in some}))]
        for preset in PRESETS:
            for measure in MEASURES:
                scores = tracked_scores(some, measure)
                row.append(text(bootstrap.difference(scores[one, preset], scores[other, preset])))
        table.append(row)
    columns = [f"{measure}, {preset}" for preset in PRESETS for measure in MEASURES]
    return markdown(table, ["scenes", "number", *columns])


def preset_of(kind: str, preset: str) -> str:
    """Return the preset of a kind; the paper's baseline beside DeepSORT is SORT."""
    return "sort" if kind == MOTION and preset == "deepsort" else preset


def _share(bootstrap: Bootstrap, scores: dict[str, Scored], one: str, other: str, base: str) -> str:
    if one not in scores or other not in scores:
        return ""
    return share_text(bootstrap.share(scores[one], scores[other], scores[base]))


def _title(kind: str, preset: str) -> str:
    return "SORT" if kind == MOTION and preset == "deepsort" else TITLES[kind]


def _place(cells: dict[str, Difference]) -> tuple[int, int]:
    each = next(iter(cells.values()))
    return COMPARISONS.index((each.one, each.other)), [*GROUPS].index(each.group)
