"""Give a verdict on two descriptors and on motion alone, without labels.

Every contestant tracks the same trials: sure people are hidden, or change places in pairs. The
verdict says "better" only where the intervals over people carry it.
"""

from dataclasses import dataclass
from enum import Enum

from flatsort.evaluation.verdict.contestant import Contestant, follow
from flatsort.evaluation.verdict.intervals import Estimate, mean_over_people
from flatsort.evaluation.verdict.sure_people import LEAST_PAIRS, SurePeople, people_pairs
from flatsort.evaluation.verdict.trial_outcomes import Outcomes, judge_rounds
from flatsort.evaluation.verdict.trial_rounds import plan_rounds
from flatsort.progress import ProgressBar

LEVEL = 0.98
"""Level of the intervals that decide, chosen on MOT16-09 and on scenes 100 to 119. docs/verdict.md
counts how often such a claim is wrong by labels."""
LEAST_PEOPLE = 10
"""Fewest people in absences for a verdict; it needs LEAST_PAIRS pairs of people, too."""
ROUNDS = 120
"""Rounds of trials. A person takes part in tens of them, so that the intervals come from the
differences between people, not from the chance in a few trials."""


class Answer(Enum):
    """How a contestant compares with another one."""

    BETTER = "better"
    WORSE = "worse"
    UNKNOWN = "cannot tell"


@dataclass(frozen=True)
class Performance:
    """The trials of one contestant.

    Attributes:
        outcomes: the outcome of every trial.
        returned: share of the absences after which the person has the same identity.
        mixed: share of the absences that mix up two people.
        unnoticed: share of the exchanged places that keep their identity.
        noticed: share of the exchanged identities that move with their person.
    """

    outcomes: Outcomes
    returned: Estimate
    mixed: Estimate
    unnoticed: Estimate
    noticed: Estimate


@dataclass(frozen=True)
class Comparison:
    """One contestant compared with another one in the same trials.

    Attributes:
        answer: whether the first is better.
        cost: difference of the mean cost per absence, first minus second; below 0 is better.
        mixed: difference of the share of absences that mix up two people.
        returned: difference of the share of absences after which the identity returns.
        unnoticed: difference of the share of exchanged places that keep their identity.
    """

    answer: Answer
    cost: Estimate
    mixed: Estimate
    returned: Estimate
    unnoticed: Estimate


@dataclass(frozen=True)
class Trials:
    """The trials of all contestants on one piece of footage.

    Attributes:
        performances: the contestants' trials by name.
        people: number of people who were hidden.
        pairs: number of pairs of people who were seen together.
    """

    performances: dict[str, Performance]
    people: int
    pairs: int

    @property
    def is_enough(self) -> bool:
        """Whether there are enough people for any verdict."""
        return self.people >= LEAST_PEOPLE and self.pairs >= LEAST_PAIRS

    def compare(self, first: str, second: str) -> Comparison:
        """Compare two contestants, trial by trial."""
        one, two = (self.performances[name].outcomes for name in (first, second))
        cost, mixed, returned = (
            mean_over_people(a - b.astype(float), one.people, LEVEL)
            for a, b in (
                (one.costs, two.costs),
                (one.mixed, two.mixed),
                (one.returned, two.returned),
            )
        )
        unnoticed = mean_over_people(one.unnoticed - two.unnoticed, one.exchanged_people, LEVEL)
        answer = Answer.UNKNOWN
        if self.is_enough:
            if cost.high < 0 and mixed.high < 0 and unnoticed.mean <= 0:
                answer = Answer.BETTER
            elif cost.low > 0 and mixed.low > 0 and unnoticed.mean >= 0:
                answer = Answer.WORSE
        return Comparison(answer, cost, mixed, returned, unnoticed)


@dataclass(frozen=True)
class Verdict:
    """The verdict on a new descriptor, an old one and motion alone.

    Attributes:
        trials: the trials of the three.
        after: name of the new descriptor.
        before: name of the old descriptor.
        motion: name of the tracker without a descriptor.
    """

    trials: Trials
    after: str
    before: str
    motion: str

    @property
    def change(self) -> Comparison:
        """The new descriptor compared with the old one."""
        return self.trials.compare(self.after, self.before)

    @property
    def recommended(self) -> str:
        """The best of the three; the old descriptor unless another one is clearly better."""
        best = self.after if self.change.answer is Answer.BETTER else self.before
        is_beaten = self.trials.compare(self.motion, best).answer is Answer.BETTER
        return self.motion if is_beaten else best


def run_trials(
    sure: SurePeople, contestants: list[Contestant], seed: int = 0, rounds: int = ROUNDS
) -> Trials:
    """Let all contestants track the same trials, with a progress bar for each.

    Args:
        sure: the sure people of the footage.
        contestants: the ways to track, with different names.
        seed: seed of the trials.
        rounds: number of rounds.
    """
    planned = plan_rounds(sure, rounds, seed)
    count = len(sure.boxes)
    performances = {}
    for each in contestants:
        ids = [
            follow(sure.boxes, each, round_.hidden, round_.looks).ids_of_boxes(count)
            for round_ in ProgressBar(planned, desc=f"hiding people from {each.name}", unit="round")
        ]
        performances[each.name] = performance_of(judge_rounds(sure, planned, ids))
    hidden = {
        int(sure.people[absence.tracklet]) for round_ in planned for absence in round_.absences
    }
    return Trials(performances, len(hidden), len(people_pairs(sure)))


def performance_of(outcomes: Outcomes) -> Performance:
    """Summarise the outcomes of one contestant."""
    people, exchanged = outcomes.people, outcomes.exchanged_people
    return Performance(
        outcomes,
        returned=mean_over_people(outcomes.returned, people, LEVEL).as_share(),
        mixed=mean_over_people(outcomes.mixed, people, LEVEL).as_share(),
        unnoticed=mean_over_people(outcomes.unnoticed, exchanged, LEVEL).as_share(),
        noticed=mean_over_people(outcomes.noticed, exchanged, LEVEL).as_share(),
    )
