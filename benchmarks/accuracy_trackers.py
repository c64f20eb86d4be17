"""The trackers of the accuracy benchmark: our presets, and peers with their own defaults.

A tracker that takes all boxes uses weak ones in a second stage. Every other tracker, ours too, gets
only the boxes that are strong for their detector. Camera motion from frames is off, because six of
the seven sequences have no frames here.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks import adapters
from benchmarks.adapters import Adapter
from flatsort.files.sequence import Sequence

Update = Callable[..., Any]
OURS = "FlatSORT project"
DESCRIBED = [
    ("deepsort", "fmvae-track"),
    ("deepsort", "fmvae-track-unseen"),
    ("flatsort", "fmvae-track"),
    ("flatsort", "fmvae-track-unseen"),
    ("flatsort", "histogram"),
]
"""Our presets with a descriptor: preset, and descriptor as on the command line."""
LEAST_CONFIDENCE = 0.1
"""Confidence below which no tracker gets boxes: the least in det/yolox.txt."""
NORFAIR_DISTANCE = 0.7
"""Largest 1 - IoU at which norfair matches; norfair has no default, its demos of boxes use this."""
AGE_FRAMES = 30
"""Memory of ioutrack's ByteTrack, frames, as in ByteTrack; its default of 1 remembers nobody."""


@dataclass(frozen=True)
class Contender:
    """One tracker.

    Attributes:
        name: name in the tables, and of the folder with its results.
        package: package to install; OURS for our own trackers.
        adapter: its input and output.
        start: makes a tracker for a sequence whose strong boxes have at least the given
            confidence, and returns its update; raises ImportError without the package.
        settings: its settings, in words for the page.
        takes_all: whether it gets weak boxes too.
        needs_frames: whether update takes a second argument, the frame.
    """

    name: str
    package: str
    adapter: Adapter
    start: Callable[[Sequence, float], Update]
    settings: str = "defaults"
    takes_all: bool = False
    needs_frames: bool = False

    @property
    def is_ours(self) -> bool:
        """Whether this is one of our trackers."""
        return self.package == OURS


def contenders() -> list[Contender]:
    """Return all trackers, ours first."""
    return [
        *(_preset(preset) for preset in ("sort", "flatsort")),
        *(_preset(preset, descriptor) for preset, descriptor in DESCRIBED),
        *_roboflow(),
        *_pyxtrackers(),
        *_ioutrack(),
        Contender(
            "norfair",
            "norfair",
            adapters.NORFAIR,
            _norfair,
            f"IoU, distance {NORFAIR_DISTANCE}",
        ),
        Contender(
            "deep_sort_realtime",
            "deep-sort-realtime",
            adapters.REALTIME_WITH_FRAMES,
            _realtime,
            "defaults: MobileNetV2",
            needs_frames=True,
        ),
        *_boxmot(),
    ]


def _preset(preset: str, descriptor: str = "none") -> Contender:
    """Return one of our presets; a descriptor needs frames."""
    from flatsort.descriptors import load_descriptor
    from flatsort.tracking.tracker_options import TrackerOptions, make_tracker

    takes_all = preset == "flatsort"
    is_described = descriptor != "none"

    def start(sequence: Sequence, strong: float) -> Update:
        least = LEAST_CONFIDENCE if takes_all else strong
        options = TrackerOptions(preset=preset, min_confidence=least)
        described = load_descriptor(descriptor, sequence)
        return make_tracker(described, options, sequence.frame_rate).update

    return Contender(
        f"{preset} {descriptor}" if is_described else preset,
        OURS,
        adapters.OURS,
        start,
        takes_all=takes_all,
        needs_frames=is_described,
    )


