"""Learning features: the loss worked out by hand, the pairs, and runs that resume."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from flatsort.reid_vae.errors import TrainingError
from flatsort.reid_vae.model.architecture import Architecture
from flatsort.reid_vae.model.feature_network import FeatureNetwork
from flatsort.reid_vae.training import crop_pairs, feature_learning
from flatsort.reid_vae.training.crop_pairs import Pairs, Sightings, nobody, two_people
from flatsort.reid_vae.training.feature_learning import FeatureLearner, FeatureProgress, contrast

# Two people, each twice; the embeddings of both pairs are at a right angle.
EMBEDDINGS = torch.tensor([[1.0, 0], [0, 1], [1, 0], [0, 1]])
EMPTY = torch.zeros(1, 2), nobody(1)


def seen(*people: int) -> torch.Tensor:
    """Return rows of sightings: each person is in a sequence of their own."""
    return torch.tensor([[person, person, 1, 1] for person in people])


PEOPLE = seen(5, 7, 5, 7)


def queue(embedding: list[float], person: int) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.tensor([embedding]), seen(person)


class TestLoss:
    def test_of_two_people_at_a_right_angle(self) -> None:
        # The pair has cosine 1, two others have cosine 0: e^10 against twice e^0.
        expected = math.log(1 + 2 * math.exp(-10))
        # float32 knows 10 + 9e-5 to 1e-6.
        assert contrast(EMBEDDINGS, PEOPLE, *EMPTY).item() == pytest.approx(expected, abs=2e-6)

    def test_another_person_in_the_queue_counts(self) -> None:
        # The queue repeats the embedding of person 5, who is at a right angle to person 7.
        five = math.log(1 + (2 + math.exp(10)) * math.exp(-10))
        seven = math.log(1 + 3 * math.exp(-10))
        found = contrast(EMBEDDINGS, PEOPLE, *queue([1.0, 0], 9))
        assert found.item() == pytest.approx((five + seven) / 2, rel=1e-4)

    def test_the_same_person_in_the_queue_does_not_count(self) -> None:
        one = torch.tensor([[1.0, 0], [0.6, 0.8], [1, 0], [0.6, 0.8]])
        people = seen(5, 5, 5, 5)
        others = queue([0.0, 1.0], 6)
        with_same = torch.cat([others[0], one[:1]]), torch.cat([others[1], people[:1]])
        assert contrast(one, people, *with_same) == contrast(one, people, *others)

    def test_three_crops_of_one_person_make_six_pairs(self) -> None:
        one = torch.tensor([[1.0, 0], [0.6, 0.8], [0, 1]])
        losses = [
            math.log(1 + math.exp((other - cosine) * 10))
            for cosine, other in ((0.6, 0), (0, 0), (0.6, 0.8), (0.8, 0.8), (0, 1), (0.8, 1))
        ]
        found = contrast(one, seen(0, 0, 0), *queue([0.0, 1.0], 1))
        assert found.item() == pytest.approx(np.mean(losses), rel=1e-5)

    def test_who_may_be_the_same_person_does_not_count(self) -> None:
        # Both are in one sequence, one after the other: they are compared with nobody.
        embeddings = EMBEDDINGS.clone().requires_grad_()
        later = torch.tensor([[5, 1, 1, 4], [7, 1, 5, 9], [5, 1, 1, 4], [7, 1, 5, 9]])
        loss = contrast(embeddings, later, *EMPTY)
        assert loss.item() == 0
        loss.backward()
        assert embeddings.grad is not None
        assert not embeddings.grad.any()
        # Now they share frame 4: they are two people.
        together = later.clone()
        together[1::2, 2] = 4
        assert contrast(EMBEDDINGS, together, *EMPTY) == contrast(EMBEDDINGS, PEOPLE, *EMPTY)


class TestSightings:
    # Tracklets 8 and 3 of sequence 0 share frame 2, and tracklet 4 comes later. Tracklet 9 is in
    # another sequence.
    found = Sightings.of_tracklets(
        np.array([8, 8, 3, 3, 4, 9]), np.array([0, 0, 0, 0, 0, 6]), np.array([1, 2, 3, 2, 4, 1])
    )

    def test_are_the_times_of_the_tracklets(self) -> None:
        expected = [[2, 0, 1, 2], [0, 0, 2, 3], [1, 0, 4, 4], [3, 6, 1, 1]]
        assert self.found.rows[[0, 2, 4, 5]].tolist() == expected
        assert self.found.people.tolist() == [2, 2, 0, 0, 1, 3]

    def test_two_people_are_in_one_frame_or_in_two_sequences(self) -> None:
        rows = torch.cat([self.found.rows[[0, 2, 4, 5]], nobody(1)])
        expected = torch.tensor(
            [
                [False, True, False, True, False],
                [True, False, False, True, False],
                [False, False, False, True, False],
                [True, True, True, False, False],
            ]
        )
        assert torch.equal(two_people(rows[:4], rows), expected)

    def test_joined_tracklets_are_one_person(self) -> None:
        # Both are seen in frame 1.
        numbers, where = np.array([8, 3]), np.zeros(2)
        for people, expected in (None, True), (np.array([7, 7]), False):
            found = Sightings.of_tracklets(numbers, where, np.ones(2), people).rows
            assert two_people(found[:1], found[1:]).item() is expected

    def test_in_one_recording_all_people_are_compared(self) -> None:
        frames = np.arange(6)
        for sequences, expected in (
            # Half of the 36 pairs are in one recording.
            ([0, 0, 0, 1, 1, 1], False),
            # (16 + 4) / 36 of them.
            ([0, 0, 0, 0, 1, 1], True),
        ):
            tracklets = np.array([0, 0, 1, 2, 3, 3])
            found = Sightings.of_tracklets(tracklets, np.array(sequences), frames)
            rows = found.with_enough_others().rows
            assert two_people(rows[:1], rows[2:3]).item() is expected
            assert not two_people(rows[:1], rows[1:2]).any()

    def test_the_fingerprint_is_that_of_the_people_and_their_times(self) -> None:
        def of(tracklets: list[int], frames: list[int]) -> int:
            where = np.zeros(3)
            return Sightings.of_tracklets(np.array(tracklets), where, np.array(frames)).fingerprint

        assert of([4, 4, 9], [1, 2, 1]) == of([1, 1, 2], [1, 2, 1])
        assert len({of(p, f) for p in ([1, 1, 2], [1, 2, 2]) for f in ([1, 2, 1], [1, 2, 3])}) == 4


class TestPairs:
    # Person 3 has three crops, person 2 two, and the others one each.
    people = torch.tensor([2, 3, 0, 3, 2, 3, 1])

    def test_are_two_crops_of_a_person_or_one_crop_twice(self) -> None:
        seen = set()
        drawn = Pairs(self.people)
        for _ in range(50):
            first, second = drawn.draw()
            assert torch.equal(self.people[second], self.people[first])
            assert sorted(self.people[first].tolist()) == [0, 1, 2, 3]
            for a, b in zip(first.tolist(), second.tolist(), strict=True):
                assert (a == b) == (a in (2, 6))
                seen.add((a, b))
        # Both orders of person 2's crops, and all six of person 3's.
        assert seen == {(2, 2), (6, 6), (0, 4), (4, 0)} | {
            (a, b) for a in (1, 3, 5) for b in (1, 3, 5) if a != b
        }

    @pytest.mark.parametrize(
        ("several", "alone", "expected"),
        [
            # A fortieth of the people have several crops, but 0.1875 of 16 are 3.
            (10, 390, 3),
            # Half of the people have several crops.
            (40, 40, 8),
        ],
    )
    def test_people_are_drawn_alike_but_few_with_several_crops_more_often(
        self, several: int, alone: int, expected: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(crop_pairs, "PAIRS", 16)
        people = torch.cat([torch.arange(several).repeat(2), torch.arange(alone) + several])
        first, second = Pairs(people).draw()
        assert len(first) == 16
        assert (first != second).sum() == expected

    def test_footage_alone_gives_pairs_of_two_crops_only(self) -> None:
        first, second = Pairs(torch.arange(30).repeat(4)).draw()
        assert len(first) == 30
        assert (first != second).all()


def apart(tracklets: NDArray[np.int64]) -> Sightings:
    """Return the sightings of tracklets of which each is a sequence of its own."""
    return Sightings.of_tracklets(tracklets, tracklets, np.zeros(len(tracklets)))


@pytest.fixture
def few_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (crop_pairs, feature_learning):
        monkeypatch.setattr(module, "PAIRS", 12)
    monkeypatch.setattr(feature_learning, "QUEUE", 48)
    monkeypatch.setattr(feature_learning, "QUEUED_FROM", 2)
    monkeypatch.setattr(feature_learning, "WARM_UP", 3)
    monkeypatch.setattr(feature_learning, "CHECKPOINT_EVERY", 3)


@pytest.fixture
def large(crops: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The crops at the size of the tiny features: (48, 16, 16, 3)."""
    return crops.repeat(2, 1).repeat(2, 2)


