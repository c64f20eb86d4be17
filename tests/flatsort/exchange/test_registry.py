"""Files of other programs, written by hand as their documentation says."""

import json

import pytest

from flatsort.errors import InputError
from flatsort.exchange.registry import read_boxes


def table(found):
    """Return (frame, id, left, top, width, height, confidence, class) per box, by frame."""
    rows = found.rows
    columns = (rows.frames, rows.ids, *rows.boxes_tlwh.round(6).T, rows.confidences, rows.classes)
    return sorted(zip(*(column.tolist() for column in columns), strict=True))


def coco(**changes):
    """Return a CocoVID file of two frames; `frame_id` counts from 0."""
    content = {
        "images": [
            {"id": 71, "file_name": "b/10.jpg", "frame_id": 1, "video_id": 1},
            {"id": 70, "file_name": "b/9.jpg", "frame_id": 0, "video_id": 1},
        ],
        "categories": [{"id": 1, "name": "person"}, {"id": 3, "name": "car"}],
        "annotations": [
            {"image_id": 71, "category_id": 3, "bbox": [1, 2, 3, 4], "instance_id": 8},
            {"image_id": 70, "category_id": 1, "bbox": [5, 6, 7, 8], "score": 0.5},
        ],
    }
    return content | changes


EXPECTED = [(1, -1, 5, 6, 7, 8, 0.5, 1), (2, 8, 1, 2, 3, 4, 1, 3)]


@pytest.fixture
def write(tmp_path):
    """Write a file: text as it is, anything else as JSON."""

    def call(name, content):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    return call


def test_cocovid(write):
    found = read_boxes(write("a.json", coco()))
    assert table(found) == EXPECTED
    assert found.class_names == {0: "person", 2: "car"}
    assert not found.is_relative


def test_coco_of_pictures_takes_them_in_natural_order(write):
    images = [{"id": 71, "file_name": "b/10.jpg"}, {"id": 70, "file_name": "b/9.jpg"}]
    assert table(read_boxes(write("a.json", coco(images=images)))) == EXPECTED


def test_cocovid_that_counts_from_1(write):
    images = [{"id": 70, "frame_id": 1}, {"id": 71, "frame_id": 2}]
    assert table(read_boxes(write("a.json", coco(images=images)))) == EXPECTED


def test_a_list_of_results(write):
    results = [
        {"image_id": 0, "category_id": 1, "bbox": [5, 6, 7, 8], "score": 0.5},
        {"image_id": 1, "category_id": 3, "bbox": [1, 2, 3, 4], "score": 1.0},
    ]
    found = table(read_boxes(write("a.json", results)))
    assert [row[:1] + row[2:] for row in found] == [row[:1] + row[2:] for row in EXPECTED]


CVAT_VIDEO = """<?xml version="1.0" encoding="utf-8"?>
<annotations>
  <version>1.1</version>
  <meta>
    <task>
      <id>2</id><name>walk</name><size>4</size><mode>interpolation</mode>
      <labels>
        <label><name>car</name><attributes></attributes></label>
        <label><name>person</name><attributes></attributes></label>
      </labels>
      <original_size><width>200</width><height>100</height></original_size>
    </task>
  </meta>
  <track id="0" label="person">
    <box frame="0" outside="0" occluded="0" keyframe="1" xtl="10.5" ytl="20" xbr="40.5" ybr="60">
      <attribute name="sitting">false</attribute>
    </box>
    <box frame="1" outside="1" occluded="0" keyframe="1" xtl="10.5" ytl="20" xbr="40.5" ybr="60"/>
  </track>
  <track id="7" label="car">
    <box frame="3" outside="0" occluded="1" keyframe="0" xtl="1" ytl="2" xbr="4" ybr="6"/>
    <polygon frame="3" outside="0" occluded="0" keyframe="1" points="1,2;3,4;5,6"/>
  </track>
</annotations>
"""
CVAT_IMAGES = """<annotations>
  <version>1.1</version>
  <image id="0" name="a.jpg" width="200" height="100">
    <box label="dog" occluded="0" xtl="10" ytl="20" xbr="40" ybr="60" z_order="0"/>
  </image>
  <image id="1" name="b.jpg" width="200" height="100"></image>
</annotations>
"""


