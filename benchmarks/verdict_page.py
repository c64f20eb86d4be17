"""The page that compares the verdict with labels."""

from benchmarks.verdict_footage import RANDOM, SHORT
from benchmarks.verdict_runs import LEFT_OUT, MOTION, THINNED, JudgedFootage
from benchmarks.verdict_tables import (
    AFTER,
    BEFORE,
    claims_table,
    conclusion,
    list_table,
    question_table,
    ranks_table,
    undecided_table,
)
from flatsort.evaluation.verdict.give_verdict import (
    LEAST_PEOPLE,
    LEVEL,
    ROUNDS,
    Verdict,
)
from flatsort.evaluation.verdict.sure_people import LEAST_PAIRS
from flatsort.evaluation.verdict.trial_outcomes import MIXED_COSTS
from flatsort.evaluation.verdict.verdict_words import headline

TITLE = f"""\
# Is the verdict right?

`tools/adapt.py` says without labels whether a new descriptor is better. Here the same verdict is
compared with labels that it does not see. Written by `python -m benchmarks.verdict`.

## How the verdict is made

1. Boxes are linked into sure tracklets: both boxes prefer each other, and no rival is near.
2. In {ROUNDS} rounds some of these people are hidden from the tracker for 0.3 to 10 seconds, mostly
   from a moment on when somebody covers them. Others change places in pairs while they are hidden.
3. DeepSORT with each descriptor, and SORT without one, track the same trials. An absence *mixes up*
   two people if somebody else gets the identity meanwhile, or the person comes back with somebody
   else's. This shows without labels, because the hidden person's true place is known.
4. An absence costs {MIXED_COSTS:g} if it mixes people up, else 1 if the person comes back under a
   new identity: a split identity can be joined afterwards, a mixed one cannot be told from a good
   one.
5. "Better" needs the {LEVEL:.0%} intervals of the paired differences of cost and of mixed absences
   below 0, and no more missed exchanges. Intervals are over people, not over trials. With fewer
   than {LEAST_PEOPLE} people or {LEAST_PAIRS} pairs of people there is no verdict.

The cost, the level, the number and the places of the trials were chosen on MOT16-09 and on scenes
100 to 119.
The scenes below have other seeds; the rows of MOT16-09 are not independent of the choice.
`fmvae-track` was trained on MOT16-09 without labels, so there it stands for an adapted descriptor.

By labels, *purity* is the share of boxes that belong to their track's main person, *continuity* the
share that lie in their person's main track. A single accident changes the purity of a run by
several points. So each difference is given for the run that a user gets, and as the mean of this
run and of {THINNED} runs that each leave out {LEFT_OUT:.0%} of the boxes by chance."""


def make_page(judged: list[JudgedFootage]) -> str:
    """Return the page in Markdown."""
    long = [each for each in judged if each.group != SHORT]
    names = list(long[0].labelled)
    pairs = [pair for each in long for pair in each.pairs()]
    parts = [
        TITLE,
        "## Claims",
        f"{len(pairs)} pairs of {len(names)} contestants on {len(long)} pieces of footage: "
        f"{', '.join(names)}. A claim calls one of a pair better; it is wrong if the better one "
        "has the lower purity by labels.",
        claims_table(pairs),
        conclusion(pairs),
        "## Every claim",
        "Differences in points, better one minus the other: mixed absences without labels with "
        f"their {LEVEL:.0%} interval, then purity and IDF1 by labels, of the user's run and as "
        "means.",
        list_table(pairs),
        "## What stays undecided",
        "Pairs about which the verdict says that it cannot tell, by the difference of their mean "
        f"purity. {MOTION.capitalize()} and {RANDOM} mix up hardly anybody and find nobody again, "
        "so their purity is high and the verdict calls neither side better.",
        undecided_table(pairs),
        f"## {AFTER} against {BEFORE}",
        "The question that adapt.py asks. Differences in points.",
        question_table(long),
        "## Ranks",
        "Spearman's rank correlation over the contestants, mean over the pieces of footage with "
        f"enough people (at least {LEAST_PEOPLE}): mixed absences with purity (-1 is best), "
        "absences after which the identity returns with continuity (1 is best), cost with IDF1 (-1 "
        "is best).",
        ranks_table(long),
        "## A short clip",
        *(_short(each) for each in judged if each.group == SHORT),
    ]
    return "\n\n".join(parts) + "\n"


def _short(judged: JudgedFootage) -> str:
    verdict = Verdict(judged.trials, after=AFTER, before=BEFORE, motion=MOTION)
    return (
        f"{judged.name} (the six who are in view for longest in scene 0):\n\n> {headline(verdict)}"
    )
