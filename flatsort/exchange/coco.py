"""COCO's JSON: data sets of pictures, CocoVID files of videos, and lists of detections."""

import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any, Self

from flatsort.errors import InputError
from flatsort.exchange.foreign_boxes import ForeignBox, ForeignBoxes, collect, first_is_one
from flatsort.files.atomic import atomic_writer, check_writable
from flatsort.files.natural_order import natural_key
from flatsort.sources.source import Frame
from flatsort.tracker import Tracks


def read_coco(path: Path, content: Any) -> ForeignBoxes:
    """Read a data set, a CocoVID file or a list of results of one video.

    A picture's frame is its `frame_id` (from 0, as in CocoVID, or from 1). Without it, pictures are
    frames in natural order of their names. In a list of results, `image_id` is the frame.

    Args:
        path: the file, for messages.
        content: the parsed JSON.

    Raises:
        InputError: the file is of another kind, or an entry is missing.
    """
    try:
        if isinstance(content, list):
            frames = {entry["image_id"]: int(entry["image_id"]) for entry in content}
            shift = first_is_one(frames.values())
            frames = {image: number + shift for image, number in frames.items()}
            categories = sorted({int(entry["category_id"]) for entry in content})
            names, entries = {}, content
        else:
            frames = _frames(path, content["images"])
            names = {int(each["id"]): str(each["name"]) for each in content["categories"]}
            categories, entries = sorted(names), content["annotations"]
        # COCO's own numbers begin at 1, those of some programs at 0.
        shift = 0 if 0 in categories else 1
        boxes = [
            ForeignBox(
                frames[entry["image_id"]],
                *(float(value) for value in entry["bbox"]),
                confidence=float(entry.get("score", 1.0)),
                class_number=int(entry["category_id"]) - shift,
                identity=int(entry.get("instance_id", entry.get("track_id", -1))),
                place=f"annotation {number}",
            )
            for number, entry in enumerate(entries)
        ]
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise InputError(
            f"{path}: neither COCO's nor Label Studio's JSON ({type(error).__name__}: {error}): "
            "give images, annotations with image_id, category_id and bbox, and categories"
        ) from error
    return collect(path, boxes, {number - shift: name for number, name in names.items()})


def _frames(path: Path, images: list[dict[str, Any]]) -> dict[Any, int]:
    """Return the frame of each picture by its id."""
    if len({each.get("video_id") for each in images}) > 1:
        raise InputError(f"{path}: it has several videos: give a file with one of them")
    if images and all("frame_id" in each for each in images):
        numbers = {each["id"]: int(each["frame_id"]) for each in images}
        shift = first_is_one(numbers.values())
        return {image: number + shift for image, number in numbers.items()}
    order = sorted(images, key=lambda each: natural_key(PurePosixPath(each["file_name"])))
    return {each["id"]: rank for rank, each in enumerate(order, 1)}


class CocoFile:
    """A sink that writes a CocoVID file: a video, its frames, and boxes with `instance_id`.

    Boxes are kept in memory until the end, because the file lists frames before boxes.

    Args:
        path: the file, .json.
        class_names: number -> name of the classes, from 0; COCO's categories count from 1.

    Raises:
        InputError: the file cannot be written.
    """

    needs_images = True

    def __init__(self, path: Path, class_names: Mapping[int, str]) -> None:
        check_writable(path)
        self._path, self._class_names = path, dict(class_names)
        self._images: list[dict[str, Any]] = []
        self._annotations: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *error_and_trace: object) -> None:
        if kind is not None:
            return
        used = {each["category_id"] for each in self._annotations}
        names = {number + 1: name for number, name in self._class_names.items()}
        names = {**{number: f"class {number}" for number in used}, **names}
        name = self._path.name.removesuffix(".coco.json")
        content = {
            "videos": [{"id": 1, "name": name}],
            "categories": [{"id": each, "name": names[each]} for each in sorted(names)],
            "images": self._images,
            "annotations": self._annotations,
        }
        with atomic_writer(self._path) as file:
            json.dump(content, file)
            file.write("\n")

    def write(self, frame: Frame, tracks: Tracks) -> None:
        """Keep one frame and its boxes."""
        height, width = frame.image.shape[:2]
        self._images.append(
            {
                "id": frame.number,
                "video_id": 1,
                "frame_id": frame.number - 1,
                "file_name": f"{frame.number:06d}.jpg",
                "width": width,
                "height": height,
            }
        )
        for track in tracks:
            box = [round(value, 2) for value in track.box_tlwh.tolist()]
            self._annotations.append(
                {
                    "id": len(self._annotations) + 1,
                    "image_id": frame.number,
                    "video_id": 1,
                    "category_id": 1 if track.class_number is None else track.class_number + 1,
                    "instance_id": track.id,
                    "bbox": box,
                    "area": round(box[2] * box[3], 2),
                    "iscrowd": 0,
                    "score": round(track.confidence, 4),
                }
            )
