"""The taught opponent: the network of our descriptors, trained with the identities of people.

The encoder, the crops, the augmentation, the batch size, the learning rate and the number of steps
are those of our training without labels. Only the objective differs: the usual recipe of
re-identification (Luo et al. 2019, "Bag of tricks"), a cross entropy with smoothed labels and a
triplet loss with hard mining, with a normalisation between the two (BNNeck). The network is
evidence only: no command trains it, and it is not shipped.
"""

import math
import tempfile
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from pytorch_metric_learning.distances import LpDistance
from pytorch_metric_learning.losses import TripletMarginLoss
from pytorch_metric_learning.miners import BatchHardMiner
from torch import Tensor, nn

from benchmarks.labelled_people import NOBODY
from flatsort.errors import InputError
from flatsort.files.atomic import check_writable
from flatsort.progress import ProgressBar
from flatsort.reid_vae.model.architecture import ARCHITECTURES
from flatsort.reid_vae.model.vhpvae import VHPVAE
from flatsort.reid_vae.training.augmentation import disturb, mirror
from flatsort.reid_vae.training.settings import Settings
from flatsort.reid_vae.weights.encoder import encode_crops
from flatsort.reid_vae.weights.onnx_export import export_encoder
from flatsort.reid_vae.weights.weights import save_weights
from flatsort.tracker import AppearanceMetric
from flatsort.training.calibration import calibrate, hold_out
from flatsort.training.crop_set import CropSet
from flatsort.training.tracklets import link_tracklets

CROPS_EACH = 4
"""Crops per person in a batch: 16 people in a batch of 64, as in the recipe."""
LABEL_SMOOTHING = 0.1
"""Share of the target's probability that is spread over all people, as in the recipe."""
MARGIN = 0.3
"""Least difference of the distances to another person and to the same person, as in the recipe."""
WEIGHT_DECAY = 5e-4
"""Weight of the squared weights in the gradient, as in the recipe."""
_AVERAGED = 100
"""Steps over which the facts average the last losses."""


def train_taught(
    crops: CropSet,
    people: NDArray[np.int64],
    weights: Path,
    settings: Settings,
    held_out: NDArray[np.bool_] | None = None,
    threads: int | None = None,
) -> dict[str, Any]:
    """Train a network with labels, calibrate it without labels, and write it as an ONNX file.

    ``load_descriptor(f"onnx:{weights}")`` opens the file, which names its metric and gate. They are
    chosen as for our weights, on tracklets that are held out of the training.

    Args:
        crops: M crops of the architecture's image size.
        people: (M,) person of each crop; NOBODY leaves a crop out of the training.
        weights: the file to write; its name ends in ".onnx". It appears whole or not at all.
        settings: the settings of our training, of which the architecture, the augmentation, the
            steps, the batch size, the learning rate, its warm-up, bfloat16 and the seed are read.
        held_out: (M,) bool, crops to hold out of training; by default, every fifth long tracklet,
            as in our training.
        threads: number of processor threads; None for torch's own number.

    Returns:
        "settings", "data" (numbers of crops and people), "measured" (the loss of the first step,
        and the mean loss of the last 100 steps) and "calibration", as JSON values.

    Raises:
        InputError: the file cannot be written, or the crops are not enough or not of the right
            size.
    """
    if weights.suffix != ".onnx":
        raise InputError(f"{weights}: the name of a taught network must end in .onnx")
    check_writable(weights)
    if threads:
        torch.set_num_threads(threads)
    tracklets = link_tracklets(crops)
    held = hold_out(crops, tracklets) if held_out is None else held_out
    taught = ~held & (people != NOBODY)
    model, losses = teach(crops.images[taught], people[taught], settings)
    features = encode_crops(model, crops.images)
    model.latent_mean.copy_(torch.from_numpy(features[taught].mean(0)))
    centre = model.latent_mean.numpy()
    # As in our training: too few held-out tracklets leave the choice to the others.
    found = calibrate(crops, features, centre, tracklets, held) or calibrate(
        crops, features, centre, tracklets, ~held
    )
    usual = AppearanceMetric()
    card = {
        "settings": asdict(settings),
        "data": {
            "crops": int(taught.sum()),
            "held_out": int(held.sum()),
            "people": len(np.unique(people[taught])),
        },
        "measured": {"first_loss": losses[0], "last_loss": float(np.mean(losses[-_AVERAGED:]))},
        "calibration": asdict(found) if found else {"kind": usual.kind, "gate": usual.gate},
    }
    weights.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / f"{weights.stem}.safetensors"
        save_weights(whole, model, card)
        export_encoder(whole, weights)
    return card


