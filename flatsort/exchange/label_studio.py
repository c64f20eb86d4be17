"""Label Studio's JSON export: boxes in images, and boxes that follow objects through a video."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from flatsort.errors import InputError
from flatsort.exchange.foreign_boxes import ForeignBox, ForeignBoxes, collect
from flatsort.files.natural_order import natural_key

_KEYS = ("x", "y", "width", "height")


def is_label_studio(content: Any) -> bool:
    """Return whether parsed JSON is an export of Label Studio: a list of annotated tasks."""
    return (
        isinstance(content, list)
        and len(content) > 0
        and all(isinstance(task, dict) and "annotations" in task for task in content)
    )


def read_label_studio(path: Path, tasks: list[dict[str, Any]]) -> ForeignBoxes:
    """Read the first annotation of each task.

    Images are frames in natural order of their names. A video is one task; between the frames that
    a person set, boxes move along straight courses.

    Args:
        path: the file, for messages.
        tasks: the parsed JSON.

    Raises:
        InputError: an entry is missing, or there are several videos.
    """
    numbers: dict[str, int] = {}
    try:
        videos = [task for task in tasks if "video" in task["data"]]
        if videos and len(tasks) > 1:
            raise InputError(f"{path}: it has several videos: export one task")
        boxes = [*_boxes_of_images(tasks, numbers)] if not videos else []
        for task in videos:
            boxes += _boxes_of_video(task, numbers)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError) as error:
        raise InputError(
            f"{path}: not Label Studio's JSON export ({type(error).__name__}: {error})"
        ) from error
    return collect(path, boxes, {n: name for name, n in numbers.items()}, is_relative=True)


def _boxes_of_images(tasks: list[dict[str, Any]], numbers: dict[str, int]) -> Iterator[ForeignBox]:
    ordered = sorted(tasks, key=lambda task: natural_key(PurePosixPath(task["data"]["image"])))
    for frame, task in enumerate(ordered, 1):
        for result in _results(task):
            if result["type"] == "rectanglelabels":
                value = result["value"]
                number = _number(value["rectanglelabels"], numbers)
                yield _box(frame, value, number, -1, f"image {frame}")


def _boxes_of_video(task: dict[str, Any], numbers: dict[str, int]) -> Iterator[ForeignBox]:
    objects = [each for each in _results(task) if each["type"] == "videorectangle"]
    for identity, result in enumerate(objects, 1):
        value = result["value"]
        number = _number(value.get("labels", ["object"]), numbers)
        keys = sorted(value["sequence"], key=lambda key: key["frame"])
        last = int(value.get("framesCount", keys[-1]["frame"]))
        for frame, place in _interpolated(keys, last):
            yield _box(frame, place, number, identity, f"frame {frame}")


def _interpolated(keys: list[dict[str, Any]], last: int) -> Iterator[tuple[int, dict[str, float]]]:
    """Yield the frames, from 1, and places of an object, given the places that a person set.

    Args:
        keys: the set places by frame. `enabled` says whether the object is there from this frame
            on; in the frame itself it always is.
        last: last frame of the video, to which an object that stays enabled is carried.
    """
    for key, following in zip(keys, [*keys[1:], None], strict=True):
        yield int(key["frame"]), key
        if not key.get("enabled", True):
            continue
        end = last + 1 if following is None else int(following["frame"])
        for frame in range(int(key["frame"]) + 1, end):
            share = 0.0 if following is None else (frame - key["frame"]) / (end - key["frame"])
            other = key if following is None else following
            yield frame, {k: (1 - share) * key[k] + share * other[k] for k in _KEYS}


def _results(task: dict[str, Any]) -> list[dict[str, Any]]:
    return task["annotations"][0]["result"] if task["annotations"] else []


def _number(labels: list[str], numbers: dict[str, int]) -> int:
    return numbers.setdefault(labels[0], len(numbers))


def _box(frame: int, value: dict[str, Any], number: int, identity: int, place: str) -> ForeignBox:
    """Return a box whose sides are percentages of the picture."""
    return ForeignBox(
        frame,
        *(float(value[key]) / 100 for key in _KEYS),
        class_number=number,
        identity=identity,
        place=place,
    )