def test_cvat_for_video(write):
    found = read_boxes(write("a.xml", CVAT_VIDEO))
    assert table(found) == [(1, 1, 10.5, 20, 30, 40, 1, 2), (4, 8, 1, 2, 3, 4, 1, 1)]
    assert found.class_names == {0: "car", 1: "person"}


def test_cvat_for_images(write):
    found = read_boxes(write("a.xml", CVAT_IMAGES))
    assert table(found) == [(1, -1, 10, 20, 30, 40, 1, 1)]
    assert found.class_names == {0: "dog"}


def test_yolo_of_ultralytics(write, tmp_path):
    """A frame without boxes has no file; the last number of a name is the frame."""
    write("run/labels/cam2_1.txt", "0 0.5 0.5 0.2 0.4 0.9\n2 0.25 0.5 0.1 0.2 0.8 7\n")
    write("run/labels/cam2_10.txt", "0 0.5 0.5 0.2 0.4\n\n")
    write("run/classes.txt", "person\nbicycle\ncar\n")
    found = read_boxes(tmp_path / "run")
    assert found.is_relative
    assert table(found) == [
        (1, -1, 0.4, 0.3, 0.2, 0.4, 0.9, 1),
        (1, 7, 0.2, 0.4, 0.1, 0.2, 0.8, 3),
        (10, -1, 0.4, 0.3, 0.2, 0.4, 1, 1),
    ]
    assert found.class_names == {0: "person", 1: "bicycle", 2: "car"}


def test_yolo_that_counts_from_0(write, tmp_path):
    write("frame_000000.txt", "0 0.5 0.5 0.2 0.4\n")
    write("frame_000001.txt", "")
    write("frame_000002.txt", "0 0.5 0.5 0.2 0.4\n")
    assert read_boxes(tmp_path).rows.frames.tolist() == [1, 3]


def rectangle(x, **more):
    return {"x": x, "y": 20, "width": 30, "height": 40, **more}


def test_label_studio_images(write):
    def task(name, *boxes):
        results = [
            {"type": "rectanglelabels", "value": {**box, "rectanglelabels": [label]}}
            for label, box in boxes
        ]
        return {"data": {"image": f"/data/{name}"}, "annotations": [{"result": results}]}

    tasks = [
        task("10.jpg", ("car", rectangle(10))),
        task("9.jpg", ("person", rectangle(50)), ("car", rectangle(5))),
    ]
    found = read_boxes(write("a.json", tasks))
    assert found.is_relative
    assert table(found) == [
        (1, -1, 0.05, 0.2, 0.3, 0.4, 1, 2),
        (1, -1, 0.5, 0.2, 0.3, 0.4, 1, 1),
        (2, -1, 0.1, 0.2, 0.3, 0.4, 1, 2),
    ]
    # Classes count in the order in which the frames show them.
    assert found.class_names == {0: "person", 1: "car"}


def test_label_studio_video(write):
    """Straight courses between set frames; not after `enabled` false; to the end after the last."""
    sequence = [
        rectangle(10, frame=1, enabled=True),
        rectangle(20, frame=3, enabled=False),
        rectangle(60, frame=6, enabled=True),
    ]
    value = {"framesCount": 8, "sequence": sequence, "labels": ["person"]}
    results = [{"type": "videorectangle", "value": value}]
    tasks = [{"data": {"video": "/data/a.mp4"}, "annotations": [{"result": results}]}]
    found = read_boxes(write("a.json", tasks))
    assert [(row[0], row[2]) for row in table(found)] == [
        *((1, 0.1), (2, 0.15), (3, 0.2), (6, 0.6), (7, 0.6), (8, 0.6))
    ]
    assert set(found.rows.ids.tolist()) == {1}


