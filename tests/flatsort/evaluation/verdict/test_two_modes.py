"""Identities whose looks jump, on tracks made by hand."""

import numpy as np
import pytest

from flatsort.evaluation.verdict.contestant import Followed
from flatsort.evaluation.verdict.detected_boxes import DetectedBoxes
from flatsort.evaluation.verdict.two_modes import count_two_modes
from flatsort.tracker import AppearanceMetric

PEOPLE, FRAMES, WIDTH = 8, 60, 16
METRIC = AppearanceMetric("cosine")


def street(noise=0.15):
    """Eight people side by side for 60 frames: boxes, and a feature of each person with noise."""
    rng = np.random.default_rng(0)
    frames = np.repeat(np.arange(1, FRAMES + 1), PEOPLE)
    people = np.tile(np.arange(PEOPLE), FRAMES)
    boxes_tlwh = np.column_stack(
        [
            100.0 * people,
            np.full(len(people), 50.0),
            np.full(len(people), 30),
            np.full(len(people), 90),
        ]
    )
    boxes = DetectedBoxes(np.arange(1, FRAMES + 1), frames, boxes_tlwh, np.ones(len(people)))
    looks = np.eye(PEOPLE, WIDTH)[people] + noise * rng.normal(size=(len(people), WIDTH))
    return boxes, people, looks.astype(np.float32)


def followed(boxes, ids):
    return Followed(boxes.frames, ids, boxes.boxes_tlwh, np.arange(len(ids)))


def test_pure_identities_do_not_look_like_two_people():
    boxes, people, looks = street()
    assert count_two_modes(followed(boxes, people), boxes, 25.0, [(looks, METRIC)]) == 0


def test_identities_that_were_exchanged_do():
    boxes, people, looks = street()
    # From frame 31 on, the tracker calls person 2 by the name of 5, and 5 by that of 2.
    ids, late = people.copy(), boxes.frames > 30
    ids[late & (people == 2)], ids[late & (people == 5)] = 5, 2
    blind = np.ones_like(looks)
    tracks = followed(boxes, ids)
    assert count_two_modes(tracks, boxes, 25.0, [(looks, METRIC)]) == 2
    # A descriptor that sees nothing changes nothing.
    assert count_two_modes(tracks, boxes, 25.0, [(blind, METRIC), (looks, METRIC)]) == 2


@pytest.mark.parametrize("count", [0, None])
def test_without_knowledge_there_is_no_number(count):
    boxes, people, looks = street()
    if count == 0:
        nothing = np.empty(0, np.int64)
        tracks = Followed(nothing, nothing, np.empty((0, 4)), nothing)
        assert count_two_modes(tracks, boxes, 25.0, [(looks, METRIC)]) is None
    else:
        tracks = followed(boxes, people)
        assert count_two_modes(tracks, boxes, 25.0, [(np.ones_like(looks), METRIC)]) is None
