"""The settings of the trackers, checked when they are made."""

from dataclasses import dataclass

from .checks import check_at_least, check_fraction, check_number, check_whole


@dataclass(frozen=True)
class SortConfig:
    """Settings of :class:`Sort`; the defaults are those of abewley/sort.

    Attributes:
        max_age: Frames that a track survives without a detection.
        min_hits: Frames in a row in which a track must be matched before it is reported. The count
            starts after the track's first frame and after each miss. In the first min_hits frames
            of a video every track is reported.
        min_iou: Smallest IoU of a detection with a track's predicted box.
        min_confidence: Detections below this confidence are ignored.
        max_coasted: Frames after its last detection for which a track is still reported.

    Raises:
        ValueError: If a value is out of range. The message names the setting and the value.
    """

    max_age: int = 1
    min_hits: int = 3
    min_iou: float = 0.3
    min_confidence: float = 0.0
    max_coasted: int = 0

    def __post_init__(self) -> None:
        check_whole("max_age", self.max_age, minimum=0)
        check_whole("min_hits", self.min_hits, minimum=0)
        check_fraction("min_iou", self.min_iou)
        check_number("min_confidence", self.min_confidence)
        check_whole("max_coasted", self.max_coasted, minimum=0)


@dataclass(frozen=True)
class DeepSortConfig:
    """Settings of :class:`DeepSort` and :class:`LazyDeepSort`.

    The defaults are the evaluation settings of nwojke/deep_sort. FMVAE's paper sets nms_max_overlap
    to 0.7, which removes people who stand behind others.

    Attributes:
        min_confidence: Detections below this confidence are ignored.
        nms_max_overlap: Largest fraction of a detection that a more confident one may cover (see
            :func:`tracker.detections.surviving_rows`); at 1 no detection is suppressed.
        min_height: Detections less than this many pixels high are ignored.
        max_iou_distance: Largest 1 - IoU of a match by overlap.
        max_age: Frames after its last detection for which a confirmed track can still be matched.
        n_init: Frames in a row in which a track must be matched, the first included, before it is
            confirmed.
        budget: Features kept per track.
        max_coasted: Frames after its last detection for which a confirmed track is still reported.

    Raises:
        ValueError: If a value is out of range. The message names the setting and the value.
    """

    min_confidence: float = 0.3
    nms_max_overlap: float = 1.0
    min_height: float = 0.0
    max_iou_distance: float = 0.7
    max_age: int = 30
    n_init: int = 3
    budget: int = 100
    max_coasted: int = 1

    def __post_init__(self) -> None:
        check_number("min_confidence", self.min_confidence)
        check_fraction("nms_max_overlap", self.nms_max_overlap)
        check_at_least("min_height", self.min_height, minimum=0)
        check_fraction("max_iou_distance", self.max_iou_distance)
        check_whole("max_age", self.max_age, minimum=1)
        check_whole("n_init", self.n_init, minimum=1)
        check_whole("budget", self.budget, minimum=1)
        check_whole("max_coasted", self.max_coasted, minimum=0)
