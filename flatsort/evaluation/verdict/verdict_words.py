"""Say a verdict in words and in tables."""

from flatsort.evaluation.reid.reid_tables import Table
from flatsort.evaluation.verdict.give_verdict import (
    LEAST_PEOPLE,
    LEVEL,
    Answer,
    Comparison,
    Trials,
    Verdict,
)
from flatsort.evaluation.verdict.sure_people import LEAST_PAIRS
from flatsort.evaluation.verdict.trial_outcomes import MIXED_COSTS

_INTERVAL = f"{LEVEL:.0%} interval"


def headline(verdict: Verdict) -> str:
    """Return the verdict: better, worse or cannot tell, why, and which descriptor to use."""
    trials, after, before = verdict.trials, verdict.after, verdict.before
    if not trials.is_enough:
        return (
            f"Cannot tell whether {after} is better than {before}: too few people to say. "
            f"{trials.people} people stayed in view long enough to be hidden in a trial, and "
            f"{trials.pairs} pairs of people were seen together; a verdict needs {LEAST_PEOPLE} "
            f"and {LEAST_PAIRS}. Keep {before}."
        )
    change = verdict.change
    opening = {
        Answer.BETTER: f"{after} is better here than {before}",
        Answer.WORSE: f"{after} is worse here than {before}",
        Answer.UNKNOWN: f"Cannot tell whether {after} is better than {before}",
    }[change.answer]
    return f"{opening}: {_why(trials, after, before, change)} {_advice(verdict)}"


def trials_table(trials: Trials) -> Table:
    """Return the table of each contestant's trials."""
    rows = []
    for name, each in trials.performances.items():
        shares = (each.mixed, each.returned, each.unnoticed, each.noticed)
        rows.append([name, f"{len(each.outcomes.people):,}", *(share.text() for share in shares)])
    return Table(
        "Trials, without labels",
        ["Descriptor", "absences", "mixed up", "found again", "exchange missed", "noticed"],
        rows,
        "The tracker does not get the boxes of a person who is surely known for 0.3 to 10 s, often "
        "from a moment on when somebody covers this person. Percentages of these absences, with "
        f"their {_INTERVAL}s over {trials.people} people. mixed up: somebody else got the hidden "
        "person's identity, or this person got somebody else's. found again: the person has the "
        "same identity as before. Then two people who were seen together change places while both "
        "are hidden for 0.1 to 2 s. exchange missed: the identity stays in its place, so it now "
        "stands for the other person. noticed: the identity moves with its person.",
    )


def differences_table(trials: Trials, base: str) -> Table:
    """Return the table of each contestant's difference to ``base`` in the same trials."""
    rows = []
    for name in trials.performances:
        if name != base:
            found = trials.compare(name, base)
            rows.append(
                [
                    name,
                    found.answer.value,
                    found.cost.text(scale=1.0, sign="+", digits=2),
                    *(each.text(sign="+") for each in (found.mixed, found.returned)),
                    found.unnoticed.text(sign="+"),
                ]
            )
    return Table(
        f"Difference to {base}",
        ["Descriptor", "verdict", "cost", "mixed up", "found again", "exchange missed"],
        rows,
        f"Mean differences in the same trials, with their {_INTERVAL}s over people; mixed up, "
        "found again and exchange missed in percentage points. cost: an absence costs "
        f"{MIXED_COSTS:g} if two people are mixed up, else 1 if the person gets a new identity. A "
        "descriptor is better if the intervals of cost and mixed up lie below 0 and it misses no "
        "more exchanges; it is worse in the opposite case.",
    )


def _why(trials: Trials, after: str, before: str, change: Comparison) -> str:
    new, old = (trials.performances[name] for name in (after, before))
    return (
        f"in {len(new.outcomes.people):,} trials in which one of {trials.people} people was hidden "
        f"for a while, {after} mixed up two people in {_percent(new.mixed.mean)}, {before} in "
        f"{_percent(old.mixed.mean)} (difference {change.mixed.text(sign='+')} points, {_INTERVAL})"
        f"; it found the person again in {_percent(new.returned.mean)}, {before} in "
        f"{_percent(old.returned.mean)}."
    )


def _advice(verdict: Verdict) -> str:
    motion, trials = verdict.motion, verdict.trials
    best = verdict.after if verdict.change.answer is Answer.BETTER else verdict.before
    found = trials.compare(motion, best).mixed
    if verdict.recommended == motion:
        return (
            f"Tracking by motion alone is better than with {best}: it mixes up fewer people "
            f"(difference {found.text(sign='+')} points). Track without a descriptor."
        )
    advice = f"{'Use' if best == verdict.after else 'Keep'} {best}."
    if found.high < 0:
        alone = trials.performances[motion]
        advice += (
            f" Mind that motion alone mixes up fewer people, {_percent(alone.mixed.mean)}, but "
            f"finds {_percent(alone.returned.mean)} again."
        )
    return advice


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
