"""The page on the cost of a camera, reckoned by hand, and its words."""

import pytest

from benchmarks.camera_hour import main
from benchmarks.camera_hour_page import PLANNED, make_page
from benchmarks.camera_hour_runs import Costs


def cells(page: str, first: str) -> list[str]:
    (row,) = [line for line in page.splitlines() if line.startswith(f"| {first} ")]
    return [cell.strip() for cell in row.split("|")[1:-1]]


def test_the_page():
    # A camera takes 1.4 core seconds per second: 2 cores at 70 %. 1,000 bytes per second are
    # 0.0864 GB per day.
    costs = [
        Costs("motion", 0.25, 1.0, 2**28, 10.0, 8.0),
        Costs(PLANNED, 1.4, 1.5, 2**29, 1000.0, 1.25),
    ]
    page = make_page(costs, 25.0, 6.5, 0.5, 3, "A machine.")
    assert "25 frames per second and shows 6.5 people" in page
    assert cells(page, "motion") == ["motion", "0.250", "4.0", "0.1250", "8.0", "1.0 s", "256 MiB"]
    assert cells(page, "1") == ["1", "2", "1", "0.5 GiB", "0.1 GB", "24.00"]
    assert cells(page, "16") == ["16", "32", "1", "8.0 GiB", "1.4 GB", "384.00"]
    assert cells(page, "10,000")[:3] == ["10,000", "20,000", "625"]
    assert page.endswith("A machine.\n")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--source", "nowhere.mp4"), "nowhere.mp4"),
        (("--source", "a.mp4", "--price", "0"), "--price above 0"),
        (("--source", "a.mp4", "--seconds", "2"), "--seconds above 2"),
    ],
)
def test_wrong_words_end_in_a_sentence(tool, words, message, tmp_path):
    outcome = tool(main, *words, "--out", tmp_path / "page.md")
    assert outcome.status == 2
    assert message in outcome.err
    assert not list(tmp_path.iterdir())
