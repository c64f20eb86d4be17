"""Strips: their tiles, the boxes and their colours, and the file."""

import cv2
import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from flatsort.errors import InputError
from flatsort.evaluation.switches.moments import moments_by_truth
from flatsort.evaluation.switches.strip import draw_strip
from flatsort.files.mot_files import read_ground_truth, read_results
from flatsort.images.figure_file import write_figure

FIRST, SECOND = "#56b4e9", "#e69f00"
LENGTH = 30


def run(identity, first, last, left=60, step=0):
    """Make rows of a 20 x 50 box; they serve as ground truth (flag and class 1) and as results."""
    return "".join(
        f"{frame},{identity},{left + step * frame},40,20,50,1,1,1\n"
        for frame in range(first, last + 1)
    )


@pytest.fixture
def scene(make_sequence, tmp_path):
    """Make sequence, results and moments: at person 1, A switches between 10 and 20, and B keeps.

    C follows person 1 from frame 20 on, and D never. Person 2 stands beside person 1.
    """
    sequence = make_sequence((), length=LENGTH, size=(160, 120))
    beside = run(40, 1, LENGTH, left=90)
    texts = {
        "A": run(8, 1, 10) + run(9, 20, LENGTH) + beside,
        "B": run(5, 1, LENGTH) + beside,
        "C": run(3, 20, LENGTH) + beside,
        "D": beside,
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.txt").write_text(text)
    (tmp_path / "gt.txt").write_text(run(1, 1, LENGTH) + run(2, 1, LENGTH, left=90))
    results = {name: read_results(tmp_path / f"{name}.txt", LENGTH) for name in texts}
    truth = read_ground_truth(tmp_path / "gt.txt", LENGTH, sequence.layout)
    return sequence, results, moments_by_truth(truth, results, LENGTH, sequence.layout)


def tiles(figure, columns):
    """Arrange the axes of one moment as (rows, columns)."""
    return np.array(figure.axes).reshape(-1, columns)


def boxes(axes):
    """Map the colour of each box in a tile to (left, top, width, height, line width)."""
    return {
        to_hex(patch.get_edgecolor()): (*patch.get_bbox().bounds, patch.get_linewidth())
        for patch in axes.patches
        if isinstance(patch, Rectangle)
    }


def labels(axes):
    return {text.get_text(): to_hex(text.get_bbox_patch().get_facecolor()) for text in axes.texts}


def test_a_row_for_each_tracker_and_a_column_for_each_frame(scene):
    figure = draw_strip(*scene)
    rows = tiles(figure, 4)
    assert [axes.get_title() for axes in rows[0]] == [f"frame {n}" for n in (10, 15, 20, 30)]
    assert [axes.get_ylabel() for axes in rows[:, 0]] == [
        "A\n8 \N{RIGHTWARDS ARROW} 9",
        "B\nkeeps 5",
        "C\nfollows in part",
        "D\ndoes not follow",
    ]


def test_all_trackers_show_the_same_part_of_the_same_frame(scene):
    sequence, *_ = scene
    rows = tiles(draw_strip(*scene), 4)
    for column in rows.T:
        first = column[0].images[0]
        for axes in column[1:]:
            np.testing.assert_array_equal(axes.images[0].get_array(), first.get_array())
            assert axes.get_xlim() == column[0].get_xlim()
    # The person is 50 px high, so the window has the smallest side, 120 px, centred at x = 70; the
    # image is 120 px high.
    np.testing.assert_array_equal(
        rows[0, 0].images[0].get_array(), sequence.read_frame(10)[:, 10:130, ::-1]
    )
    assert rows[0, 0].get_ylim() == (120, 0)


def test_colours_are_the_persons_identities_in_order(scene):
    rows = tiles(draw_strip(*scene), 4)
    person = (60, 40, 20, 50)
    for column, colour in ((0, FIRST), (2, SECOND), (3, SECOND)):
        assert boxes(rows[0, column])[colour][:4] == person
    for column in range(4):
        assert boxes(rows[1, column])[FIRST][:4] == person
        assert SECOND not in boxes(rows[1, column])
    # While A has lost person 1, it has only the box of person 2.
    assert [box[:4] for box in boxes(rows[0, 1]).values()] == [(90, 40, 20, 50)]
    assert boxes(rows[2, 2])[FIRST][:4] == person


def test_the_persons_box_is_thick_and_labels_have_the_boxes_colours(scene):
    axes = tiles(draw_strip(*scene), 4)[0, 2]
    widths = {colour: box[4] for colour, box in boxes(axes).items()}
    assert widths[SECOND] > 2 * max(w for colour, w in widths.items() if colour != SECOND)
    found = labels(axes)
    assert found["9"] == SECOND
    assert set(found) == {"9", "40"}
    assert found["40"] not in (FIRST, SECOND)


def test_an_identity_has_one_colour_in_all_frames_of_a_row(scene):
    rows = tiles(draw_strip(*scene), 4)
    for row in rows:
        assert len({labels(axes)["40"] for axes in row}) == 1


def test_a_box_mostly_outside_the_window_is_not_drawn(make_sequence, tmp_path):
    sequence = make_sequence((), length=LENGTH, size=(400, 120))
    # The window ends at 130: a box 20 px wide is one fifth inside at 126 and one half at 120.
    others = run(40, 1, LENGTH, left=126) + run(41, 1, LENGTH, left=120)
    for name, text in (("A", run(8, 1, 10) + run(9, 20, LENGTH)), ("B", run(5, 1, LENGTH))):
        (tmp_path / f"{name}.txt").write_text(text + others)
    (tmp_path / "gt.txt").write_text(run(1, 1, LENGTH))
    results = {name: read_results(tmp_path / f"{name}.txt", LENGTH) for name in "AB"}
    truth = read_ground_truth(tmp_path / "gt.txt", LENGTH, "MOT16")
    moments = moments_by_truth(truth, results, LENGTH, "MOT16")
    axes = tiles(draw_strip(sequence, results, moments), 4)[1, 0]
    assert set(labels(axes)) == {"5", "41"}


def test_a_strip_can_be_written(scene, tmp_path):
    path = tmp_path / "strip.png"
    sequence, results, moments = scene
    write_figure(path, draw_strip(sequence, {"A": results["A"]}, moments))
    picture = cv2.imread(str(path))
    assert picture.shape[0] > 300
    assert picture.shape[1] > 4 * 300
    assert picture.std() > 10


def test_too_many_moments_for_a_picture(scene):
    sequence, results, moments = scene
    with pytest.raises(InputError, match="100 moments do not fit in one picture: draw fewer"):
        draw_strip(sequence, results, moments * 100)


def test_a_name_that_looks_like_a_formula_is_printed_unchanged(scene):
    sequence, results, _ = scene
    named = {"$\\x_2$": results["A"], "B": results["B"]}
    (moment,) = moments_by_truth(results["B"].select(results["B"].ids == 5), named, LENGTH, "MOT15")
    figure = draw_strip(sequence, named, [moment])
    assert tiles(figure, 4)[0, 0].get_ylabel().startswith("$\\x_2$")
    figure.canvas.draw()


def test_moments_of_fewer_frames_leave_the_last_columns_empty(scene, make_sequence, tmp_path):
    sequence, results, moments = scene
    (tmp_path / "A.txt").write_text(run(8, 9, 9) + run(9, 10, 10))
    short = {**results, "A": read_results(tmp_path / "A.txt", LENGTH)}
    truth = read_ground_truth(tmp_path / "gt.txt", LENGTH, sequence.layout)
    both = [*moments, *moments_by_truth(truth, short, LENGTH, sequence.layout)]
    figure = draw_strip(sequence, results, both)
    last = np.array(figure.axes).reshape(2, 4, 4)[1]
    assert [len(axes.images) for axes in last[0]] == [1, 1, 0, 0]
    assert [axes.axison for axes in last[0]] == [True, True, False, False]
