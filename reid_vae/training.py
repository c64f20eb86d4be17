"""The training loop of VHP-VAE and VHP-FMVAE: constrained, resumable, reproducible.

Beyond the paper: the encoder sees an augmented crop and the decoder's target is the clean one
(reid_vae.augmentation), gradients are clipped, the learning rate warms up and falls by a cosine.
"""

import csv
import math
import os
import time
import zlib
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from reid_vae.architecture import ARCHITECTURES
from reid_vae.augmentation import Augmentation, augment
from reid_vae.constraint import ConstraintMultiplier
from reid_vae.model import VHPVAE
from reid_vae.objective import Constants, Terms, batch_terms, kappa_squared


class TrainingError(RuntimeError):
    """Training cannot go on; the message says why and what to change."""


@dataclass(frozen=True)
class Settings:
    """Everything that decides the outcome besides the crops.

    Attributes:
        architecture: name in reid_vae.architecture.ARCHITECTURES.
        constants: of the objective (kappa, beta, mixup, K).
        augmentation: ranges of the identity-keeping changes.
        steps: optimiser steps in all.
        batch_size: crops a step.
        learning_rate: Adam's, reached after ``warm_up`` steps and lowered to zero by a cosine.
            The paper's is 3e-5, for VGG16; the slim network bears more.
        warm_up: steps of the learning rate. Also the steps that the prior is given to catch up
            when the initial phase ends: the bound's weight drops to a tenth and climbs back.
        clip_norm: largest norm of the gradient of the objective in nats for one value.
        initial_multiplier: lambda before and during the initial phase.
        bfloat16: run the encoder's convolutions in bfloat16.
        seed: of the initial weights and of every batch.
    """

    architecture: str = "slim"
    constants: Constants = field(default_factory=lambda: Constants(kappa=0.12, beta=3000.0))
    augmentation: Augmentation = field(default_factory=Augmentation)
    steps: int = 4000
    batch_size: int = 64
    learning_rate: float = 1e-3
    warm_up: int = 200
    clip_norm: float = 1.0
    initial_multiplier: float = 20.0
    bfloat16: bool = False
    seed: int = 0


@dataclass(frozen=True)
class Progress:
    """The state of training after a step, as shown and logged; terms in nats for one image."""

    step: int
    reconstruction: float
    kappa_squared: float
    rms_error: float
    bound: float
    multiplier: float
    flatness: float
    c_squared: float
    initial_phase: bool


