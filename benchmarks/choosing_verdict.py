"""The sentences that say which descriptor has the highest figures: rules, no judgement."""

from benchmarks.choosing_figures import FAMILIES, difference_of, score_of
from benchmarks.choosing_inputs import Inputs
from benchmarks.evidence_contestants import OSNET
from benchmarks.evidence_people import MEASURES
from benchmarks.evidence_words import text, words

NAMES = {each.kind: each.name for each in FAMILIES if each.kind and each.kind != OSNET}
"""Kind in the evidence -> name of its shipped weights."""
RANKED, GUARDED = MEASURES
"""The measure that ranks, IDF1, and the one that says what a rank costs, purity."""


def verdict(inputs: Inputs, group: str, preset: str) -> str | None:
    """Return which shipped kind has the highest IDF1, and which ones it cannot be told from.

    Args:
        inputs: the files.
        group: group of recordings of the evidence.
        preset: preset of the tracker.

    Returns:
        Two to four sentences; None if the evidence has fewer than two kinds there.
    """
    means = _means(inputs, group, preset, RANKED)
    if len(means) < 2:
        return None
    best = max(means, key=means.__getitem__)
    others = [kind for kind in means if kind != best]

    def said(measure: str, result: str) -> list[str]:
        """Return the names of the kinds of which *result* is said; its strength does not count."""
        return [
            NAMES[other]
            for other in others
            if _said(inputs, group, preset, (best, other), measure).endswith(result)
        ]

    sentences = [f"`{NAMES[best]}` has the highest {RANKED}, {means[best]:.1f}."]
    if ahead := said(RANKED, "better"):
        sentences.append(f"It is better than {_list(ahead)}.")
    if near := said(RANKED, "cannot tell"):
        sentences.append(f"We cannot tell it from {_list(near)}.")
    if purer := said(GUARDED, "worse"):
        sentences.append(f"It has a lower {GUARDED} than {_list(purer)}.")
    return " ".join(sentences)


def outside(inputs: Inputs, group: str, preset: str) -> str | None:
    """Return a sentence that compares OSNet with the best shipped kind; None without OSNet."""
    means = _means(inputs, group, preset, RANKED)
    if not means:
        return None
    best = max(means, key=means.__getitem__)
    found = difference_of(inputs, group, preset, (OSNET, best), RANKED)
    if found is None:
        return None
    return f"OSNet minus `{NAMES[best]}`: {RANKED} {text(found)}, {words(found)}."


def _means(inputs: Inputs, group: str, preset: str, measure: str) -> dict[str, float]:
    found = {kind: score_of(inputs, group, preset, kind, measure) for kind in NAMES}
    return {kind: each["mean"] for kind, each in found.items() if each}


def _said(inputs: Inputs, group: str, preset: str, pair: tuple[str, str], measure: str) -> str:
    """Return the words of the evidence for one kind minus another one."""
    found = difference_of(inputs, group, preset, pair, measure)
    return words(found) if found else "cannot tell"


def _list(names: list[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"
