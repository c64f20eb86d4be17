"""The page of the comparison of thresholds."""

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

from tabulate import tabulate

from benchmarks.thresholds_runs import SCALES, Identities, SetRuns
from flatsort.detectors.confidence_scale import LEVELS

TITLE = """\
# Thresholds without labels

FlatSORT needs to know from which confidence a box is sure, from which it is doubtful, and how long
people stay hidden. `track.py --preset flatsort --thresholds auto` learns this from the boxes of a
sequence:

- A person is there in the next frame too, a false alarm mostly is not. So the share of boxes of one
  confidence that go on in the next frame says how sure they are. It counts relative to the best
  boxes of the sequence. Boxes are doubtful from {doubtful:.0%}, and sure from {sure:.0%}.
- With these confidences FlatSORT tracks once with a long memory. The final memory is three times
  the mean gap after which tracks went on: 95 % of the gaps, if they are exponentially distributed.

Motion only. Written by `python -m benchmarks.thresholds`; do not edit by hand."""

WAYS = """\
All figures are IDF1.

- **shipped**: the settings of `--preset flatsort`. They were tuned on the boxes of YOLOX-x on these
  same sequences.
- **labels, others**: the best of {count} settings on the *other* sequences of the same detector. It
  needs their labels.
- **labels, same**: the best of these settings on the sequences that are scored. Nobody has these
  labels beforehand, so it is a bound.
- **auto**: learned from the boxes. Its two levels were chosen once, on the seven sequences with the
  boxes of both YOLOX-x and Faster R-CNN. The factor of the memory was compared with a few others on
  the same sequences.
- **auto, others**: the same, but the levels of each sequence were chosen on the *other* sequences,
  with both detectors.
- **auto, confidences**: learned confidences with the shipped memory."""

LIGHT = """\
YOLOX-nano has boxes of one sequence only, so no labels of other sequences could choose. Its levels
were chosen on the other detectors."""

SCALE = """\
## Other scales

Detectors give confidences on scales of their own. Here the confidence c of each box is rescaled.
The shipped settings mean something else on each scale. What is learned depends on the order of the
confidences only, so it stays the same."""

T = TypeVar("T", bound=Hashable)


def make_page(runs: dict[str, SetRuns]) -> str:
    """Return the page in Markdown; ``runs`` has the runs by detector."""
    doubtful, sure = LEVELS
    count = len(next(iter(runs.values())).labelled)
    choices = _levels_of_others(runs)
    parts = [
        TITLE.format(doubtful=doubtful, sure=sure),
        WAYS.format(count=count),
        "## All sequences together",
        _overview(runs, choices),
        LIGHT,
        SCALE,
        _scales(runs),
        "## By sequence",
        _by_sequence(runs, choices),
    ]
    return "\n\n".join(parts) + "\n"


def choose_on_others(
    options: dict[T, Sequence[float]], score: Callable[[Sequence[float]], float], left_out: int
) -> T:
    """Return the option with the best score without one case; of equals the first one.

    Args:
        options: option -> one value per case.
        score: makes a score of the values of the other cases.
        left_out: number of the case.
    """
    return max(
        options,
        key=lambda option: score(
            [value for case, value in enumerate(options[option]) if case != left_out]
        ),
    )


def _levels_of_others(runs: dict[str, SetRuns]) -> dict[str, tuple[float, float]]:
    """Return for each sequence the levels that are best on the others, with all their detectors."""
    many = [each for each in runs.values() if len(each.names) > 1]
    names = many[0].names if many else []
    options = {
        levels: list(zip(*(each.by_levels[levels] for each in many), strict=True))
        for levels in (many[0].by_levels if many else ())
    }

    def score(cases: list[tuple[Identities, ...]]) -> float:
        return sum(_idf1(counts) for counts in zip(*cases, strict=True))

    return {name: choose_on_others(options, score, case) for case, name in enumerate(names)}


def _columns(
    runs: SetRuns, choices: dict[str, tuple[float, float]]
) -> dict[str, list[Identities] | None]:
    """Return the counts per sequence of each way to set the thresholds."""
    cases = range(len(runs.names))
    has_others = len(runs.names) > 1
    return {
        "shipped": runs.shipped["c"],
        "labels, others": [
            runs.labelled[choose_on_others(runs.labelled, _idf1, case)][case] for case in cases
        ]
        if has_others
        else None,
        "labels, same": max(runs.labelled.values(), key=_idf1),
        "auto": runs.learned["c"],
        "auto, others": [
            runs.by_levels[choices[name]][case] for case, name in enumerate(runs.names)
        ]
        if has_others
        else None,
        "auto, confidences": runs.confidences,
    }


def _overview(runs: dict[str, SetRuns], choices: dict[str, tuple[float, float]]) -> str:
    columns = {title: _columns(each, choices) for title, each in runs.items()}
    rows = [
        [title, len(runs[title].names), *(_cell(counts) for counts in each.values())]
        for title, each in columns.items()
    ]
    return _markdown(rows, ["boxes", "sequences", *next(iter(columns.values()))])


def _scales(runs: dict[str, SetRuns]) -> str:
    rows = [
        [title, scale, _cell(each.shipped[scale]), _cell(each.learned[scale])]
        for title, each in runs.items()
        for scale in SCALES
    ]
    return _markdown(rows, ["boxes", "scale", "shipped", "auto"])


def _by_sequence(runs: dict[str, SetRuns], choices: dict[str, tuple[float, float]]) -> str:
    rows, headers = [], []
    for title, each in runs.items():
        columns = _columns(each, choices)
        headers = ["boxes", "sequence", *columns]
        for case, name in enumerate(each.names):
            cells = [
                _cell(None if counts is None else counts[case : case + 1])
                for counts in columns.values()
            ]
            rows.append([title, name, *cells])
    return _markdown(rows, headers)


def _idf1(counts: Sequence[Identities]) -> float:
    return sum(counts, Identities()).idf1


def _cell(counts: Sequence[Identities] | None) -> str:
    return "" if counts is None else f"{_idf1(counts):.1f}"


def _markdown(rows: list[list[object]], headers: list[str]) -> str:
    return tabulate(rows, headers, tablefmt="github", disable_numparse=True)
