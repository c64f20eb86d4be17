"""Queries and their right answers, worked out by hand."""

from pathlib import Path
from shutil import copytree

import numpy as np
import pytest

from flatsort.errors import InputError
from flatsort.retrieval.person_labels import NOBODY, label_samples, main_person
from flatsort.retrieval.search_tasks import make_tasks

ANY = [0.0]


@pytest.mark.parametrize(
    ("people", "label"),
    [
        ([4], 4),
        ([4, NOBODY], 4),
        ([4, NOBODY, NOBODY], NOBODY),
        ([4, 5, 5], 5),
        ([4, 5, 6], NOBODY),
        ([NOBODY], NOBODY),
    ],
)
def test_a_track_is_the_person_of_half_of_its_boxes(people, label):
    assert main_person(np.array(people)) == label


@pytest.fixture
def labelled(make_index, make_sequence, tmp_path):
    """An index of a sequence with ground truth, a sequence without it, and a film.

    In the first sequence, person 1 walks along the boxes of both tracks (their left side is the
    number of the frame). Person 2 stands at 100, away from all tracks.
    """
    one = make_sequence(name="one", length=60, images=False)
    (one.folder / "gt").mkdir()
    lines = [f"{frame},1,{frame},0,10,20,1,1,1\n" for frame in range(1, 61)]
    lines += [f"{frame},2,100,0,10,20,1,1,1\n" for frame in range(1, 61)]
    one.ground_truth_path.write_text("".join(lines))
    two = make_sequence(name="two", length=60, images=False)
    return make_index(
        ("one", 1, [(1, ANY), (2, ANY), (30, ANY), (31, ANY)]),
        ("one", 2, [(40, ANY), (45, ANY)]),
        ("two", 1, [(1, ANY), (22, ANY)]),
        ("film", 1, [(1, ANY), (20, ANY)]),
        sources=("one", "two", "film"),
        footage={"one": str(one.folder), "two": str(two.folder), "film": str(tmp_path / "a.mp4")},
    )


def test_people_by_ground_truth(labelled):
    people = label_samples(labelled)
    assert (people[:6] == people[0]).all()
    assert people[0] != NOBODY
    assert (people[6:] == NOBODY).all()


def test_identities_belong_to_their_sequence(labelled):
    one, two = (Path(source.footage) for source in labelled.sources[:2])
    copytree(one / "gt", two / "gt")
    people = label_samples(labelled)
    assert people[6] not in (NOBODY, people[0])


def test_fragments_of_a_person_are_queries_for_each_other(labelled):
    fragments, _ = make_tasks(labelled)
    assert [query.tolist() for query in fragments.queries] == [[0, 1, 2, 3], [4, 5]]
    assert [group.tolist() for group in fragments.gallery] == [
        [0, 1, 2, 3],
        [4, 5],
        [6, 7],
        [8, 9],
    ]
    assert fragments.relevant.tolist() == [[False, True, False, False], [True, False, False, False]]
    assert fragments.excluded.tolist() == [0, 1]


def test_first_halves_are_queries_for_second_halves_after_a_gap(labelled):
    """The boxes of the second track are 5 frames apart and those of the film 19: too few."""
    _, halves = make_tasks(labelled)
    assert [query.tolist() for query in halves.queries] == [[0, 1], [6]]
    assert [group.tolist() for group in halves.gallery] == [[2, 3], [4, 5], [7], [8, 9]]
    # The second track shows the person of the first track too.
    assert halves.relevant.tolist() == [[True, True, False, False], [False, False, True, False]]
    assert halves.excluded.tolist() == [-1, -1]


def test_without_ground_truth_halves_are_the_only_task(make_index):
    index = make_index(("a", 1, [(1, ANY), (50, ANY)]), ("b", 1, [(1, ANY)]))
    (halves,) = make_tasks(index)
    assert halves.name == "Halves"
    assert halves.relevant.tolist() == [[True, False]]


def test_an_index_without_queries_has_no_task(make_index):
    assert make_tasks(make_index(("a", 1, [(1, ANY)]))) == []


def test_two_trackers_results_of_one_sequence_are_refused(make_index):
    index = make_index(
        ("a", 1, [(1, ANY)]), ("b", 1, [(1, ANY)]), footage={"a": "/one", "b": "/one"}
    )
    with pytest.raises(InputError, match=r"a\.txt and /results/b\.txt are both results of /one"):
        make_tasks(index)
