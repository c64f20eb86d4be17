"""The forms of an answer: table, JSON, HTML page and contact sheet."""

import base64
import json
from dataclasses import replace

import numpy as np
import pytest

from flatsort.errors import InputError
from flatsort.retrieval.answer import Answer, make_hits, text_table, write_json, write_page
from flatsort.retrieval.contact_sheet import draw_sheet, write_sheet
from flatsort.retrieval.ranking import Ranking


@pytest.fixture
def index(make_index):
    feature = [0.0]
    return make_index(
        ("a", 3, [(4, feature), (9, feature)]),
        ("b", 7, [(2, feature)]),
        ("b", 8, [(5, feature), (6, feature)]),
    )


@pytest.fixture
def answer(index):
    hits = make_hits(index, Ranking(np.array([2, 0]), np.array([0.125, 1.5])))
    return Answer("b:7", index.pictures[1], "Some distance.", hits)


def test_hits(index, answer):
    first, second = answer.hits
    assert (first.rank, first.distance, first.source, first.id) == (1, 0.125, "b", 8)
    assert (first.first, first.last, first.frame) == (5, 6, 5)
    assert first.picture == index.pictures[2]
    assert (second.rank, second.source, second.id, second.first, second.last) == (2, "a", 3, 4, 9)


def test_the_table(answer):
    lines = [line.split() for line in text_table(answer).splitlines()]
    assert lines[0] == ["Rank", "Distance", "Source", "Identity", "Frames"]
    assert lines[2:] == [["1", "0.125", "b", "8", "5-6"], ["2", "1.500", "a", "3", "4-9"]]
    assert "Rank" in text_table(replace(answer, hits=[]))


def test_json(answer, tmp_path):
    write_json(tmp_path / "a.json", answer)
    read = json.loads((tmp_path / "a.json").read_text())
    assert (read["query"], read["how"]) == ("b:7", "Some distance.")
    assert read["hits"][1] == {
        **{"rank": 2, "distance": 1.5, "source": "a", "id": 3},
        **{"first": 4, "last": 9, "frame": 4},
    }


def test_the_page_needs_no_other_file_and_names_stay_text(answer, tmp_path):
    hostile = replace(answer, query='<script>alert("1")</script>')
    write_page(tmp_path / "a.html", hostile)
    page = (tmp_path / "a.html").read_text()
    for hit in answer.hits:
        assert f"data:image/jpeg;base64,{base64.b64encode(hit.picture).decode()}" in page
    assert page.count("<figure") == 3
    assert "<script" not in page
    assert "http" not in page


def test_the_sheet_has_a_tile_for_the_query_and_each_track(answer, jpeg, tmp_path):
    tiles = [axes for axes in draw_sheet(answer).axes if axes.axison]
    assert [axes.get_title() for axes in tiles] == ["query", "1.  0.125", "2.  1.500"]
    assert [axes.get_xlabel() for axes in tiles] == ["b:7", "b:8\nframe 5", "a:3\nframe 4"]
    # A picture of 10 x 20 fills the tile of 96 x 192; a wide one is centred on grey.
    (picture,) = tiles[1].get_images()
    assert picture.get_extent() == [0, 96, 192, 0]
    wide = replace(answer, picture=jpeg(size=(20, 10)))
    (picture,) = draw_sheet(wide).axes[0].get_images()
    assert picture.get_extent() == [0, 96, 120, 72]


@pytest.mark.parametrize("count", [0, 1, 5, 6, 12])
def test_sheets_of_any_number(answer, tmp_path, count):
    write_sheet(tmp_path / "a.jpg", replace(answer, hits=answer.hits[:1] * count))
    assert (tmp_path / "a.jpg").read_bytes().startswith(b"\xff\xd8")
    figure = draw_sheet(replace(answer, hits=answer.hits[:1] * count))
    assert sum(axes.axison for axes in figure.axes) == count + 1


def test_more_tracks_than_fit_in_one_picture(answer):
    with pytest.raises(
        InputError, match="1200 tracks do not fit in one picture: ask for fewer with --top"
    ):
        draw_sheet(replace(answer, hits=answer.hits[:1] * 1200))


def test_a_name_without_a_picture_ending(answer, tmp_path):
    with pytest.raises(InputError, match=r"must end in \.png or \.jpg"):
        write_sheet(tmp_path / "a.pdf", answer)
