"""The comparison of thresholds: IDF1 beside the project's own scores, and choices on others."""

import numpy as np
import pytest

from benchmarks.thresholds_page import choose_on_others, make_page
from benchmarks.thresholds_runs import (
    LEVELS_TRIED,
    SCALES,
    Identities,
    SetRuns,
    count_identities,
    labelled_settings,
)
from flatsort.evaluation.tracks.preprocessing import preprocess
from flatsort.evaluation.tracks.score import score_rows
from flatsort.files.mot_files import rows_of
from flatsort.tracker import FlatSortConfig


def random_tracks(seed, name):
    """Four people over 12 frames, who jitter, exchange their names and are missed."""
    rng = np.random.default_rng(seed)
    rows = []
    for frame in range(1, 13):
        names = rng.permutation(4) if rng.random() < 0.2 else np.arange(4)
        rows += [
            (frame, names[person] + 1, 60 * person + rng.normal(0, 6), 0, 40, 100)
            for person in range(4)
            if rng.random() < 0.8
        ]
    return rows_of(np.array(rows, dtype=float), name, length=12)


@pytest.mark.parametrize("seed", range(5))
def test_idf1_is_that_of_the_scores(seed):
    truth, found = random_tracks(seed, "truth"), random_tracks(seed + 100, "found")
    counts = count_identities(preprocess(truth, found, 12, "MOT15"))
    assert counts.idf1 == pytest.approx(score_rows(truth, found, 12, "MOT15").columns()["IDF1"])


def test_idf1_without_any_pair():
    assert count_identities([]).idf1 == 0


def test_each_case_is_chosen_for_by_the_others():
    """Without case 0 the second option is better, without case 1 the first one."""
    options = {"first": [9, 1, 2], "second": [0, 3, 2]}
    assert choose_on_others(options, sum, left_out=0) == "second"
    assert choose_on_others(options, sum, left_out=1) == "first"


def test_the_shipped_settings_are_among_those_that_labels_choose_from():
    usual = FlatSortConfig()
    shipped = (usual.sure_confidence, usual.birth_confidence, usual.min_confidence, usual.memory_s)
    assert shipped in labelled_settings()


def runs_of(names, right):
    """Runs that are right in so many of 100 boxes; the last level and setting in five more."""

    def counts(extra=0):
        return [Identities(right + extra, 100, 100) for _ in names]

    settings = labelled_settings()
    return SetRuns(
        names=names,
        shipped={scale: counts() for scale in SCALES},
        learned={scale: counts(1) for scale in SCALES},
        confidences=counts(2),
        labelled={each: counts(5 if each == settings[-1] else 0) for each in settings},
        by_levels={each: counts(4 if each == LEVELS_TRIED[-1] else 0) for each in LEVELS_TRIED},
    )


def test_the_page_shows_each_way_and_leaves_out_choices_without_others():
    page = make_page({"Strong": runs_of(["A", "B"], 50), "Light": runs_of(["B"], 30)})
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page.splitlines()]
    assert ["Strong", "2", "50.0", "55.0", "55.0", "51.0", "54.0", "52.0"] in rows
    assert ["Light", "1", "30.0", "", "35.0", "31.0", "", "32.0"] in rows
    assert ["Light", "c^3", "30.0", "31.0"] in rows
    assert ["Strong", "B", "50.0", "55.0", "55.0", "51.0", "54.0", "52.0"] in rows
