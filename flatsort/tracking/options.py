"""How to track: the options of the command line, and the tracker that they make."""

from dataclasses import dataclass, replace

from flatsort.descriptors.descriptor import Descriptor
from flatsort.errors import InputError
from flatsort.tracker import (
    AppearanceMetric,
    DeepSort,
    DeepSortConfig,
    LazyDeepSort,
    Sort,
    SortConfig,
)

# "max cosine distance 0.2" of the paper's appendix A.3.
PAPER_METRIC = AppearanceMetric("cosine", gate=0.2)


@dataclass(frozen=True)
class Options:
    """How to track; None stands for the tracker's own default.

    Attributes:
        min_confidence: detections below are ignored.
        nms_overlap: covered fraction above which a detection is suppressed; SORT has none.
        paper_metric: cosine about the origin at 0.2 instead of the descriptor's calibrated metric.
        max_distance: appearance gate; the metric's own if None.
        lazy: describe only the boxes whose track motion leaves in doubt.
        max_age: frames a track survives without a detection.
        max_coasted: frames without a detection for which a track is still reported.
    """

    min_confidence: float = 0.3
    nms_overlap: float | None = None
    paper_metric: bool = False
    max_distance: float | None = None
    lazy: bool = False
    max_age: int | None = None
    max_coasted: int | None = None


# With "NMS max overlap 0.7", from the same place.
PAPER_OPTIONS = Options(nms_overlap=0.7, paper_metric=True)


def make_tracker(descriptor: Descriptor | None, options: Options) -> Sort | DeepSort:
    """SORT without a descriptor, DeepSORT with one.

    Raises:
        InputError: an option is out of range.
    """
    try:
        if descriptor is None:
            return _make_sort(options)
        return _make_deep_sort(descriptor, options)
    except ValueError as error:
        raise InputError(str(error)) from error


def appearance_metric(descriptor: Descriptor, options: Options) -> AppearanceMetric:
    """How features are compared: the descriptor's own way unless the options say otherwise."""
    metric = PAPER_METRIC if options.paper_metric else descriptor.metric
    return metric if options.max_distance is None else replace(metric, gate=options.max_distance)


def patience(descriptor: Descriptor | None, options: Options) -> int:
    """Frames after whose absence every track is gone, whatever it was."""
    usual = SortConfig.max_age if descriptor is None else DeepSortConfig.max_age
    return (usual if options.max_age is None else options.max_age) + 1


def _make_sort(options: Options) -> Sort:
    if options.paper_metric:
        raise InputError("--paper needs a descriptor: SORT does not look at people")
    if options.nms_overlap not in (None, 1):
        raise InputError("--nms-overlap needs a descriptor: SORT has no non-maximum suppression")
    if options.max_distance is not None:
        raise InputError("--max-distance needs a descriptor: SORT does not look at people")
    if options.lazy:
        raise InputError("--appearance lazy needs a descriptor: SORT does not look at people")
    return Sort(SortConfig(**_without_none(_common(options))))


def _make_deep_sort(descriptor: Descriptor, options: Options) -> DeepSort:
    given = {**_common(options), "nms_max_overlap": options.nms_overlap}
    metric = appearance_metric(descriptor, options)
    tracker = LazyDeepSort if options.lazy else DeepSort
    return tracker(DeepSortConfig(**_without_none(given)), metric, descriptor)


def _common(options: Options) -> dict[str, object]:
    """The settings that both trackers have."""
    return {
        "min_confidence": options.min_confidence,
        "max_age": options.max_age,
        "max_coasted": options.max_coasted,
    }


def _without_none(values: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in values.items() if value is not None}
