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
from flatsort.reid_vae.training.crop_pairs import Pairs
from flatsort.reid_vae.training.feature_learning import FeatureLearner, FeatureProgress, contrast

# Two people, each twice; the embeddings of both pairs are at a right angle.
EMBEDDINGS = torch.tensor([[1.0, 0], [0, 1], [1, 0], [0, 1]])
PEOPLE = torch.tensor([5, 7, 5, 7])
EMPTY = torch.zeros(1, 2), torch.tensor([-1])


def queue(embedding: list[float], person: int) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.tensor([embedding]), torch.tensor([person])


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
        people = torch.tensor([5, 5, 5, 5])
        others = queue([0.0, 1.0], 6)
        with_same = torch.cat([others[0], one[:1]]), torch.cat([others[1], people[:1]])
        assert contrast(one, people, *with_same) == contrast(one, people, *others)

    def test_three_crops_of_one_person_make_six_pairs(self) -> None:
        one = torch.tensor([[1.0, 0], [0.6, 0.8], [0, 1]])
        losses = [
            math.log(1 + math.exp((other - cosine) * 10))
            for cosine, other in ((0.6, 0), (0, 0), (0.6, 0.8), (0.8, 0.8), (0, 1), (0.8, 1))
        ]
        found = contrast(one, torch.zeros(3), *queue([0.0, 1.0], 1))
        assert found.item() == pytest.approx(np.mean(losses), rel=1e-5)


class TestPairs:
    # Person 3 has three crops, person 8 two, and the others one each.
    drawn = Pairs(np.array([8, 3, 1, 3, 8, 3, 2]))

    def test_are_two_crops_of_a_tracklet_or_one_crop_twice(self) -> None:
        seen = set()
        for _ in range(50):
            first, second = self.drawn.draw()
            people = self.drawn.people[first]
            assert torch.equal(self.drawn.people[second], people)
            assert sorted(people.tolist()) == [0, 1, 2, 3]
            for a, b in zip(first.tolist(), second.tolist(), strict=True):
                assert (a == b) == (a in (2, 6))
                seen.add((a, b))
        # Both orders of person 8's crops, and all six of person 3's.
        assert seen == {(2, 2), (6, 6), (0, 4), (4, 0)} | {
            (a, b) for a in (1, 3, 5) for b in (1, 3, 5) if a != b
        }

    def test_most_come_from_single_crops(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(crop_pairs, "PAIRS", 16)
        many = Pairs(np.concatenate([np.arange(40).repeat(2), np.arange(40, 90)]))
        first, second = many.draw()
        assert len(first) == 16
        # 0.1875 of 16 are 3.
        assert (first != second).sum() == 3

    def test_footage_alone_gives_tracklets_only(self) -> None:
        first, second = Pairs(np.arange(30).repeat(4)).draw()
        assert len(first) == 30
        assert (first != second).all()

    def test_the_fingerprint_is_that_of_the_grouping(self) -> None:
        one, same, other = (
            Pairs(np.array(p)).fingerprint for p in ([4, 4, 9], [1, 1, 2], [1, 2, 2])
        )
        assert one == same != other


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
        settings = {"tracklets": self.tracklets, "steps": 8, "seed": 0} | changes
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

    @pytest.mark.parametrize("changes", [{"steps": 9}, {"tracklets": np.arange(48)}, {"seed": 1}])
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
            self.learner(tiny_features, large[:11], tracklets=np.arange(11))


def same(one: FeatureNetwork, other: FeatureNetwork) -> bool:
    others = other.state_dict()
    return all(torch.equal(value, others[name]) for name, value in one.state_dict().items())
