"""Learn the features of a FeatureNetwork from pairs of crops of one person, without labels.

A pair is either two crops of one person, or one crop twice; both crops of a pair are varied (see
reid_vae.training.variation). The network learns to find the other crop of each pair among those
that surely show other people, in the batch and in the batches before. Footage shows a person in
several tracklets and does not tell which, so other crops may show the same person; they are left
out. The loss is the contrastive InfoNCE (van den Oord et al. 2018), with a queue of earlier
embeddings (cross-batch memory, Wang et al. 2020). An embedding is a linear map of the features, and
serves this loss only.

The network that training keeps is the moving average of the network over the steps.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from ..errors import TrainingError
from ..model.architecture import Architecture
from ..model.feature_network import FeatureNetwork
from .checkpoint import load_checkpoint, save_checkpoint
from .crop_pairs import PAIRS, Pairs, Sightings, nobody, same_person, two_people
from .training_data import TrainingData
from .variation import vary

# Numbers in an embedding.
EMBEDDING = 128
# Temperature of the loss: cosines differ by at most 2, and 2 / 0.1 is a factor of e^20.
TEMPERATURE = 0.1
# Earlier embeddings that a batch is compared with; those of the first QUEUED_FROM steps are left
# out, because the network changes fast there.
QUEUE = 4096
QUEUED_FROM = 150
# Learning rate of AdamW after WARM_UP steps, lowered to zero by a cosine, and its weight decay.
LEARNING_RATE = 2e-3
WARM_UP = 100
WEIGHT_DECAY = 5e-4
CLIP_NORM = 5.0
# Share of the newest network in the moving average: the average covers about 500 steps.
AVERAGED = 0.002
# Steps between checkpoints: about a minute on one core.
CHECKPOINT_EVERY = 100


@dataclass(frozen=True)
class FeatureProgress:
    """The number of steps taken, and the loss of the last one in nats per crop."""

    step: int
    loss: float


class FeatureLearner:
    """Trains one FeatureNetwork on one set of crops; resumable.

    Args:
        architecture: has feature channels.
        crops: (M, H, W, 3) uint8 RGB, H = W = its image size; may be a memory map.
        sightings: whom the crops show.
        steps: number of steps.
        seed: seed of the first weights; a generator seeded by (seed, n) draws all of step n.
        bfloat16: whether the convolutions run in bfloat16.
        device: where to train.

    Raises:
        TrainingError: there are fewer crops than pairs in a step.
    """

    def __init__(
        self,
        architecture: Architecture,
        crops: np.ndarray,
        sightings: Sightings,
        steps: int,
        seed: int,
        bfloat16: bool = False,
        device: torch.device | str = "cpu",
    ) -> None:
        if len(crops) < PAIRS:
            raise TrainingError(
                f"{len(crops)} crops are too few to learn features: give at least {PAIRS}"
            )
        self._data = TrainingData(crops, None, seed)
        sightings = sightings.with_enough_others()
        self._rows, self._pairs = sightings.rows, Pairs(sightings.people)
        self._steps, self._seed, self._device = steps, seed, device
        self._identity = {
            "architecture": {
                "image_size": architecture.image_size,
                "feature_channels": architecture.feature_channels,
                "feature_stripes": architecture.feature_stripes,
            },
            "features": {"steps": steps, "seed": seed, "bfloat16": bfloat16},
            "crops": (len(crops), self._data.fingerprint, sightings.fingerprint),
        }
        torch.manual_seed(seed)
        self._learner = _Learner(architecture).to(device)
        self._learner.network.in_bfloat16 = bfloat16
        self._average = _Learner(architecture).to(device)
        self._average.load_state_dict(self._learner.state_dict())
        self._optimizer = torch.optim.AdamW(
            self._learner.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY
        )
        self._queue = torch.zeros(QUEUE, EMBEDDING, device=device)
        self._queued = nobody(QUEUE).to(device)
        self._step = 0

    def run(self, folder: Path, report: Callable[[FeatureProgress], None]) -> FeatureNetwork:
        """Train to the last step, from the checkpoint features.pt in ``folder`` if there is one.

        Returns:
            The trained network, in evaluation mode, on the CPU.

        Raises:
            TrainingError: the loss is not finite, or the checkpoint belongs to other crops.
        """
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "features.pt"
        self._load(load_checkpoint(path, self._identity))
        while self._step < self._steps:
            report(FeatureProgress(self._step + 1, self._take_step()))
            if self._step % CHECKPOINT_EVERY == 0 or self._step == self._steps:
                save_checkpoint(path, self._identity, self._state())
        return self._average.network.cpu().eval()

    def _take_step(self) -> float:
        # The stride exceeds the number of steps of any run, so no two (seed, step) share a stream.
        torch.manual_seed(self._seed * 10_000_019 + self._step)
        rows = self._pairs.draw().flatten()
        images = self._data.images(rows.numpy()).to(self._device)
        shown = self._rows[rows].to(self._device)
        network = self._learner.train().network
        embeddings = self._learner(vary(network.halve(images)))
        loss = contrast(embeddings, shown, self._queue, self._queued)
        if not torch.isfinite(loss):
            raise TrainingError(f"the loss of the features is not finite at step {self._step}")
        for group in self._optimizer.param_groups:
            group["lr"] = self._learning_rate()
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self._learner.parameters(), CLIP_NORM)
        self._optimizer.step()
        self._update_average()
        if self._step >= QUEUED_FROM:
            self._enqueue(embeddings.detach(), shown)
        self._step += 1
        return loss.item()

    def _learning_rate(self) -> float:
        warm = min(1.0, (self._step + 1) / WARM_UP)
        return LEARNING_RATE * warm * 0.5 * (1 + math.cos(math.pi * self._step / self._steps))

    @torch.no_grad()
    def _update_average(self) -> None:
        # The average covers few steps at first, because the first weights are random.
        share = max(AVERAGED, 9 / (10 + self._step))
        newest = self._learner.state_dict()
        for name, value in self._average.state_dict().items():
            if value.is_floating_point():
                value.lerp_(newest[name], share)
            else:
                value.copy_(newest[name])

    def _enqueue(self, embeddings: Tensor, shown: Tensor) -> None:
        """Replace the oldest embeddings of the queue."""
        self._queue = torch.cat([self._queue[len(shown) :], embeddings])
        self._queued = torch.cat([self._queued[len(shown) :], shown])

    def _state(self) -> dict[str, Any]:
        return {
            "step": self._step,
            "learner": self._learner.state_dict(),
            "average": self._average.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "queue": self._queue,
            "queued": self._queued,
        }

    def _load(self, state: dict[str, Any] | None) -> None:
        if state is None:
            return
        self._step = state["step"]
        self._learner.load_state_dict(state["learner"])
        self._average.load_state_dict(state["average"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._queue = state["queue"].to(self._device)
        self._queued = state["queued"].to(self._device)


def contrast(embeddings: Tensor, shown: Tensor, queue: Tensor, queued: Tensor) -> Tensor:
    """Return the mean loss over all ordered pairs of two embeddings of one person in a batch.

    The loss of a pair is the negative log probability of the one embedding among itself and those
    that surely show other people, in batch and queue, for a softmax of cosines over the
    temperature. Embeddings of the same person in the queue are ignored: they are out of date.

    Args:
        embeddings: (N, E), of length 1; each person of the batch occurs at least twice.
        shown: (N, 4), their rows of Sightings.
        queue: (Q, E), embeddings of earlier batches, without gradient.
        queued: (Q, 4), their rows; those of :func:`nobody` for empty places.
    """
    count = len(embeddings)
    similarity = embeddings @ torch.cat([embeddings, queue]).T / TEMPERATURE
    pairs = same_person(shown, shown)
    pairs &= ~torch.eye(count, dtype=torch.bool, device=pairs.device)
    different = two_people(shown, torch.cat([shown, queued]))
    others = similarity.masked_fill(~different, -math.inf).logsumexp(1, keepdim=True)
    similarity = similarity[:, :count]
    return (torch.logaddexp(similarity, others) - similarity)[pairs].mean()


class _Learner(nn.Module):
    """A feature network with the linear map to embeddings of length 1."""

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.network = FeatureNetwork(architecture)
        size = architecture.feature_size
        self.embedding = nn.Sequential(
            nn.Flatten(), nn.BatchNorm1d(size), nn.Linear(size, EMBEDDING, bias=False)
        )

    def forward(self, halved: Tensor) -> Tensor:
        """Map images (N, 3, H, H / 2) to embeddings (N, EMBEDDING)."""
        return functional.normalize(self.embedding(self.network.describe(halved)), dim=1)
