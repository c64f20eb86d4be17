"""Ground truth of other tools: which rows are scored, and what the user hears if none is."""

import pytest

from flatsort.commands.eval_mot import main
from flatsort.errors import InputError
from flatsort.evaluation.tracks.scored_truth import choose_truth
from flatsort.files.mot_files import read_ground_truth


@pytest.fixture
def truth(tmp_path):
    """Return a function that reads rows given as (flag, class): one row per frame."""

    def read(*rows, layout="MOT16"):
        path = tmp_path / "gt.txt"
        path.write_text(
            "".join(
                f"{frame},1,10,20,30,60,{flag},{name},1\n"
                for frame, (flag, name) in enumerate(rows, 1)
            )
        )
        return read_ground_truth(path, len(rows), layout)

    return read


def chosen(rows):
    return ((rows.confidences >= 0.99) & (rows.classes == 1)).tolist()


def test_the_benchmarks_rule_is_flag_1_and_class_1(truth):
    rows = choose_truth(truth((1, 1), (0, 1), (1, 3)), "MOT16")
    assert chosen(rows) == [True, False, False]


def test_chosen_classes_take_the_place_of_class_1(truth):
    rows = choose_truth(truth((1, 1), (1, 3), (0, 3), (1, 4)), "MOT16", [3, 4])
    assert chosen(rows) == [False, True, False, True]


def test_all_takes_every_row_whose_flag_is_not_0(truth):
    rows = choose_truth(truth((-1, -1), (1, 3), (0, 1)), "MOT16", "all")
    assert chosen(rows) == [True, True, False]


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ([(1, 0), (1, 0)], "here flag 1 in 2 rows, class 0 in 2 rows"),
        ([(1, -1), (1, 3)], "here flag 1 in 2 rows, class -1 in 1, 3 in 1 rows"),
        ([(-1, 1), (0, 1)], "here flag -1 in 1, 0 in 1 rows, class 1 in 2 rows"),
    ],
)
def test_no_row_to_score_is_said(truth, rows, complaint):
    with pytest.raises(InputError, match="no row to score") as error:
        choose_truth(truth(*rows), "MOT16")
    assert complaint in str(error.value)
    assert "--gt-classes all" in str(error.value)


def test_classes_that_nobody_has_are_said(truth):
    with pytest.raises(InputError, match=r"flag 1 in column 7 and class 5 or 6 are scored"):
        choose_truth(truth((1, 1)), "MOT16", [5, 6])


def test_a_file_without_classes_has_none_to_choose(truth):
    with pytest.raises(InputError, match="the file has no classes"):
        choose_truth(truth((1, 1), layout="MOT15"), "MOT15", [1])


def test_the_command_scores_visdrone_and_cvat(tool, make_sequence, tmp_path):
    """VisDrone has a pedestrian, class 1, and a car, class 4. CVAT's file has the class -1."""
    drone, cvat = (
        make_sequence((), length=2, name="uav1"),
        make_sequence((), length=2, name="cvat1"),
    )
    for sequence, text in (
        (drone, "1,1,10,20,30,60,1,1,0,0\n1,2,80,20,60,30,1,4,0,1\n"),
        (cvat, "1,1,10,20,30,60,1,-1,1\n2,1,10,20,30,60,1,-1,1\n"),
    ):
        sequence.ground_truth_path.parent.mkdir()
        sequence.ground_truth_path.write_text(text)
        results = tmp_path / "results" / "mine" / f"{sequence.name}.txt"
        results.parent.mkdir(parents=True, exist_ok=True)
        results.write_text("1,7,10,20,30,60,1,-1,-1,-1\n")
    words = ("--results", tmp_path / "results", "--seq")
    scored = tool(main, *words, drone.folder)
    # One pedestrian, found: MOTA 100. The car is not a person.
    assert "100.0" in scored.out, scored.err
    assert "here flag 1 in 2 rows, class -1 in 2 rows" in tool(main, *words, cvat.folder).error
    # Two boxes, one found.
    assert "50.0" in tool(main, *words, cvat.folder, "--gt-classes", "all").out
