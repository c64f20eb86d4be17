"""The result of a tuning run as tables."""

from dataclasses import dataclass

from flatsort.evaluation.tracks.score import Score, combine
from flatsort.evaluation.tracks.score_table import format_cell
from flatsort.files.markdown_text import plain
from flatsort.tuning.search_space import Settings
from flatsort.tuning.study import ALL, Fold, Search

COLUMNS = ("HOTA", "IDF1", "Purity", "Continuity", "MOTA", "IDs")


@dataclass(frozen=True)
class Judged:
    """One study's best settings and the preset's own, scored on the same sequences.

    Attributes:
        fold: the study.
        settings: the best settings.
        tuned: scores on the sequences that the study tuned on: best settings, own settings.
        left_out: the same on the sequences left out; None if there are none.
    """

    fold: Fold
    settings: Settings
    tuned: tuple[Score, Score]
    left_out: tuple[Score, Score] | None


def judge(fold: Fold, settings: Settings, how: Search) -> Judged:
    """Score a study's best settings beside the preset's own."""
    both = (settings, how.defaults)
    tuned = tuple(how.score(each, fold.tuned) for each in both)
    left_out = tuple(how.score(each, fold.left_out) for each in both) if fold.left_out else None
    return Judged(fold, settings, tuned, left_out)


def final(judged: list[Judged]) -> Judged:
    """Return the study whose settings the run recommends: the last one."""
    return judged[-1]


def report(judged: list[Judged], how: Search) -> str:
    """Return the tables in Markdown.

    The first table has the best settings and the preset's own, on the tuning sequences and on the
    sequences left out. Only the rows on sequences left out say what the search has gained.
    """
    folds = [_fold_table(judged)] if len(judged) > 1 else []
    parts = [_heading(judged, how), _table(judged), *folds, _settings_table(judged, how)]
    return "\n\n".join(parts)


def _heading(judged: list[Judged], how: Search) -> str:
    pure = f", purity at least {how.goal.least_purity:g} %" if how.goal.least_purity else ""
    best = final(judged)
    names = ", ".join(plain(each.sequence.name) for each in best.fold.tuned)
    if best.fold.name == ALL:
        way = (
            f"Tuned on {names}. For the rows `left out`, each sequence was left out once, and the "
            "settings that were best on the others tracked it."
        )
    else:
        left_out = ", ".join(plain(each.sequence.name) for each in best.fold.left_out)
        way = f"Tuned on {names}; left out: {left_out}."
    impure = best.tuned[0].identities.purity < how.goal.least_purity
    return (
        f"# {how.preset}: settings for the best {how.goal.column}{pure}\n\n{way} Each study tried "
        f"{how.trials} sets of settings. Only the rows `left out` tell what the search has gained."
        + (" No set was pure enough: `best` is the purest." if impure else "")
    )


def _table(judged: list[Judged]) -> str:
    from tabulate import tabulate

    tuned = final(judged).tuned
    folds = [each.left_out for each in judged if each.left_out is not None]
    left_out = [combine(scores) for scores in zip(*folds, strict=True)]
    rows = [
        [settings, place, *_cells(score)]
        for place, scores in (("tuning sequences", tuned), ("left out", left_out))
        for settings, score in zip(("best", "default"), scores, strict=True)
    ]
    return tabulate(
        rows, ["Settings", "Sequences", *COLUMNS], tablefmt="github", disable_numparse=True
    )


def _fold_table(judged: list[Judged]) -> str:
    """Return two rows for each sequence left out: the settings tuned without it, the defaults."""
    from tabulate import tabulate

    rows = [
        [plain(each.fold.left_out[0].sequence.name), settings, *_cells(score)]
        for each in judged
        if each.left_out is not None
        for settings, score in zip(("best", "default"), each.left_out, strict=True)
    ]
    return tabulate(
        rows, ["Left out", "Settings", *COLUMNS], tablefmt="github", disable_numparse=True
    )


def _settings_table(judged: list[Judged], how: Search) -> str:
    from tabulate import tabulate

    defaults = how.defaults
    rows = [
        [name, f"{value:.4g}", f"{defaults[name]:.4g}"]
        for name, value in final(judged).settings.items()
    ]
    return tabulate(rows, ["Setting", "best", "default"], tablefmt="github", disable_numparse=True)


def _cells(score: Score) -> list[str]:
    columns = score.columns(COLUMNS)
    return [format_cell(name, columns[name]) for name in COLUMNS]
