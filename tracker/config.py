"""The settings of the trackers, checked when they are made."""

from dataclasses import dataclass

from .checks import (
    check_above,
    check_at_least,
    check_choice,
    check_fraction,
    check_number,
    check_share,
    check_whole,
)

CAMERA_MOTIONS = ("boxes", "none")
"""Ways in which FlatSORT learns by itself how the camera moves."""

LARGEST_COUNT = 2**63 - 1
"""Largest number of frames that the engines can count; it stands for every larger setting."""


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


@dataclass(frozen=True)
class FlatSortConfig:
    """Settings of :class:`FlatSort`.

    Confidences are shares from 0 to 1, as detectors with a sigmoid or a softmax give them; a larger
    one counts as 1. The thresholds are those of ByteTrack and BoT-SORT except where a reason is
    given. They were chosen on the seven training sequences of MOT16 with YOLOX boxes.

    Attributes:
        frame_rate: Frames per second of the footage. It turns memory_s into frames.
        memory_s: Seconds for which a confirmed track waits for its next detection. Occlusions by
            other people are mostly shorter. It counts seconds, because people walk equally fast at
            every frame rate.
        return_s: Seconds for which a lost person can come back by looks; the longer and the farther
            away, the more evidence it takes.
        min_confidence: Detections below this confidence are ignored. The low limit keeps people
            who are half covered.
        sure_confidence: Detections of at least this confidence are sure. They are matched first,
            with all confirmed tracks. The other ones are matched only with tracks that were seen
            in the last frame.
        birth_confidence: Smallest confidence of a detection that starts a track. It is above
            sure_confidence, because a false detection is easier to leave unmatched than to forget.
        max_sure_cost: Largest cost, 1 - IoU * confidence, of a match between a confirmed track and
            a sure detection.
        max_unsure_cost: Largest cost, 1 - IoU, of a match between a confirmed track and a
            detection that is not sure. It is stricter, because many of these detections are false.
        max_tentative_cost: Largest cost, 1 - IoU * confidence, of a match between a tentative
            track and a sure detection.
        max_birth_overlap: Largest IoU of a detection that starts a track with a detection that was
            matched in the same frame. A detection that overlaps more is the same person's second
            box.
        n_init: Frames in a row in which a track must be matched, the first included, before it is
            confirmed. Tracks that start in the first frame are confirmed at once.
        coasts: Whether people whom no detection shows are reported where motion predicts them. It
            needs appearance that tells people apart, and lasts as long as such boxes have proved
            right more often than wrong (:mod:`tracker.coasting`).
        camera_motion: "boxes" learns from the boxes how the camera moves, and moves all tracks
            with it; "none" learns nothing from them. Movements that are given to update count with
            both words.
        min_camera_pairs: Fewest pairs of a track and a detection from which camera motion is
            learned. Few people who walk the same way look like a moving camera.
        sure_camera_pairs: Pairs from which a zoom is learned too. Fewer pairs give a shift only:
            two people who walk apart look like a zoom, which would carry lost tracks far away.
            Where no movement is given, the shift of fewer pairs must be larger than its
            uncertainty.

    Raises:
        ValueError: If a value is out of range. The message names the setting and the value.
    """

    frame_rate: float = 30.0
    memory_s: float = 1.5
    return_s: float = 60.0
    min_confidence: float = 0.1
    sure_confidence: float = 0.6
    birth_confidence: float = 0.7
    max_sure_cost: float = 0.8
    max_unsure_cost: float = 0.4
    max_tentative_cost: float = 0.7
    max_birth_overlap: float = 0.6
    n_init: int = 2
    coasts: bool = True
    camera_motion: str = "boxes"
    min_camera_pairs: int = 5
    sure_camera_pairs: int = 8

    def __post_init__(self) -> None:
        check_above("frame_rate", self.frame_rate, 0)
        check_at_least("memory_s", self.memory_s, minimum=0)
        check_at_least("return_s", self.return_s, minimum=0)
        check_number("min_confidence", self.min_confidence)
        check_number("sure_confidence", self.sure_confidence)
        check_number("birth_confidence", self.birth_confidence)
        check_share("max_sure_cost", self.max_sure_cost)
        check_share("max_unsure_cost", self.max_unsure_cost)
        check_share("max_tentative_cost", self.max_tentative_cost)
        check_fraction("max_birth_overlap", self.max_birth_overlap)
        check_whole("n_init", self.n_init, minimum=1)
        check_choice("camera_motion", self.camera_motion, CAMERA_MOTIONS)
        check_whole("min_camera_pairs", self.min_camera_pairs, minimum=2)
        check_whole("sure_camera_pairs", self.sure_camera_pairs, minimum=2)

    @property
    def memory(self) -> int:
        """Most frames between two successive detections of a confirmed track, at least 1."""
        return min(max(1, round(self.memory_s * self.frame_rate)), LARGEST_COUNT)
