"""The options of a run's tracker, and the function that makes the tracker from them."""

import math
from dataclasses import dataclass, field, replace
from typing import Any

from flatsort.descriptors.descriptor import Descriptor
from flatsort.errors import InputError
from flatsort.tracker import (
    AppearanceMetric,
    DeepSort,
    DeepSortConfig,
    FlatSort,
    FlatSortConfig,
    LazyDeepSort,
    Sort,
    SortConfig,
)
from flatsort.tracker.checks import check_at_least, check_whole
from flatsort.tracker.config import LARGEST_COUNT

PAPER_METRIC = AppearanceMetric("cosine", gate=0.2)
"""The paper's "max cosine distance 0.2", appendix A.3; cosine about the origin."""


PRESETS = ("sort", "deepsort", "flatsort")
"""The trackers that a run can choose."""


@dataclass(frozen=True)
class TrackerOptions:
    """Options of a tracker; None stands for the tracker's own default.

    Attributes:
        preset: one of PRESETS; None for SORT without a descriptor, DeepSORT with one.
        camera_motion: how FlatSORT learns the camera's motion: "none", or a word for which it uses
            the boxes, see :func:`flatsort.camera_motion.registry.load_camera_motion`.
        min_confidence: detections of lower confidence are ignored.
        nms_overlap: DeepSORT suppresses a detection if more than this fraction of it is covered.
        paper_metric: whether to compare features by PAPER_METRIC instead of the descriptor's
            calibrated metric.
        max_distance: appearance gate; None for the metric's own gate.
        lazy: whether to describe only the boxes whose track motion leaves in doubt.
        max_age: frames that a track survives without a detection.
        max_age_s: the same in seconds; at most one of both is given.
        return_s: seconds for which FlatSORT can recognise a lost person by looks.
        max_coasted: frames without a detection for which a track is still reported; FlatSORT learns
            their number, but at 0 reports none.
        class_agnostic: whether objects of different classes may share a track.
        settings: further settings of the tracker by their names in its configuration, from a preset
            file; every other option that is given comes before them.
    """

    preset: str | None = None
    camera_motion: str | None = None
    min_confidence: float = 0.3
    nms_overlap: float | None = None
    paper_metric: bool = False
    max_distance: float | None = None
    lazy: bool = False
    max_age: int | None = None
    max_age_s: float | None = None
    return_s: float | None = None
    max_coasted: int | None = None
    class_agnostic: bool = False
    settings: dict[str, Any] = field(default_factory=dict)


PAPER_OPTIONS = TrackerOptions(nms_overlap=0.7, paper_metric=True)
"""The paper's settings: PAPER_METRIC and "NMS max overlap 0.7", appendix A.3."""


def chosen_preset(preset: str | None, has_descriptor: bool) -> str:
    """Return the preset, or the usual one: "sort" without a descriptor, "deepsort" with one.

    Raises:
        InputError: there is no such preset, or it does not go with a descriptor, or without one.
    """
    if preset is None:
        return "deepsort" if has_descriptor else "sort"
    if preset not in PRESETS:
        raise InputError(f"--preset {preset}: choose one of {', '.join(PRESETS)}")
    if preset == "deepsort" and not has_descriptor:
        raise InputError("--preset deepsort needs a descriptor: name one with --descriptor")
    if preset == "sort" and has_descriptor:
        raise InputError(
            "--preset sort tracks by motion alone: leave out --descriptor, or choose --preset "
            "flatsort or deepsort"
        )
    return preset


