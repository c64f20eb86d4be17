"""Say what a tracking run would read, do and write, without doing it."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, replace

from flatsort.detectors.yolox_models import SHA256, model_path
from flatsort.files.sequence import Sequence
from flatsort.sources.frame_selection import ALL
from flatsort.sources.source import Frame, Source
from flatsort.tracker import Detections
from flatsort.tracking.feed import Feed
from flatsort.tracking.run_parts import OpenedBoxes, RunParts, make_feed, open_boxes, open_parts
from flatsort.tracking.tracker_options import appearance_metric, chosen_preset, tracker_config
from flatsort.tracking.tracking_request import TrackingRequest


def plan_run(footage: Sequence | Source, request: TrackingRequest) -> dict[str, list[str]]:
    """Return what a run would do, after the checks that come before its first frame.

    Nothing is written, downloaded or shown.

    Args:
        footage: a sequence or a source.
        request: how to track, and which files to write.

    Returns:
        "footage", "boxes", "descriptor", "tracker" and "writes" -> lines of text.

    Raises:
        InputError: the run cannot start.
    """
    feed = make_feed(footage, request)
    with _open_boxes(request, feed, footage) as opened:
        # A window would appear.
        parts = open_parts(footage, replace(request, show=False), feed, opened.detector)
        has_descriptor = parts.descriptor is not None and request.linking is None
        config = tracker_config(opened.options, has_descriptor, feed.frame_rate)
        if request.show or _needs_images(parts):
            feed.plan(lambda _: False)
        preset = chosen_preset(opened.options.preset, has_descriptor)
        settings = ", ".join(f"{name} {value}" for name, value in asdict(config).items())
        return {
            "footage": _footage_lines(footage, request, feed),
            "boxes": [f"{opened.name}, confidence from {opened.options.min_confidence:g}"],
            "descriptor": [_describe_descriptor(request, parts)],
            "tracker": [f"{preset}: {settings}"],
            "writes": [
                f"{path} ({'replaces the old one' if path.exists() else 'new'})"
                for path in parts.outputs.files
            ],
        }


def reads_images(footage: Sequence | Source, request: TrackingRequest) -> bool:
    """Return whether a run reads images, after the checks that come before its first frame.

    Raises:
        InputError: the run cannot start.
    """
    feed = make_feed(footage, request)
    with _open_boxes(request, feed, footage) as opened:
        parts = open_parts(footage, request, feed, opened.detector)
        if is_reading := _needs_images(parts):
            feed.plan(lambda _: False)
        return is_reading


def _open_boxes(
    request: TrackingRequest, feed: Feed, footage: Sequence | Source
) -> AbstractContextManager[OpenedBoxes]:
    """Open the boxes, unless this would download a file."""
    word = request.detector
    is_absent = word in SHA256 and not model_path(word).is_file()
    if word is None or not (is_absent or word.startswith("torchvision:")):
        return open_boxes(request, feed, footage)
    name = f"{word}, downloaded first unless its file is there"
    return nullcontext(OpenedBoxes(_UnopenedDetector(), name, request.options))


class _UnopenedDetector:
    """Stands for a detector whose file may not be there yet."""

    needs_images = True
    cache_key = None

    def __init__(self) -> None:
        self.class_names: dict[int, str] = {}

    def __call__(self, frame: Frame) -> Detections:
        raise AssertionError("a plan looks at no frame")


def _needs_images(parts: RunParts) -> bool:
    """Return whether the run reads images."""
    return (
        parts.detector.needs_images
        or (parts.camera is not None and parts.camera.needs_images)
        or (parts.descriptor is not None and parts.descriptor.needs_images)
        or any(sink.needs_images for sink in parts.outputs.sinks)
    )


def _footage_lines(footage: Sequence | Source, request: TrackingRequest, feed: Feed) -> list[str]:
    """Return the place of the footage, and its frames."""
    selection = request.selection
    count = "frames until it ends" if feed.length is None else f"{feed.length:,} frames"
    lines = [feed.location, f"{count}, {feed.frame_rate:g} per second"]
    if selection != ALL:
        end = "the end" if selection.last is None else f"frame {selection.last}"
        lines.append(f"one of {selection.every} frames, from frame {selection.first} to {end}")
    if request.region is not None:
        corners = " ".join(f"{x:g},{y:g}" for x, y in request.region.corners)
        lines.append(f"people who stand in the region {corners}")
    return lines


def _describe_descriptor(request: TrackingRequest, parts: RunParts) -> str:
    """Return the descriptor and its gate, if the tracker has one."""
    if parts.descriptor is None:
        return "none: motion alone"
    if request.linking is not None or request.options.preset == "flatsort":
        return request.descriptor
    metric = appearance_metric(parts.descriptor, request.options)
    return f"{request.descriptor}, {metric.kind} distance up to {metric.gate:.4g}"
