"""CVAT's XML 1.1, for videos and for images."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Self
from xml.etree import ElementTree

from flatsort.errors import InputError
from flatsort.exchange.foreign_boxes import ForeignBox, ForeignBoxes, collect
from flatsort.files.atomic import atomic_path, check_writable
from flatsort.sources.source import Frame
from flatsort.tracker import Tracks


def read_cvat(path: Path, root: ElementTree.Element) -> ForeignBoxes:
    """Read the boxes of a video's tracks, or of images.

    CVAT counts frames from 0. Boxes with outside="1" are left out: their object is not there. Other
    shapes than boxes are left out too.

    Args:
        path: the file, for messages.
        root: the parsed XML.

    Raises:
        InputError: the file is no annotation of CVAT, or a box lacks a value.
    """
    if root.tag != "annotations":
        raise InputError(f"{path}: its first element is <{root.tag}>, not CVAT's <annotations>")
    labels = [each.text or "" for each in root.iterfind("meta//label/name")]
    used = [each.get("label", "") for each in root.iterfind("track")]
    used += [each.get("label", "") for each in root.iterfind("image/box")]
    numbers = {name: number for number, name in enumerate(dict.fromkeys([*labels, *used]))}
    try:
        boxes = [*_boxes_of_tracks(root, numbers), *_boxes_of_images(root, numbers)]
    except (TypeError, ValueError) as error:
        raise InputError(f"{path}: a box lacks a value, or has a wrong one: {error}") from error
    return collect(path, boxes, {number: name for name, number in numbers.items()})


def _boxes_of_tracks(root: ElementTree.Element, numbers: dict[str, int]) -> Iterator[ForeignBox]:
    for track in root.iterfind("track"):
        for box in track.iterfind("box"):
            if box.get("outside") != "1":
                # Identities of trackers begin at 1.
                identity, frame = int(track.get("id")) + 1, int(box.get("frame")) + 1
                yield _box(box, frame, numbers[track.get("label", "")], identity)


def _boxes_of_images(root: ElementTree.Element, numbers: dict[str, int]) -> Iterator[ForeignBox]:
    for image in root.iterfind("image"):
        for box in image.iterfind("box"):
            yield _box(box, int(image.get("id")) + 1, numbers[box.get("label", "")], -1)


def _box(box: ElementTree.Element, frame: int, number: int, identity: int) -> ForeignBox:
    left, top, right, bottom = (float(box.get(name)) for name in ("xtl", "ytl", "xbr", "ybr"))
    return ForeignBox(
        *(frame, left, top, right - left, bottom - top),
        class_number=number,
        identity=identity,
        place=f"box in frame {frame - 1}",
    )


class CvatFile:
    """A sink that writes CVAT's XML for videos: one <track> per identity.

    Boxes are kept in memory until the end, because the file lists them by track. Where an identity
    is missing for a while, a box with outside="1" says so.

    Args:
        path: the file, .xml.
        class_names: number -> name of the classes, from 0; they become CVAT's labels.

    Raises:
        InputError: the file cannot be written.
    """

    needs_images = True

    def __init__(self, path: Path, class_names: Mapping[int, str]) -> None:
        check_writable(path)
        self._path, self._class_names = path, dict(class_names)
        self._boxes: dict[int, list[tuple[int, list[float]]]] = {}
        self._labels: dict[int, str] = {}
        self._last = 0
        self._size = (0, 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *error_and_trace: object) -> None:
        if kind is not None:
            return
        tree = ElementTree.ElementTree(self._annotations())
        ElementTree.indent(tree)
        with atomic_path(self._path) as temporary:
            tree.write(temporary, encoding="utf-8", xml_declaration=True)

    def write(self, frame: Frame, tracks: Tracks) -> None:
        """Keep one frame's boxes."""
        self._last = frame.number
        self._size = frame.image.shape[1], frame.image.shape[0]
        for track in tracks:
            number = track.class_number or 0
            self._labels[track.id] = self._class_names.get(number, f"class {number + 1}")
            box = track.box_tlwh.tolist()
            self._boxes.setdefault(track.id, []).append((frame.number, box))

    def _annotations(self) -> ElementTree.Element:
        root = ElementTree.Element("annotations")
        ElementTree.SubElement(root, "version").text = "1.1"
        task = ElementTree.SubElement(ElementTree.SubElement(root, "meta"), "task")
        values = {
            "name": self._path.name.removesuffix(".cvat.xml"),
            "size": str(self._last),
            "mode": "interpolation",
        }
        values |= {"start_frame": "0", "stop_frame": str(max(0, self._last - 1))}
        for name, value in values.items():
            ElementTree.SubElement(task, name).text = value
        labels = ElementTree.SubElement(task, "labels")
        for name in dict.fromkeys([*self._class_names.values(), *self._labels.values()]):
            label = ElementTree.SubElement(labels, "label")
            ElementTree.SubElement(label, "name").text = name
        size = ElementTree.SubElement(task, "original_size")
        ElementTree.SubElement(size, "width").text = str(self._size[0])
        ElementTree.SubElement(size, "height").text = str(self._size[1])
        for identity in sorted(self._boxes):
            attributes = {"id": str(identity - 1), "label": self._labels[identity]}
            track = ElementTree.SubElement(root, "track", attributes)
            self._add_boxes(track, self._boxes[identity])
        return root

    def _add_boxes(self, track: ElementTree.Element, boxes: list[tuple[int, list[float]]]) -> None:
        """Add the boxes of one identity, and a box outside after each of its stretches."""
        frames = [number for number, _ in boxes]
        for (number, box), following in zip(boxes, [*frames[1:], 0], strict=True):
            _add_box(track, number, box, is_outside=False)
            if following != number + 1 and number < self._last:
                _add_box(track, number + 1, box, is_outside=True)


def _add_box(
    track: ElementTree.Element, number: int, box_tlwh: list[float], is_outside: bool
) -> None:
    left, top, width, height = box_tlwh
    corners = {"xtl": left, "ytl": top, "xbr": left + width, "ybr": top + height}
    ElementTree.SubElement(
        track,
        "box",
        {
            "frame": str(number - 1),
            "outside": str(int(is_outside)),
            "occluded": "0",
            "keyframe": "1",
            **{name: f"{value:.2f}" for name, value in corners.items()},
            "z_order": "0",
        },
    )