@pytest.mark.usefixtures("few_pairs")
class TestLearning:
    tracklets = np.concatenate([[0, 0, 1, 1, 1], np.arange(5, 48)])

    def learner(self, architecture: Architecture, crops: NDArray[np.uint8], **changes: object):
        settings = {"sightings": apart(self.tracklets), "steps": 8, "seed": 0} | changes
        return FeatureLearner(architecture, crops, **settings)

    def test_the_loss_falls(
        self,
        tiny_features: Architecture,
        large: NDArray[np.uint8],
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(feature_learning, "LEARNING_RATE", 0.01)
        losses: list[float] = []
        learner = self.learner(tiny_features, large, steps=150)
        network = learner.run(tmp_path, lambda progress: losses.append(progress.loss))
        assert len(losses) == 150
        # The queue makes the loss larger once, when it fills.
        assert np.mean(losses[-20:]) < 0.8 * np.mean(losses[5:25])
        assert not network.training
        assert network(torch.rand(2, 3, 16, 16)).isfinite().all()

    def test_a_resumed_run_ends_in_the_same_network(
        self, tiny_features: Architecture, large: NDArray[np.uint8], tmp_path: Path
    ) -> None:
        whole = self.learner(tiny_features, large).run(tmp_path / "whole", lambda _: None)

        def stop(progress: FeatureProgress) -> None:
            if progress.step == 5:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            self.learner(tiny_features, large).run(tmp_path / "killed", stop)
        steps: list[int] = []
        again = self.learner(tiny_features, large).run(
            tmp_path / "killed", lambda progress: steps.append(progress.step)
        )
        # The last checkpoint was that of step 3.
        assert steps == [4, 5, 6, 7, 8]
        assert same(again, whole)

    def test_a_finished_run_takes_no_step(
        self, tiny_features: Architecture, large: NDArray[np.uint8], tmp_path: Path
    ) -> None:
        first = self.learner(tiny_features, large).run(tmp_path, lambda _: None)
        again = self.learner(tiny_features, large).run(tmp_path, pytest.fail)
        assert same(again, first)

    @pytest.mark.parametrize(
        "changes", [{"steps": 9}, {"sightings": apart(np.arange(48))}, {"seed": 1}]
    )
    def test_a_checkpoint_of_another_run_is_refused(
        self,
        tiny_features: Architecture,
        large: NDArray[np.uint8],
        tmp_path: Path,
        changes: dict,
    ) -> None:
        self.learner(tiny_features, large).run(tmp_path, lambda _: None)
        with pytest.raises(TrainingError, match="belongs to a run with other settings or crops"):
            self.learner(tiny_features, large, **changes).run(tmp_path, lambda _: None)

    def test_too_few_crops(self, tiny_features: Architecture, large: NDArray[np.uint8]) -> None:
        with pytest.raises(TrainingError, match="11 crops are too few to learn features"):
            self.learner(tiny_features, large[:11], sightings=apart(np.arange(11)))


def same(one: FeatureNetwork, other: FeatureNetwork) -> bool:
    others = other.state_dict()
    return all(torch.equal(value, others[name]) for name, value in one.state_dict().items())
