"""The page of report.py in Chromium: it loads, plays, seeks, filters and logs no error."""

import csv
import re
import zipfile

import cv2
import numpy as np
import pytest
from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from flatsort.commands.report import main
from flatsort.tracking.run_record import RunRecord, write_run_record
from tests.flatsort.report_example import FRAME_RATE, LENGTH, write_example

PATIENCE_S = 60
HOSTILE = "x'\"><img src=x onerror=document.title=1><b>"
SCRIPT = "</dd><script>document.title='hacked'</script><img src=x onerror=document.title=1>"


@pytest.fixture
def visit(browser, tool, make_sequence, tmp_path):
    """A function that writes a page and opens it; in the end the console must be empty."""
    pages = []

    def write(*words, name="MOT16-98", prepare=lambda results: None):
        sequence = write_example(make_sequence, tmp_path / "results", name=name)
        prepare(tmp_path / "results")
        page = tmp_path / "page.html"
        outcome = tool(
            main,
            *("--seq", sequence.folder, "--results", tmp_path / "results"),
            *("--descriptor", "histogram", "--no-cache", "--out", page, *words),
        )
        assert outcome.status == 0, outcome.err
        browser.get(page.as_uri())
        pages.append(page)
        return browser

    browser.get_log("browser")
    yield write
    assert pages
    assert browser.get_log("browser") == []


def wait(browser, condition):
    """Wait until a JavaScript expression is true."""
    WebDriverWait(browser, PATIENCE_S, 0.05).until(
        lambda driver: driver.execute_script(f"return {condition}")
    )


def find(browser, selector):
    return browser.find_element(By.CSS_SELECTOR, selector)


def loaded(browser):
    wait(browser, "document.querySelector('#film').readyState >= 2")
    return find(browser, "#film")


def shown(browser, selector):
    """Return the visible elements of a selector, by their ids or else by their texts."""
    script = (
        "return [...document.querySelectorAll(arguments[0])].filter(e => e.offsetParent)"
        ".map(e => e.id || e.textContent.trim())"
    )
    return browser.execute_script(script, selector)


def type_into(browser, name, text):
    """Replace the text of a filter by keystrokes."""
    field = find(browser, f"#filters [name={name}]")
    field.clear()
    field.send_keys(text)


def test_the_film_is_whole_and_plays(visit):
    browser = visit()
    film = loaded(browser)
    assert film.get_property("videoWidth") == 160
    assert film.get_property("videoHeight") == 120
    assert film.get_property("duration") == pytest.approx(LENGTH / FRAME_RATE, abs=0.01)
    assert film.get_property("error") is None
    assert find(browser, "#position").text == "frame 1 of 40 · 0.00 s"
    browser.execute_script("document.querySelector('#film').play()")
    wait(browser, "document.querySelector('#film').currentTime > 0.5")
    # The line and the position follow the film.
    wait(browser, "document.documentElement.style.getPropertyValue('--now') > 0.2")
    wait(browser, "document.querySelector('#film').ended")
    wait(browser, "document.querySelector('#position').value.startsWith('frame 40 of 40')")


def test_a_click_shows_its_frame(visit):
    browser = visit()
    film = loaded(browser)

    def at(number):
        wait(browser, "!document.querySelector('#film').seeking")
        assert find(browser, "#position").text.startswith(f"frame {number} of 40")
        assert film.get_property("currentTime") == pytest.approx((number - 0.5) / FRAME_RATE)

    # Click the bar of frames 25 to 40, which is 16 frames wide, in the middle of frame 33.
    bar = find(browser, "#track-2 .bar")
    across = (8.5 / 16 - 0.5) * bar.size["width"]
    ActionChains(browser).move_to_element_with_offset(bar, across, 0).click().perform()
    at(33)
    now = browser.execute_script(
        "const line = document.querySelector('#tracks .now').getBoundingClientRect();"
        "const lane = document.querySelector('#track-2 .lane').getBoundingClientRect();"
        "return (line.left + line.width / 2 - lane.left) / lane.width"
    )
    assert now == pytest.approx(32.5 / 40, abs=0.01)
    assert [e.get_attribute("id") for e in browser.find_elements(By.CSS_SELECTOR, ".visible")] == [
        *("track-3", "track-2"),
        *("person-1", "person-2"),
    ]
    # Click the empty part of a row, a switch, a name, the steps of one frame, and a picture.
    lane = find(browser, "#track-7 .lane")
    ActionChains(browser).move_to_element_with_offset(
        lane, 0.26 * lane.size["width"], 0
    ).click().perform()
    at(31)
    find(browser, "#switches td button").click()
    at(25)
    find(browser, "#track-7 .who").click()
    at(5)
    find(browser, "#back").click()
    at(4)
    find(browser, "#on").click()
    at(5)
    find(browser, ".pictures li:last-child button").click()
    at(25)