def test_a_sequence_folder_of_mot_and_trackeval(write, tmp_path):
    write("seq/gt/gt.txt", "1,4,10,20,30,40,1,1,0.9\n")
    assert table(read_boxes(tmp_path / "seq")) == [(1, 4, 10, 20, 30, 40, 1, 1)]
    write("seq/det/det.txt", "2,-1,1,2,3,4,0.5\n")
    assert table(read_boxes(tmp_path / "seq")) == [(2, -1, 1, 2, 3, 4, 0.5, -1)]


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("a.json", "{\n  nothing", r"a\.json, line 2: not JSON"),
        ("a.json", {"images": []}, r"a\.json: neither COCO's nor Label Studio's JSON"),
        ("a.json", coco(images=[]), "neither COCO's nor"),
        (
            "a.json",
            coco(annotations=[{"image_id": 70, "category_id": 1, "bbox": [1]}]),
            "neither",
        ),
        (
            "a.json",
            coco(annotations=[{"image_id": 70, "category_id": 1, "bbox": [1, 2, -3, 4]}]),
            r"a\.json, annotation 0: the box \(1\.0, 2\.0, -3\.0, 4\.0\) has no sides",
        ),
        (
            "a.json",
            coco(annotations=[{"image_id": 70, "category_id": 1, "bbox": [0.1, 0.2, 0.3, 0.4]}]),
            r"a\.json: all numbers of its boxes lie within 1 pixel",
        ),
        ("a.xml", "<annotations>\n<track", r"a\.xml, line 2: not XML"),
        ("a.xml", "<html/>", r"a\.xml: its first element is <html>, not CVAT's"),
        ("a.xml", CVAT_VIDEO.replace('ybr="6"', ""), r"a\.xml: a box lacks a value"),
        ("1.txt", "0 0.5 0.5 0.2 0.4\n0 0.5\n", r"1\.txt, line 2: give class, centre x"),
        ("1.txt", "0.5 0.5 0.5 0.2 0.4\n", r"1\.txt, line 1: give class"),
        ("1.txt", "0 .5 .5 .2 .4\n0 90 80 20 40\n", r"1\.txt, line 2: the box .* is in pixels"),
        ("1.txt", "0 .1 .1 .2 .2 .3 .3 .1 .4\n", r"1\.txt, line 1: give class"),
        ("1.txt", "inf 0.5 0.5 0.2 0.4\n", r"1\.txt, line 1: give class"),
        ("1.txt", "0 0.5 0.5 0.2 0.4 0.9 nan\n", r"1\.txt, line 1: give class"),
        ("99999999.txt", "0 0.5 0.5 0.2 0.4\n", "a frame, class or identity is above 10,000,000"),
        ("a.json", coco(images=[{"id": 70, "frame_id": float("inf")}]), "neither COCO's nor"),
        ("walk.txt", "0 0.5 0.5 0.2 0.4\n", r"walk\.txt: its name has no frame number"),
        ("holiday.jpg", "", "no boxes here: give a folder with one .txt per frame"),
    ],
)
def test_errors_say_what_and_where(write, tmp_path, name, content, complaint):
    path = write(name, content)
    with pytest.raises(InputError, match=complaint):
        read_boxes(path if path.suffix in (".json", ".xml") else tmp_path)


@pytest.mark.parametrize("name", ["1.txt", "classes.txt"])
def test_text_files_that_hold_no_text(write, tmp_path, name):
    write("2.txt", "0 0.5 0.5 0.2 0.4\n")
    (tmp_path / name).write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match=f"{name}: not a text file"):
        read_boxes(tmp_path)


def test_several_videos_are_refused(write):
    images = [{"id": 70, "frame_id": 0, "video_id": 1}, {"id": 71, "frame_id": 0, "video_id": 2}]
    with pytest.raises(InputError, match="it has several videos"):
        read_boxes(write("a.json", coco(images=images)))


def test_a_missing_file(tmp_path):
    for name in ("no.json", "no.xml", "no.txt"):
        with pytest.raises(InputError, match=f"{name}: cannot read"):
            read_boxes(tmp_path / name)


def test_entities_that_grow_without_end_are_refused(tmp_path):
    """Ten levels of ten references each would make ten gigabytes of text."""
    levels = "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    path = tmp_path / "bomb.xml"
    path.write_text(
        f'<!DOCTYPE annotations [<!ENTITY a "{10 * "x"}">{levels}]><annotations>&j;</annotations>'
    )
    with pytest.raises(InputError, match=r"bomb\.xml, line 1: not XML: .*amplification"):
        read_boxes(path)
