"""The HTML of the page: complete, self-contained, and with all text escaped."""

import base64
import hashlib
from html.parser import HTMLParser

import pytest

from flatsort.analysis.boundaries import Zone
from flatsort.analysis.ground_scale import GroundScale
from flatsort.analysis.run_analysis import AnalysisRequest, analyse
from flatsort.errors import InputError
from flatsort.reports.analysis_section import make_section
from flatsort.reports.doubtful_moments import DoubtfulMoment
from flatsort.reports.html_page import Page, render, write_page
from flatsort.reports.page_film import EmbeddedFilm
from flatsort.reports.timeline_rows import track_rows
from flatsort.reports.track_timeline import find_tracks

HOSTILE = "</title><script>alert(1)</script>'\"><img src=x onerror=alert(2)>{{ 7 * 7 }}"


class Elements(HTMLParser):
    """Elements and texts of a page, roughly as a browser would read them."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.found, self.texts, self._inside = [], [], ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))
        self._inside = tag

    def handle_endtag(self, tag):
        self._inside = ""

    def handle_data(self, data):
        self.texts.append((self._inside, data))

    def all(self, tag):
        return [attributes for name, attributes in self.found if name == tag]


@pytest.fixture
def make_page(make_rows):
    def make(**other):
        rows = make_rows((1, 3, 0), (2, 3, 0), (4, 3, 0), (2, 12, 20))
        values = {
            "sequence": "MOT16-98",
            "tracker": "fmvae",
            "results": "MOT16-98.txt",
            "digest": "0123",
            "facts": {"Frames": "5"},
            "details": {"Results": "results/fmvae/MOT16-98.txt"},
            "frames": 5,
            "frame_rate": 10.0,
            "first": 1,
            "film": None,
            "tracks": track_rows(find_tracks(rows), None, {}),
            "people": [],
            "judgement": None,
            "figures": {"tracks": "2"},
            "scores": [],
            "histograms": [],
            "stages": [],
            "pictures": {3: b"JPEG"},
            "picture_frames": {3: 2, 12: 2},
            "series": {3: {1: b"JPG1", 2: b"JPEG"}},
            "section": section_of(rows),
            "notes": {"speed": "Not known."},
        }
        return Page(**values | other)

    return make


def section_of(rows):
    """Return the answers of an analysis of rows, with one doubtful moment."""
    request = AnalysisRequest((), (), GroundScale.in_pixels())
    analysis = analyse(rows, 5, 10.0, request)
    moment = DoubtfulMoment("split", (3,), 2, 4, 0.5, "may go on as somebody else")
    return make_section(analysis, [moment], find_tracks(rows), None)


def parse(page):
    return Elements("".join(render(page)))


def test_bars_lie_where_their_frames_are(make_page):
    elements = parse(make_page())
    bars = [each for each in elements.all("i") if each["class"] == "bar"]
    places = [each["style"].split(";")[:2] for each in bars]
    assert places == [
        ["left:0.000%", "width:40.000%"],
        ["left:60.000%", "width:20.000%"],
        ["left:20.000%", "width:20.000%"],
    ]
    assert [(each["data-first"], each["data-last"]) for each in bars] == [
        ("1", "2"),
        ("4", "4"),
        ("2", "2"),
    ]
    rows = [each for each in elements.all("li") if each.get("class") == "row"]
    assert [(each["id"], each["data-tracks"], each["data-length"]) for each in rows] == [
        ("track-3", "3", "3"),
        ("track-12", "12", "1"),
    ]


def test_hostile_text_stays_text(make_page):
    plain = parse(make_page())
    hostile = parse(
        make_page(
            sequence=HOSTILE,
            tracker=HOSTILE,
            facts={HOSTILE: HOSTILE},
            details={HOSTILE: HOSTILE},
            figures={HOSTILE: HOSTILE},
            notes={"speed": HOSTILE, "film": HOSTILE},
        )
    )
    for tag in ("script", "img", "title", "svg", "link", "meta"):
        assert hostile.all(tag) == plain.all(tag), tag
    assert sum(HOSTILE in text for _, text in hostile.texts) == 11
    assert not any(name.startswith("on") for _, each in hostile.found for name in each)


def test_nothing_is_loaded_from_elsewhere(make_page, tmp_path):
    (tmp_path / "film.mp4").write_bytes(b"film")
    text = "".join(render(make_page(film=EmbeddedFilm(tmp_path / "film.mp4", (4, 2), b"JPEG"))))
    elements = Elements(text)
    links = [each.get("href") or each.get("src") for _, each in elements.found]
    outside = [link for link in links if link and not link.startswith(("data:", "#"))]
    assert outside == []
    assert "http://" not in text
    assert "https://" not in text
    assert "@import" not in text


def test_only_the_page_s_own_script_may_run(make_page):
    elements = parse(make_page())
    (policy,) = [each["content"] for each in elements.all("meta") if "http-equiv" in each]
    assert policy.startswith("default-src 'none'; ")
    script = "".join(text for tag, text in elements.texts if tag == "script")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}';" in policy


def test_the_page_contains_the_film(make_page, tmp_path):
    film = bytes(range(256)) * 2000
    (tmp_path / "film.mp4").write_bytes(film)
    elements = parse(make_page(film=EmbeddedFilm(tmp_path / "film.mp4", (64, 48), b"JPEG")))
    (video,) = elements.all("video")
    assert (video["width"], video["height"]) == ("64", "48")
    script = "".join(text for tag, text in elements.texts if tag == "script")
    data, _, _ = script.partition('"use strict"')
    assert base64.b64decode(data, validate=True) == film


def test_identities_are_unique_and_all_links_lead_somewhere(make_page):
    elements = parse(make_page())
    names = [each["id"] for _, each in elements.found if each.get("id")]
    assert len(names) == len(set(names))
    for link in elements.all("a"):
        assert link["href"].removeprefix("#") in names
    copies = [each["data-copy"] for each in elements.all("img") if "data-copy" in each]
    # The moment's pictures in frames 2 and 4 are the nearest ones, and so is that of the row.
    assert copies == ["crop-3-2"] * 3
    assert set(copies) <= set(names)


def test_tables_are_kept_as_they_are(make_page, make_rows):
    rows = make_rows((1, 1, 0), (2, 1, 30))
    zone = Zone('"<b>&', ((10.0, 0.0), (90.0, 0.0), (90.0, 90.0), (10.0, 90.0)))
    request = AnalysisRequest((), (zone,), GroundScale.in_pixels())
    section = make_section(analyse(rows, 5, 10.0, request), [], find_tracks(rows), None)
    assert list(section.tables) == [
        *("counts.csv", "crossings.csv", "visits.csv", "occupancy.csv", "people.csv"),
        "doubts.csv",
    ]
    elements = parse(make_page(section=section))
    pages = ["".join(text for tag, text in elements.texts if tag == "pre")]
    assert section.tables["counts.csv"] in pages[0]
    assert '"""<b>&",in,1,' in section.tables["counts.csv"]


def test_a_page_without_tracks(make_page):
    page = make_page(tracks=[], pictures={}, picture_frames={}, figures={}, facts={}, details={})
    assert parse(page).all("h1") == [{}]


def test_a_page_is_written_whole_or_not_at_all(make_page, tmp_path):
    path = tmp_path / "page.html"
    path.write_text("older")
    with pytest.raises(InputError):
        write_page(path, make_page(film=EmbeddedFilm(tmp_path / "gone.mp4", (4, 2), b"")))
    assert path.read_text() == "older"
    assert list(tmp_path.iterdir()) == [path]
    write_page(path, make_page())
    assert path.read_text().startswith("<!DOCTYPE html>")