def test_filters(visit):
    browser = visit()
    rows = "#tracks .row"
    everyone = ["track-1", "track-3", "track-7", "track-2"]
    assert shown(browser, rows) == everyone
    assert find(browser, "#shown").text == "4 of 4 tracks"

    type_into(browser, "least", "10")
    assert shown(browser, rows) == ["track-1", "track-3", "track-2"]
    assert len(shown(browser, ".pictures li")) == 3
    assert find(browser, "#shown").text == "3 of 4 tracks"

    type_into(browser, "tracks", "2-3, 7")
    assert shown(browser, rows) == ["track-3", "track-2"]
    assert shown(browser, "#people .row") == ["person-1", "person-2"]
    assert len(shown(browser, "#switches tbody tr")) == 1

    find(browser, "#filters [name=switches]").click()
    assert shown(browser, rows) == ["track-2"]
    assert shown(browser, "#people .row") == ["person-1"]

    find(browser, "#filters [type=reset]").click()
    wait(browser, "document.querySelector('#shown').value === '4 of 4 tracks'")
    type_into(browser, "tracks", "3")
    assert shown(browser, rows) == ["track-3"]
    assert shown(browser, "#people .row") == ["person-2"]
    assert shown(browser, "#switches tbody tr") == []

    # Text that is no list of numbers hides nothing and is marked as invalid.
    type_into(browser, "tracks", "anna")
    assert shown(browser, rows) == everyone
    assert find(browser, "#filters [name=tracks]").get_attribute("aria-invalid") == "true"


def test_zoom_keeps_the_line_in_sight(visit):
    browser = visit()
    loaded(browser)
    ticks = "return [...document.querySelector('#tracks .axis').children].map(e => e.textContent)"
    assert browser.execute_script(ticks) == ["1", "10", "20", "30", "40"]
    find(browser, "#switches td button").click()
    browser.execute_script(
        "const zoom = document.querySelector('#filters').zoom;"
        "zoom.value = 10; zoom.dispatchEvent(new Event('input', {bubbles: true}))"
    )
    line, left, right, inside = browser.execute_script(
        "const timeline = document.querySelector('#tracks .timeline');"
        "const {left, right} = timeline.getBoundingClientRect();"
        "const line = timeline.querySelector('.now').getBoundingClientRect().left;"
        "return [line, left, right, timeline.scrollWidth / timeline.clientWidth]"
    )
    assert left < line < right
    assert inside > 8
    # Four of the forty frames are in sight, so each frame has a tick.
    assert browser.execute_script(ticks) == [str(number) for number in range(1, 41)]


def test_a_page_without_a_film_still_has_the_moving_line(visit):
    browser = visit("--no-video")
    assert browser.find_elements(By.CSS_SELECTOR, "video") == []
    find(browser, "#switches td button").click()
    assert find(browser, "#position").text == "frame 25 of 40 · 1.20 s"
    assert shown(browser, "#tracks .row.visible") == ["track-3", "track-2"]


def test_the_page_fits_a_phone(visit):
    browser = visit()
    loaded(browser)
    try:
        browser.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True},
        )
        browser.refresh()
        loaded(browser)
        assert browser.execute_script("return document.documentElement.scrollWidth") == 390
        # Many pictures of a track scroll in their strip.
        widen = "for (const e of document.querySelectorAll('.strip img')) e.style.width = '200px'"
        browser.execute_script(widen)
        assert browser.execute_script("return document.documentElement.scrollWidth") == 390
        assert find(browser, "#film").rect["width"] == 390
        assert find(browser, ".filters").get_attribute("open") is None
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_hostile_names_stay_text(visit):
    record = RunRecord(
        sequence=HOSTILE,
        source=SCRIPT,
        frame_rate=20.0,
        size=None,
        frames=40,
        tracker=SCRIPT,
        descriptor="histogram",
        detector=SCRIPT,
        options={"min_confidence": 0.3, SCRIPT: SCRIPT},
        film=None,
        seconds={"decoding": 1.0, SCRIPT: 1.0},
        counts={SCRIPT: 3},
        notes=[SCRIPT],
        versions={SCRIPT: SCRIPT},
    )
    browser = visit(
        name=HOSTILE,
        prepare=lambda results: write_run_record(results / "careless" / f"{HOSTILE}.txt", record),
    )
    loaded(browser)
    assert browser.title == f"{HOSTILE} · {SCRIPT}"
    assert find(browser, "h1").text == f"{HOSTILE} {SCRIPT}"
    assert len(browser.find_elements(By.CSS_SELECTOR, "script")) == 2


