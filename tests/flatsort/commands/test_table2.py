import re

import pytest

from flatsort.commands.table2 import main
from flatsort.paper import table2_page
from flatsort.paper.table2_page import Row


@pytest.fixture(scope="module")
def folder(mot_data, tmp_path_factory):
    """A folder with the page for a clip of fifty frames, with trackers that need no weights."""
    rows = (
        Row("SORT", "none"),
        Row("histogram", "histogram"),
        Row("absent", "features:absent.npy", ("det.txt",)),
    )
    folder = tmp_path_factory.mktemp("table2")
    clip = mot_data / "clips" / "MOT16-04-first50"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table2_page, "ROWS", rows)
        out = folder / "docs" / "table2.md"
        main(["--seq", str(clip), "--results", str(folder / "results"), "--out", str(out)])
    return folder


@pytest.fixture
def page(folder):
    return (folder / "docs" / "table2.md").read_text()


def cells(table, name):
    """The cells of each row with that name."""
    lines = [line for line in table.splitlines() if re.match(rf"\|\s*{name}\s*\|", line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_page_has_the_papers_table_and_one_of_ours_per_detection_file(page):
    assert [line for line in page.splitlines() if line.startswith("## ")] == [
        "## The paper's figures (MOT16 train, seven sequences, POI detections)",
        "## Our figures, det/det.txt",
        "## Our figures, det/yolox.txt",
    ]
    assert len(cells(page, "SORT")) == 3
    # Two settings on two detection files.
    histogram = cells(page, "histogram")
    assert [row[1] for row in histogram] == ["paper", "ours"] * 2
    # Sixteen columns of the paper and HOTA, which the paper does not have.
    assert len(histogram[0]) == 2 + 17
    assert "MOT16-04-first50 (50 frames" in page


def test_a_tracker_without_its_feature_file_has_no_row(page):
    assert not cells(page, "absent")


def test_the_result_files_are_kept(folder):
    for detections in ("det", "yolox"):
        for name in ("SORT", "histogram_paper", "histogram_ours"):
            assert (folder / "results" / detections / name / "MOT16-04-first50.txt").is_file()


def test_a_sequence_without_ground_truth_is_refused(tool, make_sequence, tmp_path):
    outcome = tool(main, "--seq", make_sequence().folder, "--out", tmp_path / "page.md")
    assert "MOT16-98: no ground truth, no frames, or neither det/det.txt" in outcome.error
    assert not (tmp_path / "page.md").exists()
