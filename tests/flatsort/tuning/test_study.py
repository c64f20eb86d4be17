"""Studies: the goal, the folds, and searches that go on where they stopped."""

import pytest
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.study import load_study

from flatsort.evaluation.tracks.score import score
from flatsort.tuning.study import ALL, Goal, Search, make_folds, search
from flatsort.tuning.tuned_sequence import load

BOX = [0, 0, 10, 20]
PEOPLE = [[frame, person, 50 * person, *BOX[1:]] for frame in range(1, 11) for person in (1, 2)]
MIXED = [[frame, 7 if frame % 2 else 8, 50, *BOX[1:]] for frame in range(1, 11)]


@pytest.fixture
def sequences(two_sequences):
    return [load(each, "det.txt", None, 0.1) for each in two_sequences]


def one_track_of_two_people():
    """Score a track with 6 boxes of person 1 and 4 of person 2: purity 60 %."""
    results = [[frame, 7, 50 if frame < 7 else 100, *BOX[1:]] for frame in range(1, 11)]
    return score(PEOPLE, results, 10)


def test_the_value_is_the_column_if_the_tracks_are_pure_enough():
    found = one_track_of_two_people()
    columns = found.columns(["Purity"])
    assert columns["Purity"] == pytest.approx(60)
    for column in ("HOTA", "IDF1", "MOTA"):
        assert Goal(column, least_purity=60).value(found) == columns[column]


def test_impure_tracks_lose_and_the_purer_ones_lead():
    pure, mixed = score(PEOPLE, PEOPLE[::2], 10), one_track_of_two_people()
    goal = Goal("MOTA", least_purity=90)
    assert goal.value(mixed) < -1000 < goal.value(pure)
    assert Goal("MOTA", least_purity=99).value(mixed) < goal.value(mixed)


def test_each_sequence_is_left_out_once_and_the_last_study_has_all(sequences):
    folds = make_folds(sequences, held_out=[])
    names = [
        [[each.sequence.name for each in part] for part in (fold.tuned, fold.left_out)]
        for fold in folds
    ]
    assert names == [
        [["MOT16-98"], ["MOT16-97"]],
        [["MOT16-97"], ["MOT16-98"]],
        [["MOT16-97", "MOT16-98"], []],
    ]
    assert folds[-1].name == ALL
    assert len({fold.name for fold in folds}) == 3


def test_held_out_sequences_have_one_study(sequences):
    (fold,) = make_folds(sequences, held_out=["MOT16-97"])
    assert [each.sequence.name for each in fold.tuned] == ["MOT16-98"]
    assert [each.sequence.name for each in fold.left_out] == ["MOT16-97"]


def trials(journal, name="held-out"):
    storage = JournalStorage(JournalFileBackend(str(journal)))
    return load_study(study_name=name, storage=storage).trials


def test_a_search_begins_with_the_defaults_and_finds_a_longer_memory(sequences, tmp_path):
    folds = make_folds(sequences, held_out=["MOT16-97"])
    how = Search("sort", None, Goal("IDF1"), trials=12)
    ((fold, settings),) = search(folds, how, tmp_path / "journal.log")
    first, *others = trials(tmp_path / "journal.log")
    assert first.params == how.defaults
    assert len(others) == 11
    # Each miss ends a track of the default SORT; a memory of one frame more keeps both people.
    ours = how.score(settings, fold.left_out).columns()
    default = how.score(how.defaults, fold.left_out).columns()
    assert settings["max_age"] > how.defaults["max_age"]
    assert ours["IDF1"] > default["IDF1"]


def test_a_search_goes_on_where_it_stopped(sequences, tmp_path):
    folds, journal = make_folds(sequences, ["MOT16-97"]), tmp_path / "journal.log"
    goal = Goal("IDF1")
    list(search(folds, Search("sort", None, goal, trials=3), journal))
    before = [trial.params for trial in trials(journal)]
    list(search(folds, Search("sort", None, goal, trials=5), journal))
    after = [trial.params for trial in trials(journal)]
    assert after[:3] == before
    assert len({tuple(each.items()) for each in after}) == len(after) == 5
    list(search(folds, Search("sort", None, goal, trials=5), journal))
    assert len(trials(journal)) == 5
