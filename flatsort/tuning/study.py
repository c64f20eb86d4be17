"""The studies of a tuning run: Optuna searches on some sequences, the others are only scored.

Every study lies in one journal in the run's folder, so a run that was stopped goes on.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flatsort.evaluation.tracks.score import Score, combine
from flatsort.tuning.search_space import Settings, default_settings, options_of, suggest
from flatsort.tuning.tuned_sequence import TunedSequence

if TYPE_CHECKING:
    from optuna import Study

    from flatsort.progress import ProgressBar

ALL = "all"
"""Name of the study that tunes on every sequence."""
SEED = 0
"""Seed of the search; a run that goes on adds the number of its trials."""
_BELOW_ALL = 1e6
"""Amount that puts a value below every score; the search compares values by their order."""


@dataclass(frozen=True)
class Goal:
    """The quantity that a study maximises.

    Attributes:
        column: "HOTA", "IDF1" or "MOTA", in percent.
        least_purity: percentage of purity below which settings lose against all others.
    """

    column: str = "HOTA"
    least_purity: float = 0.0

    def value(self, score: Score) -> float:
        """Return the value to maximise: the column, if the tracks are pure enough.

        Settings whose tracks are not pure enough lose against all others. Among them, the purer
        ones win, so that the search finds its way.
        """
        columns = score.columns(["Purity"])
        beyond = columns["Purity"] - self.least_purity
        return columns[self.column] if beyond >= 0 else beyond - _BELOW_ALL


@dataclass(frozen=True)
class Search:
    """A search in one preset's settings.

    Attributes:
        preset: "sort", "deepsort" or "flatsort".
        gate: the descriptor's own gate; None without a descriptor.
        goal: the quantity to maximise.
        trials: settings tried per study, the defaults included.
    """

    preset: str
    gate: float | None
    goal: Goal
    trials: int

    @property
    def defaults(self) -> Settings:
        """The preset's own settings, which every study tries first."""
        return default_settings(self.preset, self.gate)

    def score(self, settings: Settings, sequences: list[TunedSequence]) -> Score:
        """Track sequences with settings and score them together."""
        options = options_of(self.preset, settings)
        return combine(each.score(options) for each in sequences)


@dataclass(frozen=True)
class Fold:
    """One study: the sequences to tune on, and those to score the best settings on.

    Attributes:
        name: name of the study.
        tuned: sequences to tune on.
        left_out: sequences that the study never sees; empty for the study on all sequences.
    """

    name: str
    tuned: list[TunedSequence]
    left_out: list[TunedSequence]


def make_folds(sequences: list[TunedSequence], held_out: list[str]) -> list[Fold]:
    """Return the studies of a run.

    With held-out sequences there is one study on the others. Without, each sequence is left out
    once, and one more study, the last, tunes on all of them.
    """
    if held_out:
        tuned = [each for each in sequences if each.sequence.name not in held_out]
        left_out = [each for each in sequences if each.sequence.name in held_out]
        return [Fold("held-out", tuned, left_out)]
    folds = [
        Fold(f"without-{one.sequence.name}", [each for each in sequences if each is not one], [one])
        for one in sequences
    ]
    return [*folds, Fold(ALL, sequences, [])]


def search(folds: list[Fold], how: Search, journal: Path) -> Iterator[tuple[Fold, Settings]]:
    """Run the trials that the journal lacks, with a progress bar.

    Args:
        folds: the studies.
        how: the search.
        journal: file with all trials of all studies so far; it is made if it is missing.

    Yields:
        Each fold with its best settings, when its study is complete.
    """
    import optuna
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    from flatsort.progress import ProgressBar

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    journal.parent.mkdir(parents=True, exist_ok=True)
    storage = JournalStorage(JournalFileBackend(str(journal)))
    with ProgressBar(total=len(folds) * how.trials, desc="tuning", unit="trial") as bar:
        for fold in folds:
            study = optuna.create_study(
                storage=storage, study_name=fold.name, direction="maximize", load_if_exists=True
            )
            _run_trials(study, fold, how, bar)
            yield fold, study.best_params


def _run_trials(study: "Study", fold: Fold, how: Search, bar: "ProgressBar") -> None:
    """Run the trials that a study lacks; its first trial has the preset's own settings."""
    from optuna.samplers import TPESampler
    from optuna.trial import Trial, TrialState

    def objective(trial: Trial) -> float:
        settings = suggest(trial, how.preset, how.gate)
        return how.goal.value(how.score(settings, fold.tuned))

    done = len(study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,)))
    bar.set_postfix_str(fold.name)
    bar.update(min(done, how.trials))
    if done == 0:
        study.enqueue_trial(how.defaults)
    # A study that goes on must not propose again what it began with.
    study.sampler = TPESampler(seed=SEED + len(study.trials))
    study.optimize(
        objective, n_trials=max(0, how.trials - done), callbacks=[lambda *_: bar.update()]
    )