def make_tracker(
    descriptor: Descriptor | None,
    options: TrackerOptions,
    frame_rate: float = FlatSortConfig.frame_rate,
) -> Sort | DeepSort | FlatSort:
    """Return the tracker of the preset; without a preset, the usual one for the descriptor.

    SORT ignores the options that concern appearance, and ``nms_overlap``. So does FlatSORT, which
    learns from the footage how strongly looks count.

    Args:
        descriptor: describes the boxes for DeepSORT and FlatSORT; None for motion alone.
        options: the tracker's options.
        frame_rate: frames per second, for options in seconds.

    Raises:
        InputError: an option is out of range, or the preset does not go with the descriptor.
    """
    agnostic = options.class_agnostic
    config = tracker_config(options, descriptor is not None, frame_rate)
    try:
        if isinstance(config, FlatSortConfig):
            return FlatSort(config, descriptor=descriptor, class_agnostic=agnostic)
        if isinstance(config, SortConfig):
            return Sort(config, class_agnostic=agnostic)
        tracker = LazyDeepSort if options.lazy else DeepSort
        metric = appearance_metric(descriptor, options)
        return tracker(config, metric, descriptor, class_agnostic=agnostic)
    except ValueError as error:
        raise InputError(str(error)) from error


def tracker_config(
    options: TrackerOptions, has_descriptor: bool, frame_rate: float
) -> SortConfig | DeepSortConfig | FlatSortConfig:
    """Return the settings of the tracker that :func:`make_tracker` makes from the same options.

    Raises:
        InputError: an option is out of range, or the preset does not go with the descriptor.
    """
    preset = chosen_preset(options.preset, has_descriptor)
    try:
        common = {
            "min_confidence": options.min_confidence,
            "max_age": _max_age(options, frame_rate),
            "max_coasted": options.max_coasted,
        }
        if preset == "flatsort":
            return _flat_sort_config(options, frame_rate)
        if not has_descriptor:
            return SortConfig(**{**options.settings, **_without_none(common)})
        given = _without_none({**common, "nms_max_overlap": options.nms_overlap})
        return DeepSortConfig(**{**options.settings, **given})
    except ValueError as error:
        raise InputError(str(error)) from error


def appearance_metric(descriptor: Descriptor, options: TrackerOptions) -> AppearanceMetric:
    """Return the metric for a descriptor's features: its own, unless the options say otherwise."""
    metric = PAPER_METRIC if options.paper_metric else descriptor.metric
    return metric if options.max_distance is None else replace(metric, gate=options.max_distance)


def empty_frames_to_forget(
    descriptor: Descriptor | None,
    options: TrackerOptions,
    frame_rate: float = FlatSortConfig.frame_rate,
) -> int:
    """Return the number of frames without detections after which no track is left."""
    if options.preset == "flatsort":
        config = _flat_sort_config(options, frame_rate)
        lost = 0 if descriptor is None else math.ceil(config.return_s * frame_rate)
        return max(config.memory, lost + 1)
    usual = SortConfig.max_age if descriptor is None else DeepSortConfig.max_age
    max_age = _max_age(options, frame_rate)
    own = options.settings.get("max_age", usual)
    return (own if max_age is None else max_age) + 1


def _max_age(options: TrackerOptions, frame_rate: float) -> int | None:
    """Return max_age in frames; None for the tracker's own."""
    if options.max_age_s is None:
        return options.max_age
    check_at_least("max_age", options.max_age_s, minimum=0)
    return min(round(options.max_age_s * frame_rate), LARGEST_COUNT)


def _flat_sort_config(options: TrackerOptions, frame_rate: float) -> FlatSortConfig:
    """Return FlatSORT's settings.

    Raises:
        ValueError: a setting is out of range.
    """
    max_age = _max_age(options, frame_rate)
    if max_age is not None:
        check_whole("max_age", max_age, minimum=0)
    camera = options.camera_motion
    if camera not in (None, "none"):
        camera = "boxes"
    given = {
        "frame_rate": frame_rate,
        "memory_s": None if max_age is None else max_age / frame_rate,
        "return_s": options.return_s,
        "min_confidence": options.min_confidence,
        "camera_motion": camera,
        "coasts": False if options.max_coasted == 0 else None,
    }
    return FlatSortConfig(**{**options.settings, **_without_none(given)})


def _without_none(values: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in values.items() if value is not None}
