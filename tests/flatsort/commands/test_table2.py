import re

import pytest

from flatsort.commands import table2
from flatsort.commands.table2 import Row, all_rows, main, paper_table, parse_arguments


@pytest.fixture(scope="module")
def folder(mot_data, tmp_path_factory):
    """Holds the page about a clip of fifty frames, with the trackers that need no weights."""
    rows = (
        Row("SORT", "none"),
        Row("histogram", "histogram"),
        Row("absent", "features:absent.npy", ("det.txt",)),
    )
    folder = tmp_path_factory.mktemp("table2")
    clip = mot_data / "clips" / "MOT16-04-first50"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table2, "ROWS", rows)
        out = folder / "docs" / "table2.md"
        main(["--seq", str(clip), "--results", str(folder / "results"), "--out", str(out)])
    return folder


@pytest.fixture
def page(folder):
    return (folder / "docs" / "table2.md").read_text()


def cells(table, name):
    """The cells of the rows of that name."""
    lines = [line for line in table.splitlines() if re.match(rf"\|\s*{name}\s*\|", line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_papers_rows_are_printed_as_the_paper_prints_them():
    (sort,) = cells(paper_table(), "SORT")
    assert sort[1:7] == ["57.0", "67.4", "49.4", "66.4", "90.6", "1.44"]
    assert sort[7:14] == ["158", "275", "84", "7643", "37071", "1486", "1515"]
    assert sort[14:] == ["58.2", "81.9", "59.5"]


def test_ours_stand_beside_the_papers_for_each_detection_set(page):
    assert [line for line in page.splitlines() if line.startswith("## ")] == [
        "## The paper's (MOT16 train, seven sequences, POI detections)",
        "## Ours, det/det.txt",
        "## Ours, det/yolox.txt",
    ]
    assert len(cells(page, "SORT")) == 3
    # With the paper's settings and ours, on two detection sets.
    histogram = cells(page, "histogram")
    assert [row[1] for row in histogram] == ["paper", "ours"] * 2
    # Sixteen columns and HOTA, which the paper did not have.
    assert len(histogram[0]) == 2 + 17
    assert "MOT16-04-first50 (50 frames" in page


def test_a_tracker_whose_features_are_not_there_has_no_row(page):
    assert not cells(page, "absent")


def test_what_was_tracked_is_there_to_be_looked_at(folder):
    for detections in ("det", "yolox"):
        for name in ("SORT", "histogram_paper", "histogram_ours"):
            assert (folder / "results" / detections / name / "MOT16-04-first50.txt").is_file()


def test_a_network_of_the_users_has_a_row():
    *_, last = all_rows(parse_arguments(["--onnx", "nets/osnet.onnx"]))
    assert last == Row("DeepSORT (osnet)", "onnx:nets/osnet.onnx")
    assert all_rows(parse_arguments([])) == list(table2.ROWS)
