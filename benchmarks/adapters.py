"""Adapters of trackers: the input that each tracker takes, and the boxes in its answer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.association_boxes import Frame

Tracked = tuple[NDArray[np.int64], NDArray[np.float64]]
"""Identities (N,) and boxes (N, 4) tlwh in pixels."""


@dataclass(frozen=True)
class Adapter:
    """One kind of input and output.

    Attributes:
        given: makes a tracker's input from a frame.
        read: returns the identities and boxes in a tracker's answer.
    """

    given: Callable[[Frame], Any]
    read: Callable[[Any], Tracked]


def _detections(frame: Frame) -> Any:
    from flatsort.tracker import Detections

    return Detections(*frame)


def _whole(frame: Frame) -> Frame:
    return frame


def _our_tracks(tracks: Any) -> Tracked:
    return tracks.ids, tracks.boxes_tlwh


def _corners(frame: Frame) -> NDArray[np.float64]:
    """Return (N, 5): left, top, right, bottom, confidence."""
    ends = frame.boxes_tlwh[:, :2] + frame.boxes_tlwh[:, 2:]
    return np.column_stack([frame.boxes_tlwh[:, :2], ends, frame.confidences])


def _corners_and_class(frame: Frame) -> NDArray[np.float64]:
    """Return (N, 6): left, top, right, bottom, confidence, class 0."""
    return np.column_stack([_corners(frame), np.zeros(len(frame.confidences))])


def _rows_of_corners(answer: Any) -> Tracked:
    """Read rows of left, top, right, bottom, identity and possibly more columns."""
    rows = np.asarray(answer, np.float64)
    return _tracked(rows[:, 4], rows[:, :4]) if len(rows) else _tracked([], np.empty((0, 4)))


def _supervision(frame: Frame) -> Any:
    from supervision import Detections

    return Detections(xyxy=_corners(frame)[:, :4], confidence=frame.confidences)


def _supervised(detections: Any) -> Tracked:
    confirmed = detections.tracker_id >= 0
    return _tracked(detections.tracker_id[confirmed], detections.xyxy[confirmed])


def _realtime_detections(frame: Frame) -> Any:
    from deep_sort_realtime.deep_sort.detection import Detection

    return [Detection(*each) for each in zip(*frame, strict=True)]


def _realtime_boxes(frame: Frame) -> list[tuple[list[float], float, str]]:
    pairs = zip(frame.boxes_tlwh.tolist(), frame.confidences.tolist(), strict=True)
    return [(box_tlwh, confidence, "person") for box_tlwh, confidence in pairs]


def _realtime_tracks(tracks: Any) -> Tracked:
    """Read deep_sort_realtime's tracks; DeepSORT reports a track up to one frame after a match."""
    shown = [each for each in tracks if each.is_confirmed() and each.time_since_update <= 1]
    boxes_tlwh = np.array([each.to_ltwh() for each in shown], np.float64).reshape(-1, 4)
    return np.array([int(each.track_id) for each in shown], np.int64), boxes_tlwh


def _norfair_detections(frame: Frame) -> Any:
    from norfair import Detection

    rows = _corners(frame)
    return [Detection(row[:4].reshape(2, 2), scores=np.full(2, row[4])) for row in rows]


def _norfair_objects(objects: Any) -> Tracked:
    corners = np.array([each.estimate.ravel() for each in objects], np.float64).reshape(-1, 4)
    return _tracked([each.id for each in objects], corners)


def _tracked(ids: Any, corners: NDArray[np.float64]) -> Tracked:
    """Return identities and boxes for corners (N, 4): left, top, right, bottom."""
    boxes_tlwh = np.column_stack([corners[:, :2], corners[:, 2:] - corners[:, :2]])
    return np.asarray(ids).astype(np.int64), boxes_tlwh


OURS = Adapter(_detections, _our_tracks)
OURS_FROM_ARRAYS = Adapter(_whole, _our_tracks)
CORNERS = Adapter(_corners, _rows_of_corners)
CORNERS_AND_CLASS = Adapter(_corners_and_class, _rows_of_corners)
SUPERVISION = Adapter(_supervision, _supervised)
REALTIME = Adapter(_realtime_detections, _realtime_tracks)
REALTIME_WITH_FRAMES = Adapter(_realtime_boxes, _realtime_tracks)
NORFAIR = Adapter(_norfair_detections, _norfair_objects)
