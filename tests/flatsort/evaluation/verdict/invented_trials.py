"""Trials with invented outcomes."""

import numpy as np

from flatsort.evaluation.verdict.give_verdict import Trials, performance_of
from flatsort.evaluation.verdict.trial_outcomes import Outcomes

PEOPLE, EACH = 20, 20


def invent_trials(mixed, people=PEOPLE, pairs=100):
    """Invent 20 absences of each person; a share of them is mixed up, give or take one.

    The others end with the right identity, except those of the contestant "none".
    """
    found = {name: performance_of(invent_outcomes(name, mixed[name], people)) for name in mixed}
    return Trials(found, people, pairs)


def invent_outcomes(name, share, people):
    who = np.repeat(np.arange(people), EACH)
    place = np.tile(np.arange(EACH), people)
    # Every third person has one more mixed trial, every third one less.
    extra = (who % 3 - 1) if 0 < share < 1 else 0
    stolen = place < round(share * EACH) + extra
    returned = ~stolen & (name != "none")
    nobody = np.zeros(0)
    return Outcomes(
        who,
        np.ones(len(who)),
        returned,
        stolen,
        np.zeros(len(who), bool),
        nobody.astype(np.int64),
        nobody,
        nobody,
    )