class Trainer:
    """Trains one model on one set of crops.

    Every random draw of step n comes from a generator seeded by (seed, n): a run that was killed
    and resumed takes the same steps as one that was not.

    Args:
        settings: what to train and how.
        crops: (M, H, W, 3) uint8 RGB, H = W = the architecture's image size; a memory map is fine.

    Raises:
        TrainingError: when there are fewer crops than a batch or of another size.
        KeyError: for an unknown architecture.
    """

    # Enough crops for a stable principal subspace of 128 directions, few enough for memory.
    START_SAMPLE = 4096

    def __init__(self, settings: Settings, crops: np.ndarray) -> None:
        architecture = ARCHITECTURES[settings.architecture]
        side = architecture.image_size
        if crops.shape[1:] != (side, side, 3):
            raise TrainingError(f"crops are {crops.shape[1:]}, not ({side}, {side}, 3)")
        needed = max(settings.batch_size, 2 * architecture.latent_size)
        if len(crops) < needed:
            raise TrainingError(
                f"{len(crops)} crops are too few: give more footage, at least {needed} boxes"
            )
        self.settings = settings
        self.crops = crops
        torch.manual_seed(settings.seed)
        self.model = VHPVAE(architecture)
        self.model.encoder.bfloat16 = settings.bfloat16
        generator = np.random.default_rng(settings.seed)
        chosen = np.sort(generator.permutation(len(crops))[: self.START_SAMPLE])
        sample = _to_images(crops[chosen])
        self.fingerprint = zlib.crc32(sample.numpy().tobytes())
        self.model.decoder.start_as_principal_subspace(
            sample, scale=_start_scale(sample, architecture.latent_size)
        )
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=settings.learning_rate)
        self.constraint = ConstraintMultiplier(
            kappa_squared=kappa_squared(architecture.data_size),
            unit=architecture.data_size,
            multiplier=settings.initial_multiplier,
        )
        self.step = 0
        self.constraint_met_at: int | None = None

    def run(
        self,
        folder: Path,
        report: Callable[[Progress], None],
        checkpoint_every: float = 15.0,
    ) -> VHPVAE:
        """Train to the end, from wherever ``folder`` says this run was.

        Args:
            folder: holds checkpoint.pt and log.csv; made if missing.
            report: called after each step.
            checkpoint_every: seconds between checkpoints.

        Returns:
            The trained model in evaluation mode, with ``latent_mean`` set.

        Raises:
            TrainingError: when the objective is not finite, or the folder's checkpoint belongs to
                other settings.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._resume(folder)
        saved = time.monotonic()
        with _Log(folder / "log.csv", self.step) as log:
            while self.step < self.settings.steps:
                progress = self._take_step()
                report(progress)
                log.write(progress)
                if time.monotonic() - saved > checkpoint_every:
                    log.flush()
                    self._save(folder)
                    saved = time.monotonic()
        self.model.encoder.bfloat16 = False
        self.model.eval()
        self.model.latent_mean.copy_(torch.from_numpy(self.encode_all().mean(0)))
        self._save(folder)
        return self.model

    @torch.inference_mode()
    def encode_all(self, batch_size: int = 256) -> np.ndarray:
        """The descriptors of all crops, (M, Nz) float32; leaves the model in evaluation mode."""
        self.model.eval()
        return np.concatenate(
            [
                self.model.encode(_to_images(self.crops[start : start + batch_size])).numpy()
                for start in range(0, len(self.crops), batch_size)
            ]
        )

    @torch.inference_mode()
    def measure(self, batch_size: int = 256) -> Progress:
        """The terms on all crops as they are, without augmentation: the mean over batches.

        A set smaller than a batch is one batch; the remainder of a larger one is left out. Leaves
        the model in evaluation mode and torch's generator seeded.
        """
        self.model.eval()
        torch.manual_seed(self.settings.seed)
        order = torch.randperm(len(self.crops)).numpy()
        size = min(batch_size, len(order))
        batches = order[: len(order) // size * size].reshape(-1, size)
        terms = []
        for chosen in batches:
            images = _to_images(self.crops[np.sort(chosen)])
            terms.append(batch_terms(self.model, images, images, self.settings.constants))
        names = [field.name for field in fields(Terms)]
        means = {n: torch.stack([getattr(t, n) for t in terms]).mean() for n in names}
        return self._progress(Terms(**means))

    def _take_step(self) -> Progress:
        settings = self.settings
        # Two numbers into one seed: a stride larger than any run keeps the streams apart.
        torch.manual_seed(settings.seed * 10_000_019 + self.step)
        chosen = torch.randint(len(self.crops), (settings.batch_size,)).numpy()
        inputs, targets = augment(_to_images(self.crops[chosen]), settings.augmentation)

        self.model.train()
        terms = batch_terms(self.model, inputs, targets, settings.constants)
        loss = self._objective(terms) / self.model.architecture.data_size
        self._check_finite(loss, "objective")
        self._set_learning_rate()
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        if self.constraint.initial_phase:
            # Only encoder and decoder are trained until the constraint is first met.
            for parameter in self.model.prior.parameters():
                parameter.grad = None
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), settings.clip_norm)
        self._check_finite(norm, "gradient")
        self.optimizer.step()

        self.constraint.update(terms.reconstruction.item())
        if self.constraint_met_at is None and not self.constraint.initial_phase:
            self.constraint_met_at = self.step
        self.step += 1
        return self._progress(terms)

    def _check_finite(self, value: Tensor, name: str) -> None:
        if not torch.isfinite(value):
            raise TrainingError(
                f"the {name} is not finite at step {self.step}: lower the learning rate "
                f"({self.settings.learning_rate:g}) or raise kappa "
                f"({self.settings.constants.kappa:g})"
            )

    def _objective(self, terms: Terms) -> Tensor:
        """The objective; after the initial phase the bound waits for the prior to catch up."""
        multiplier = self.constraint.multiplier
        if self.constraint_met_at is not None:
            since = self.step - self.constraint_met_at
            ramp = min(1.0, since / max(1, self.settings.warm_up))
            # Not from zero, so that the prior is trained from the first step.
            multiplier = multiplier / (0.1 + 0.9 * ramp)
        return terms.objective(
            multiplier, self.constraint.kappa_squared, self.settings.constants.beta
        )

    def _set_learning_rate(self) -> None:
        settings = self.settings
        warm = min(1.0, (self.step + 1) / max(1, settings.warm_up))
        cosine = 0.5 * (1 + math.cos(math.pi * self.step / settings.steps))
        for group in self.optimizer.param_groups:
            group["lr"] = settings.learning_rate * warm * cosine

    def _progress(self, terms: Terms) -> Progress:
        reconstruction = terms.reconstruction.item()
        data_size = self.model.architecture.data_size
        kappa = self.settings.constants.kappa
        return Progress(
            step=self.step,
            reconstruction=reconstruction,
            kappa_squared=self.constraint.kappa_squared,
            rms_error=math.sqrt(2 * reconstruction * kappa**2 / data_size),
            bound=terms.bound.item(),
            multiplier=self.constraint.multiplier,
            flatness=terms.flatness.item(),
            c_squared=terms.c_squared.item(),
            initial_phase=self.constraint.initial_phase,
        )

    def _save(self, folder: Path) -> None:
        temporary = folder / "checkpoint.pt.tmp"
        state = {
            **self._identity(),
            "step": self.step,
            "constraint": self.constraint.state(),
            "constraint_met_at": self.constraint_met_at,
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }
        try:
            torch.save(state, temporary)
            os.replace(temporary, folder / "checkpoint.pt")
        except (OSError, RuntimeError) as error:
            # torch reports a full disk as a RuntimeError.
            raise TrainingError(f"{temporary}: cannot write a checkpoint: {error}") from error

    def _identity(self) -> dict[str, object]:
        """What two runs must share for one to go on from the other's checkpoint."""
        return {
            "settings": asdict(self.settings),
            "architecture": asdict(self.model.architecture),
            "crops": (len(self.crops), self.fingerprint),
        }

    def _resume(self, folder: Path) -> None:
        path = folder / "checkpoint.pt"
        if not path.exists():
            return
        try:
            state = torch.load(path, weights_only=True)
        except Exception as error:
            raise TrainingError(f"{path} is damaged: remove it to train from the start") from error
        identity = self._identity()
        if {key: state.get(key) for key in identity} != identity:
            raise TrainingError(
                f"{path} belongs to a run with other settings or crops: "
                "give the same ones, or another run folder"
            )
        self.step = state["step"]
        self.constraint = ConstraintMultiplier(**state["constraint"])
        self.constraint_met_at = state["constraint_met_at"]
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])