def _roboflow() -> Iterable[Contender]:
    for name, kind, takes_all, off in (
        ("SORT", "SORTTracker", False, {}),
        ("ByteTrack", "ByteTrackTracker", True, {}),
        ("OC-SORT", "OCSORTTracker", True, {}),
        ("BoT-SORT", "BoTSORTTracker", True, {"enable_cmc": False}),
        ("C-BIoU", "CBIoUTracker", True, {}),
        ("McByte", "McByteTracker", True, {"enable_cmc": False}),
    ):

        def start(sequence: Sequence, _: float, kind: str = kind, off: dict = off) -> Update:
            import trackers

            return getattr(trackers, kind)(frame_rate=sequence.frame_rate, **off).update

        settings = "defaults" + (", no camera motion" if off else "")
        if name == "McByte":
            settings += ", no masks"
        yield Contender(
            f"roboflow {name}", "trackers", adapters.SUPERVISION, start, settings, takes_all
        )


def _pyxtrackers() -> Iterable[Contender]:
    def sort(_: Sequence, __: float) -> Update:
        from pyxtrackers import Sort

        return Sort().update

    def byte(sequence: Sequence, strong: float) -> Update:
        from pyxtrackers import BYTETracker

        rate = round(sequence.frame_rate)
        return BYTETracker(track_thresh=strong, frame_rate=rate).update

    def oc_sort(_: Sequence, strong: float) -> Update:
        from pyxtrackers import OCSort

        return OCSort(det_thresh=strong).update

    for name, start, settings, takes_all in (
        ("SORT", sort, "defaults", False),
        ("BYTE", byte, "first stage from the strong boxes", True),
        ("OC-SORT", oc_sort, "strong boxes", True),
    ):
        yield Contender(
            f"pyxtrackers {name}", "pyxtrackers", adapters.CORNERS, start, settings, takes_all
        )


def _ioutrack() -> Iterable[Contender]:
    def sort(_: Sequence, __: float) -> Update:
        from ioutrack import Sort

        tracker = Sort()
        return lambda boxes: tracker.update(boxes, return_all=False)

    def byte(_: Sequence, __: float) -> Update:
        from ioutrack import ByteTrack

        tracker = ByteTrack(max_age=AGE_FRAMES)
        return lambda boxes: tracker.update(boxes, return_all=False)

    for name, start, settings, takes_all in (
        ("SORT", sort, "defaults", False),
        ("ByteTrack", byte, f"max_age {AGE_FRAMES}", True),
    ):
        yield Contender(
            f"ioutrack {name}", "ioutrack-rs", adapters.CORNERS, start, settings, takes_all
        )


def _norfair(_: Sequence, __: float) -> Update:
    from norfair import Tracker

    return Tracker(distance_function="iou", distance_threshold=NORFAIR_DISTANCE).update


def _realtime(_: Sequence, __: float) -> Update:
    import warnings

    with warnings.catch_warnings():
        # It imports pkg_resources, for which setuptools gives a deprecation warning.
        warnings.simplefilter("ignore")
        from deep_sort_realtime.deepsort_tracker import DeepSort

        tracker = DeepSort(embedder_gpu=False)
    return lambda boxes, frame: tracker.update_tracks(boxes, frame=frame)


def _boxmot() -> Iterable[Contender]:
    blank = np.empty((1080, 1920, 3), np.uint8)  # boxmot reads no more than its shape
    motion_only = {"use_embeddings": False, "use_cmc": False}
    for name, kind, takes_all, off in (
        ("ByteTrack", "ByteTrack", True, {}),
        ("OC-SORT", "OcSort", False, {}),
        ("SFSORT", "SFSORT", True, {}),
        ("BoT-SORT", "BotSort", True, motion_only),
        ("BoostTrack", "BoostTrack", False, motion_only),
    ):

        def start(_: Sequence, __: float, kind: str = kind, off: dict = off) -> Update:
            import boxmot
            from loguru import logger

            logger.remove()  # it greets on every start
            tracker = getattr(boxmot, kind)(**off)
            return lambda boxes: tracker.update(boxes, blank)

        settings = "defaults" + (", no appearance, no camera motion" if off else "")
        yield Contender(
            f"boxmot {name}", "boxmot", adapters.CORNERS_AND_CLASS, start, settings, takes_all
        )