def teach(
    crops: NDArray[np.uint8], people: NDArray[np.int64], settings: Settings
) -> tuple[VHPVAE, list[float]]:
    """Train an encoder with labels from random weights, with a progress bar.

    Args:
        crops: (M, H, W, 3) uint8 RGB, of the architecture's image size.
        people: (M,) person of each crop.
        settings: as for :func:`train_taught`.

    Returns:
        The model in evaluation mode, whose decoder and prior are untrained, and the loss of each
        step.

    Raises:
        InputError: the crops show fewer than two people or have another size, or the loss is not
            finite.
    """
    architecture = ARCHITECTURES[settings.architecture]
    side = architecture.image_size
    if crops.shape[1:] != (side, side, 3):
        raise InputError(f"crops have shape {crops.shape[1:]}, not ({side}, {side}, 3)")
    names, targets = np.unique(people, return_inverse=True)
    if len(names) < 2:
        raise InputError(f"the crops show {len(names)} labelled people: give at least 2")
    torch.manual_seed(settings.seed)
    # The normaliser is the recipe's BNNeck: the triplet loss sees the means before it, and the
    # classifier and the descriptor see them after it.
    model = VHPVAE(replace(architecture, normalised_latents=True)).train()
    model.encoder.in_bfloat16 = settings.bfloat16
    classifier = nn.Linear(architecture.latent_size, len(names), bias=False)
    learned = [model.encoder.stages, model.encoder.posterior.mean, classifier]
    optimizer = torch.optim.Adam(
        (each for module in learned for each in module.parameters()),
        lr=settings.learning_rate,
        weight_decay=WEIGHT_DECAY,
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, settings))
    objective = _Objective(model, classifier)
    known = torch.from_numpy(targets.ravel())
    groups = [torch.nonzero(known == number).flatten() for number in range(len(names))]
    losses: list[float] = []
    with ProgressBar(total=settings.steps, desc=f"teaching {settings.architecture}") as bar:
        for step in range(settings.steps):
            # The streams of random numbers of our training.
            torch.manual_seed(settings.seed * 10_000_019 + step)
            rows = draw_batch(groups, settings.batch_size)
            images = torch.from_numpy(crops[rows.numpy()]).permute(0, 3, 1, 2).float() / 255
            if settings.augmentation is not None:
                images = disturb(mirror(images), settings.augmentation)
            loss = objective(images, known[rows])
            if not torch.isfinite(loss):
                raise InputError(f"the loss is not finite at step {step}: lower the learning rate")
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
            bar.update()
            bar.set_postfix_str(f"loss {losses[-1]:.3f}", refresh=False)
    model.encoder.in_bfloat16 = False
    return model.eval(), losses


def draw_batch(groups: list[Tensor], size: int) -> Tensor:
    """Draw the rows of a batch (N,), N <= size: equally many crops of each of some people.

    A batch has CROPS_EACH crops per person, or more where there are too few people to fill it. A
    crop is drawn twice only after all others of its person.

    Args:
        groups: the rows of each person's crops.
        size: largest number of rows.
    """
    chosen = torch.randperm(len(groups))[: max(2, size // CROPS_EACH)].tolist()
    count = max(2, size // len(chosen))
    rows = []
    for number in chosen:
        group = groups[number]
        turns = -(-count // len(group))
        rows.append(group[torch.randperm(len(group)).repeat(turns)[:count]])
    return torch.cat(rows)


class _Objective:
    """The sum of the cross entropy with smoothed labels and the triplet loss with hard mining."""

    def __init__(self, model: VHPVAE, classifier: nn.Linear) -> None:
        self._model, self._classifier = model, classifier
        self._entropy = nn.CrossEntropyLoss(label_smoothing=LABEL_SMOOTHING)
        distance = LpDistance(normalize_embeddings=False)
        self._miner = BatchHardMiner(distance=distance)
        self._triplet = TripletMarginLoss(margin=MARGIN, distance=distance)

    def __call__(self, images: Tensor, people: Tensor) -> Tensor:
        """Return the loss of images (N, 3, H, W) in [0, 1] that show these people (N,)."""
        means = self._model.encoder(images)[0]
        scores = self._classifier(self._model.normaliser(means))
        triplets = self._miner(means, people)
        return self._entropy(scores, people) + self._triplet(means, people, triplets)


def _rate(step: int, settings: Settings) -> float:
    """Return the factor of the learning rate: our training's warm-up and cosine."""
    warm = min(1.0, (step + 1) / max(1, settings.warm_up))
    return warm * 0.5 * (1 + math.cos(math.pi * step / settings.steps))