class _Log:
    """log.csv: a row a step. Rows beyond the step resumed from are dropped on opening."""

    def __init__(self, path: Path, step: int) -> None:
        kept = path.read_text().splitlines()[: step + 1] if path.exists() and step else []
        self._file = path.open("w", newline="")
        self._file.writelines(line + "\n" for line in kept)
        self._file.flush()
        self._writer = csv.DictWriter(
            self._file, list(Progress.__dataclass_fields__), lineterminator="\n"
        )
        if not kept:
            self._writer.writeheader()

    def __enter__(self) -> "_Log":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, progress: Progress) -> None:
        self._writer.writerow(
            {k: f"{v:.6g}" if isinstance(v, float) else v for k, v in asdict(progress).items()}
        )

    def flush(self) -> None:
        self._file.flush()


def _to_images(crops: np.ndarray) -> Tensor:
    """(N, H, W, 3) uint8 -> (N, 3, H, W) float32 in [0, 1]."""
    return torch.from_numpy(np.array(crops)).permute(0, 3, 1, 2).float() / 255


def _start_scale(images: Tensor, latent_size: int) -> float:
    """The decoder scale c at which the latent code of these images has about unit variance.

    The principal subspace holds most of the images' variance; spread over Nz directions that is
    what one direction of the latent space should carry.
    """
    return float((images.flatten(1).var(dim=0, correction=0).sum() / latent_size).sqrt())
