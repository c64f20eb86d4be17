"""Mark a mistake on the page in Chromium, save the edits, correct the results, and score them."""

import json

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from flatsort.commands.correct import main as correct
from flatsort.commands.report import main as report
from flatsort.evaluation.tracks.score import score_rows
from flatsort.files.mot_files import read_ground_truth, read_results
from tests.flatsort.report_example import LENGTH, box, write_example

PATIENCE_S = 60


@pytest.fixture
def example(make_sequence, tmp_path):
    """The example, with tracks 1 and 3 exchanged in frame 21: two switches."""
    sequence = write_example(make_sequence, tmp_path / "results")
    path = tmp_path / "results" / "careless" / f"{sequence.name}.txt"
    lines = [
        f"{n},{track},{box(person, n)},1,-1,-1,-1\n"
        for n in range(1, LENGTH + 1)
        for person, track in ((1, 1 if n < 21 else 3), (2, 3 if n < 21 else 1))
    ]
    path.write_text("".join(lines) + "5,7,130,5,15,30,1,-1,-1,-1\n")
    return sequence, path


@pytest.fixture
def page(browser, tool, example, tmp_path):
    """Open the page of the example, whose downloads go to a folder; return the browser."""
    sequence, path = example
    out = tmp_path / "page.html"
    words = ("--results", path, "--seq", sequence.folder, "--descriptor", "none")
    assert tool(report, *words, "--no-video", "--out", out).status == 0
    browser.execute_cdp_cmd(
        "Browser.setDownloadBehavior",
        {"behavior": "allow", "downloadPath": str(tmp_path / "downloads")},
    )
    browser.get_log("browser")
    browser.get(out.as_uri())
    yield browser
    assert browser.get_log("browser") == []


def click(browser, selector):
    browser.find_element(By.CSS_SELECTOR, selector).click()


def saved(browser, folder):
    """Save the edits on the page; return the file."""
    click(browser, "#save")
    found = WebDriverWait(browser, PATIENCE_S, 0.05).until(
        lambda _: list(folder.glob("*.edits.json"))
    )
    return found[0]


def scores(sequence, path):
    truth = read_ground_truth(sequence.ground_truth_path, sequence.length, sequence.layout)
    rows = read_results(path, sequence.length)
    columns = score_rows(truth, rows, sequence.length, sequence.layout).columns()
    return columns["IDs"], columns["FP"]


def test_a_marked_swap_removes_its_switches(tool, page, example, tmp_path):
    sequence, path = example
    assert scores(sequence, path) == (2, 1)
    click(page, "#correct summary")
    click(page, "#switches td button")
    assert page.find_element(By.ID, "position").text.startswith("frame 21 of 40")
    click(page, "#track-1 .who")
    click(page, "#track-3 .who")
    # The choice of tracks does not move the film.
    assert page.find_element(By.ID, "position").text.startswith("frame 21 of 40")
    assert len(page.find_elements(By.CSS_SELECTOR, "#tracks .row.chosen")) == 2
    click(page, "[data-kind=swap]")
    # A false track, a mistake of the user, and its removal.
    click(page, "#track-7 .who")
    click(page, "[data-kind=false]")
    click(page, "#track-1 .who")
    click(page, "[data-kind=split]")
    click(page, "#edits li:last-child [data-remove]")
    assert page.find_element(By.ID, "marked").text == "2 edits"
    edits = saved(page, tmp_path / "downloads")
    assert edits.name == f"{sequence.name}.edits.json"
    assert json.loads(edits.read_text())["edits"] == [
        {"kind": "swap", "frame": 21, "ids": [1, 3]},
        {"kind": "false", "frame": 21, "ids": [7]},
    ]
    assert tool(correct, "--results", path, "--edits", edits).status == 0
    assert scores(sequence, path) == (0, 0)


def test_an_edit_without_its_tracks_is_refused(page):
    click(page, "#correct summary")
    click(page, "[data-kind=split]")
    refusal = page.find_element(By.ID, "refusal")
    assert refusal.text == "A split needs one track."
    click(page, "#track-1 .who")
    click(page, "[data-kind=merge]")
    assert refusal.text == "A merge needs two different tracks."
    page.find_element(By.NAME, "other").send_keys("99")
    click(page, "[data-kind=merge]")
    assert refusal.is_displayed()
    assert page.find_element(By.ID, "marked").text == "no edits"
    assert not page.find_element(By.ID, "save").is_displayed()
    click(page, "[data-kind=split]")
    assert not refusal.is_displayed()
    assert page.find_element(By.ID, "marked").text == "1 edit"
