"""Tracks written for another program and read again are the same tracks."""

import json
from xml.etree import ElementTree

import numpy as np
import pytest

from flatsort.errors import InputError
from flatsort.exchange.coco import CocoFile
from flatsort.exchange.cvat import CvatFile
from flatsort.exchange.registry import read_boxes
from flatsort.exchange.yolo_text import YoloFolder
from flatsort.sources.source import Frame
from flatsort.tracker import Tracks

WIDTH, HEIGHT = 200, 100
NAMES = {0: "person", 2: "car"}
SINKS = {"s.coco.json": CocoFile, "s.cvat.xml": CvatFile, "s.yolo": YoloFolder}
# Frame, id, left, top, width, height, class; person 1 is away in frames 3 and 4.
ROWS = [
    (1, 1, 10, 20, 30, 40, 0),
    (1, 2, 50, 5, 60, 25, 2),
    (2, 1, 12.5, 20, 30, 40.25, 0),
    (5, 1, 20, 20, 30, 40, 0),
    (5, 2, 55, 5, 60, 25, 2),
]
FRAMES = 6


def write(path, rows=ROWS):
    """Write six frames through the sink of a file's name."""
    with SINKS[path.name](path, NAMES) as sink:
        for number in range(1, FRAMES + 1):
            here = np.array([row for row in rows if row[0] == number], float).reshape(-1, 7)
            tracks = Tracks(
                ids=here[:, 1].astype(int),
                boxes_tlwh=here[:, 2:6],
                time_since_update=np.zeros(len(here), int),
                detection_indices=np.arange(len(here)),
                confidences=np.full(len(here), 0.75),
                classes=here[:, 6].astype(int),
            )
            image = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
            sink.write(Frame(number, number / 10, image), tracks)
    return read_boxes(path)


@pytest.mark.parametrize("name", SINKS)
def test_tracks_come_back(tmp_path, name):
    found = write(tmp_path / name)
    scale = [WIDTH, HEIGHT, WIDTH, HEIGHT] if found.is_relative else 1
    rows = found.rows
    order = np.lexsort((rows.ids, rows.frames))
    assert rows.frames[order].tolist() == [row[0] for row in ROWS]
    assert rows.ids[order].tolist() == [row[1] for row in ROWS]
    boxes = rows.boxes_tlwh[order] * scale
    np.testing.assert_allclose(boxes, [row[2:6] for row in ROWS], atol=0.001)
    names = [found.class_names[number - 1] for number in rows.classes[order].tolist()]
    assert names == [NAMES[row[6]] for row in ROWS]
    if name != "s.cvat.xml":
        assert set(rows.confidences) == {0.75}
    # Only the file itself is left.
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", SINKS)
def test_a_failure_leaves_nothing(tmp_path, name):
    image = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    empty = Tracks(*(np.empty(shape) for shape in (0, (0, 4), 0, 0, 0)))
    with pytest.raises(KeyError), SINKS[name](tmp_path / name, NAMES) as sink:
        sink.write(Frame(1, 0.0, image), empty)
        raise KeyError
    assert list(tmp_path.iterdir()) == []


def test_coco_opens_with_cocos_own_library(tmp_path, capsys):
    coco = pytest.importorskip("pycocotools.coco")
    write(tmp_path / "s.coco.json")
    opened = coco.COCO(str(tmp_path / "s.coco.json"))
    assert opened.getImgIds() == list(range(1, FRAMES + 1))
    assert [each["name"] for each in opened.loadCats([1, 3])] == ["person", "car"]
    (box,) = opened.loadAnns(opened.getAnnIds(imgIds=[2]))
    assert box["bbox"] == [12.5, 20, 30, 40.25]
    images = json.loads((tmp_path / "s.coco.json").read_text())["images"]
    assert [each["frame_id"] for each in images] == list(range(FRAMES))


def test_cvat_says_where_an_object_is_away(tmp_path):
    write(tmp_path / "s.cvat.xml")
    root = ElementTree.parse(tmp_path / "s.cvat.xml").getroot()
    person, car = root.iterfind("track")
    assert (person.get("id"), person.get("label"), car.get("label")) == ("0", "person", "car")
    places = [(box.get("frame"), box.get("outside")) for box in person.iterfind("box")]
    assert places == [("0", "0"), ("1", "0"), ("2", "1"), ("4", "0"), ("5", "1")]
    first = person.find("box")
    assert [first.get(name) for name in ("xtl", "ytl", "xbr", "ybr")] == [
        *("10.00", "20.00", "40.00", "60.00")
    ]
    assert root.findtext("version") == "1.1"
    assert root.findtext("meta/task/size") == str(FRAMES)
    assert [each.text for each in root.iterfind("meta/task/labels/label/name")] == ["person", "car"]


def test_yolo_lines(tmp_path):
    write(tmp_path / "s.yolo")
    # Person 1 has its centre at (25, 40) of 200 x 100, and sides of 30 and 40.
    assert (tmp_path / "s.yolo" / "000001.txt").read_text().splitlines()[0] == (
        "0 0.125000 0.400000 0.150000 0.400000 0.7500 1"
    )
    assert (tmp_path / "s.yolo" / "000003.txt").read_text() == ""
    assert (tmp_path / "s.yolo" / "classes.txt").read_text() == "person\nclass 2\ncar\n"


def test_an_older_yolo_folder_is_replaced_unless_it_has_other_files(tmp_path):
    write(tmp_path / "s.yolo")
    write(tmp_path / "s.yolo", ROWS[:1])
    assert (tmp_path / "s.yolo" / "000005.txt").read_text() == ""
    (tmp_path / "s.yolo" / "holiday.jpg").write_bytes(b"")
    with pytest.raises(InputError, match=r"s\.yolo: it has more than text files"):
        write(tmp_path / "s.yolo")


def test_a_yolo_folder_that_cannot_be_written_is_refused_at_once(tmp_path):
    (tmp_path / "results").write_text("a file")
    with pytest.raises(InputError, match="cannot write here"):
        YoloFolder(tmp_path / "results" / "walk.yolo", {0: "person"})
