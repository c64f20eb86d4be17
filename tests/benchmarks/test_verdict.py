"""The benchmark of the verdict, on hand-made footage."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.verdict_footage import DESCRIPTORS, RANDOM, SHORT, LabelledFootage, join
from benchmarks.verdict_page import make_page
from benchmarks.verdict_runs import MOTION, judge_footage
from flatsort.evaluation.verdict.detected_boxes import DetectedBoxes
from flatsort.files.mot_files import Rows
from flatsort.tracker import AppearanceMetric

LENGTH, PEOPLE = 60, 4


@pytest.fixture
def footage():
    """Four people walk side by side; the last one leaves after 40 frames. All looks are perfect."""
    table = np.array(
        [
            (frame, person + 1, 100 * person + frame, 50, 20, 40)
            for frame in range(1, LENGTH + 1)
            for person in range(PEOPLE)
            if person < 3 or frame <= 40
        ],
        float,
    )
    count = len(table)
    truth = Rows(
        frames=table[:, 0].astype(np.int64),
        ids=table[:, 1].astype(np.int64),
        boxes_tlwh=table[:, 2:],
        confidences=np.ones(count),
        classes=np.ones(count, np.int64),
        visibilities=np.ones(count),
        path=Path("gt.txt"),
    )
    boxes = DetectedBoxes(
        np.arange(1, LENGTH + 1), truth.frames, truth.boxes_tlwh, np.full(count, 0.9)
    )
    looks = np.eye(PEOPLE, dtype=np.float32)[truth.ids - 1]
    metric = AppearanceMetric("cosine", 0.2)
    names = (RANDOM, *DESCRIPTORS)
    return LabelledFootage(
        "scenes", "hand-made", 10.0, "MOT16", truth, boxes, dict.fromkeys(names, (looks, metric))
    )


def test_a_part_is_numbered_from_1_and_thinned(footage):
    part = footage.part("part", 11, 30, step=2)
    assert (part.name, part.frame_rate) == ("part", 5.0)
    assert part.boxes.numbers.tolist() == list(range(1, 11))
    assert np.unique(part.truth.frames).tolist() == list(range(1, 11))
    # The first frame of the part is frame 11, whose first box is at 11 px.
    assert part.boxes.boxes_tlwh[0, 0] == 11
    assert len(part.boxes) == len(part.looks[RANDOM][0]) == 40


def test_those_in_view_for_longest_stay(footage):
    clip = footage.with_people(3)
    assert np.unique(clip.truth.ids).tolist() == [1, 2, 3]
    assert len(clip.boxes) == 3 * LENGTH
    assert (clip.looks[RANDOM][0][:, 3] == 0).all()


def test_joined_pieces_are_stretches_with_people_of_their_own(footage):
    both = join("both", [footage, footage])
    assert len(both.boxes.stretches) == 2
    assert len(np.unique(both.truth.ids)) == 2 * PEOPLE
    assert both.truth.frames.max() == both.boxes.numbers[-1] == 2 * LENGTH + 1
    assert len(both.looks[RANDOM][0]) == 2 * len(footage.boxes)


def test_perfect_looks_find_everybody_again_and_motion_nobody(footage):
    judged = judge_footage(footage)
    purity, idf1, continuity = judged.labelled[RANDOM].whole
    assert (purity, continuity) == (100.0, 100.0)
    # DeepSORT reports nobody in the first two frames, so IDF1 is below 100.
    assert 95 < idf1 < 100
    # DeepSORT forgets people after 30 frames, and some are away for longer.
    assert judged.trials.performances[RANDOM].returned.mean > 0.9
    assert judged.trials.performances[MOTION].returned.mean == 0.0
    # Six contestants, fifteen pairs; four people allow no claim.
    assert len(judged.pairs()) == 15
    assert not any(pair.is_claim for pair in judged.pairs())


def test_the_page_claims_nothing_about_few_people(footage):
    short = judge_footage(footage)
    page = make_page([short, type(short)(SHORT, SHORT, short.trials, short.labelled)])
    assert "Of 0 claims on all footage" in page
    assert "> Cannot tell whether fmvae-track is better than fmvae-track-unseen: too few" in page
