"""The rates and the errors of the simulated detector."""

import itertools

import numpy as np
import pytest

from flatsort.scene.render import Truth
from flatsort.scene.simulated_detector import SimulatedDetector
from flatsort.scene.world import REFERENCE


def crowd(visibilities):
    """Make the truth of people 200 px tall in a row, 60 px apart."""
    count = len(visibilities)
    boxes = np.column_stack(
        [
            60.0 * np.arange(count) + 20,
            np.full(count, 300.0),
            np.full(count, 50),
            np.full(count, 200),
        ]
    )
    return Truth(np.arange(1, count + 1), boxes, np.asarray(visibilities, float))


def detect_often(truth, frames=400):
    detector = SimulatedDetector(seed=5)
    return [detector.detect(truth, REFERENCE) for _ in range(frames)]


def near(detections, box):
    """Return the detections whose centre lies within 25 px of a box's centre, in both axes."""
    centre = detections[:, :2] + detections[:, 2:4] / 2
    return detections[(np.abs(centre - (box[:2] + box[2:] / 2)) < 25).all(1)]


@pytest.mark.parametrize(
    ("visibility", "lowest", "highest"), [(1.0, 0.93, 0.99), (0.42, 0.40, 0.58), (0.15, 0.0, 0.05)]
)
def test_recall_rises_with_visibility(visibility, lowest, highest):
    # In full view, recall is 0.985 less lapses, which take 0.006 * 3.5 frames = 2 %. At visibility
    # 0.42 it is half of that; at 0.15 the odds are exp(-4.5), about 1 %.
    truth = crowd([visibility] * 10)
    share = np.mean(
        [len(near(found, box)) > 0 for found in detect_often(truth) for box in truth.boxes_tlwh]
    )
    # A random false alarm may hit a place by chance, so the upper limits have some room.
    assert lowest <= share <= highest


def test_box_errors_are_proportional_to_height():
    truth = crowd([1.0])
    found = np.concatenate([near(rows, truth.boxes_tlwh[0]) for rows in detect_often(truth)])
    sure = found[found[:, 4] > 0.7]
    # The standard deviation is 0.016 of 200 px, or 3.2 px, for the centre and for the size.
    spread = (sure[:, :2] + sure[:, 2:4] / 2).std(0)
    assert spread == pytest.approx(3.2, rel=0.15)
    assert sure[:, 3].std() == pytest.approx(3.2, rel=0.15)


def test_confidence_follows_visibility():
    truth = crowd([1.0, 0.5])
    rows = detect_often(truth)
    clear, half = (
        np.concatenate([near(found, box) for found in rows])[:, 4] for box in truth.boxes_tlwh
    )
    assert np.median(clear) == pytest.approx(0.94, abs=0.03)
    assert np.median(half) == pytest.approx(0.62, abs=0.04)


def test_false_alarms_are_few_less_confident_and_partly_lasting():
    rows = detect_often(crowd([]), frames=1000)
    per_frame = np.mean([len(found) for found in rows])
    # 0.07 random ones per frame; each of four decoys is active for about 11.5 * 0.005 = 5.7 % of
    # the frames.
    assert 0.15 <= per_frame <= 0.40
    assert np.concatenate(rows)[:, 4].max() <= 0.70
    shifts = [
        np.abs(now[:, None, :2] - before[None, :, :2]).max(2).min()
        for before, now in itertools.pairwise(rows)
        if len(before) and len(now)
    ]
    assert np.mean(np.array(shifts) < 20) > 0.5


def test_the_same_seed_detects_the_same():
    truth = crowd([1.0, 0.7, 0.4])
    for one, other in zip(detect_often(truth, 20), detect_often(truth, 20), strict=True):
        assert np.array_equal(one, other)


def test_lapses_last_two_to_five_frames():
    truth = crowd([1.0])
    seen = [len(near(found, truth.boxes_tlwh[0])) > 0 for found in detect_often(truth, 3000)]
    gaps = [len(gap) for gap in "".join("x" if s else "-" for s in seen).split("x") if gap]
    assert max(gaps) >= 3
    assert sum(gap >= 2 for gap in gaps) >= 5