def test_the_page_needs_no_network(visit):
    browser = visit()
    loaded(browser)
    names = browser.execute_script(
        "return performance.getEntriesByType('resource').map(entry => entry.name)"
    )
    assert [name for name in names if not name.startswith(("data:", "blob:"))] == []


def test_keys(visit):
    browser = visit()
    loaded(browser)
    body = find(browser, "body")

    def press(*keys):
        body.send_keys("".join(keys))
        wait(browser, "!document.querySelector('#film').seeking")
        return int(find(browser, "#position").text.split()[1])

    assert press(Keys.ARROW_RIGHT) == 2
    assert press(Keys.SHIFT, Keys.ARROW_RIGHT) == 22
    assert press(Keys.ARROW_LEFT) == 21
    # Track 1 ends in frame 20 and track 2 begins in frame 25: one moment, before frame 21.
    assert press("n") == 21
    assert press("p") == 20
    press(" ")
    wait(browser, "!document.querySelector('#film').paused")
    press(" ")
    wait(browser, "document.querySelector('#film').paused")
    # In a field, the keys edit the text.
    find(browser, "#filters [name=tracks]").send_keys("3", Keys.ARROW_LEFT, "1")
    assert find(browser, "#filters [name=tracks]").get_property("value") == "13"


def test_a_moment_in_doubt_is_marked_by_one_click(visit):
    browser = visit()
    [moment] = browser.find_elements(By.CSS_SELECTOR, ".moment")
    assert "1 and 2 may be one person" in moment.text.replace("\n", " ")
    pictures = moment.find_elements(By.TAG_NAME, "img")
    assert [each.get_property("naturalWidth") > 0 for each in pictures] == [True, True]
    moment.find_element(By.CSS_SELECTOR, "[data-kind=merge]").click()
    assert find(browser, "#marked").text == "1 edit"
    assert find(browser, "#edits li button").text == "merge 1 and 2 in frame 25"


def test_downloads_of_tables_and_pictures(visit, tmp_path):
    browser = visit()
    folder = tmp_path / "downloads"
    browser.execute_cdp_cmd(
        "Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(folder)}
    )
    find(browser, "[data-table='people.csv']").click()
    find(browser, "#crops").click()
    table, archive = folder / "MOT16-98.people.csv", folder / "MOT16-98.pictures.zip"
    WebDriverWait(browser, PATIENCE_S, 0.05).until(lambda _: table.exists() and archive.exists())
    rows = list(csv.DictReader(table.read_text().splitlines()))
    assert [row["id"] for row in rows] == ["1", "2", "3", "7"]
    with zipfile.ZipFile(archive) as pictures:
        assert pictures.testzip() is None
        names = pictures.namelist()
        assert sum(name.startswith("track-7/") for name in names) == 4
        picture = np.frombuffer(pictures.read("track-7/frame-000005.jpg"), np.uint8)
    assert cv2.imdecode(picture, cv2.IMREAD_COLOR).shape == (30, 15, 3)


def test_the_film_has_a_poster(visit):
    browser = visit()
    assert find(browser, "#film").get_attribute("poster").startswith("data:image/jpeg;base64,")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_readable_in_light_and_dark(visit, scheme):
    """The contrast of text and of muted text to the surface is at least 4.5, as WCAG asks."""
    browser = visit("--no-video")
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    try:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
        for selector in ("#moments h2", "#moments .lead", ".figures dt", "nav a"):
            script = (
                "const e = document.querySelector(arguments[0]);"
                "const s = getComputedStyle(document.querySelector('section'));"
                "return [getComputedStyle(e).color, s.backgroundColor]"
            )
            assert contrast(*browser.execute_script(script, selector)) >= 4.5, selector
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def contrast(*colours):
    """Return WCAG's contrast of two colours such as "rgb(26, 31, 38)"."""

    def luminance(text):
        values = [int(word) / 255 for word in re.findall(r"\d+", text)[:3]]
        linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    darker, lighter = sorted(map(luminance, colours))
    return (lighter + 0.05) / (darker + 0.05)
