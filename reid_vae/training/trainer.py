"""The training loop of VHP-VAE and VHP-FMVAE: constrained, resumable, reproducible.

Beyond the paper: the encoder sees an augmented crop and the decoder's target is the clean one
(reid_vae.augmentation), or under the nuisance covariance the mean of the crop's tracklet. For a
camera yet unseen, both may be made into people who were never filmed (reid_vae.invention).
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, fields, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..errors import TrainingError
from ..model.architecture import ARCHITECTURES
from ..model.vhpvae import VHPVAE
from ..weights.encoder import encode_crops
from .augmentation import disturb, mirror
from .checkpoint import load_checkpoint, save_checkpoint
from .distributed import ALONE, Processes
from .invention import invent
from .log import Progress
from .objective import Terms, batch_terms
from .optimisation import ConstrainedOptimisation
from .record import Record
from .settings import Settings
from .sheet import draw_sheet, sheet_rows
from .training_data import TrainingData


class Trainer:
    """Trains one model on one set of crops.

    Every random draw of step n comes from a generator seeded by (seed, n): a run that was killed
    and resumed takes the same steps as one that was not. Several processes share out each batch,
    which is the one that a single process would draw; the latents' noise, their mixup and
    BatchNorm's statistics are of each one's part.

    Attributes:
        settings: what is trained and how.
        model: the model, in the state it is in.
        optimisation: its optimizer, lambda and steps taken.

    Args:
        settings: what to train and how.
        crops: (M, H, W, 3) uint8 RGB, H = W = the architecture's image size; a memory map is fine.
        tracklets: (M,) int64, crops of one number show one person; needed under the nuisance
            covariance, otherwise not looked at.
        processes: those that train this model together.

    Raises:
        TrainingError: when there are too few crops, they are of another size, no tracklet has two
            of them under the nuisance covariance, or the processes cannot share a batch.
        KeyError: for an unknown architecture.
    """

    def __init__(
        self,
        settings: Settings,
        crops: np.ndarray,
        tracklets: np.ndarray | None = None,
        processes: Processes = ALONE,
    ) -> None:
        architecture = ARCHITECTURES[settings.architecture]
        if settings.covariance == "nuisance":
            architecture = replace(architecture, whitened_size=architecture.latent_size)
        if settings.constants.beta == 0:
            # Starting as an isometry is the flat model's; the paper's VHP-VAE has no such thing.
            architecture = replace(architecture, isometric_start=False)
        if settings.abroad:
            architecture = replace(architecture, linear_encoder=architecture.isometric_start)
        side = architecture.image_size
        if crops.shape[1:] != (side, side, 3):
            raise TrainingError(f"crops are {crops.shape[1:]}, not ({side}, {side}, 3)")
        needed = max(settings.batch_size, 2 * architecture.latent_size)
        if len(crops) < needed:
            raise TrainingError(
                f"{len(crops)} crops are too few: give more footage, at least {needed} boxes"
            )
        processes.check_divisible(settings.batch_size)
        self.settings = settings
        self._processes = processes
        if settings.covariance == "isotropic":
            tracklets = None
        elif tracklets is None:
            tracklets = np.arange(len(crops))
        self._data = TrainingData(crops, tracklets, settings.seed)
        torch.manual_seed(settings.seed)
        self.model = VHPVAE(architecture)
        self.model.encoder.bfloat16 = settings.bfloat16
        start = self._data.fit(self.model.observation)
        # Not 0: pictures of like crops are alike up to rounding.
        if not start.std(0).max() > 1e-5:
            raise TrainingError("all crops look the same: give footage that shows something")
        self.model.start_linear(self.model.observation.whiten(start))
        self.model.to(processes.device)
        self.optimisation = ConstrainedOptimisation(self.model, settings, processes)

    def run(
        self,
        folder: Path,
        report: Callable[[Progress], None],
        checkpoint_every: float = 15.0,
        sheet_every: float = 60.0,
    ) -> VHPVAE:
        """Train to the end, from wherever ``folder`` says this run was.

        Args:
            folder: holds checkpoint.pt, log.csv, sheet.png and TensorBoard's events, which the
                first process writes; all processes read the checkpoint. Made if missing.
            report: called after each step, in the first process.
            checkpoint_every: seconds between checkpoints.
            sheet_every: seconds between sheets (see reid_vae.sheet).

        Returns:
            The trained model in evaluation mode, on the processor, with ``latent_mean`` set.

        Raises:
            TrainingError: when the objective is not finite, the folder's checkpoint belongs to
                other settings, or another process has ended.
        """
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "checkpoint.pt"
        self._resume(path)
        steps = self._steps_left()
        if not self._processes.is_first:
            for _ in steps:
                pass
        elif self.step < self.settings.steps:
            with self._record(folder, checkpoint_every, sheet_every) as record:
                for progress in steps:
                    report(progress)
                    record.add(progress)
                record.show(self.settings.steps)
        self.model.encoder.bfloat16 = False
        self.model.cpu()
        self.model.latent_mean.copy_(torch.from_numpy(self.encode_all().mean(0)))
        if self._processes.is_first:
            self._save(path)
        return self.model

    def encode_all(self, batch_size: int = 256) -> np.ndarray:
        """The descriptors of all crops, (M, Nz) float32; leaves the model in evaluation mode."""
        return encode_crops(self.model.eval(), self._data.crops, batch_size)

    @property
    def step(self) -> int:
        """Steps taken so far."""
        return self.optimisation.step

    @torch.inference_mode()
    def measure(self, batch_size: int = 256) -> Progress:
        """The terms on all crops as they are, without augmentation: the mean over batches.

        A set smaller than a batch is one batch; the remainder of a larger one is left out. Leaves
        the model in evaluation mode and torch's generator seeded.
        """
        self.model.eval()
        torch.manual_seed(self.settings.seed)
        order = torch.randperm(len(self._data)).numpy()
        size = min(batch_size, len(order))
        batches = order[: len(order) // size * size].reshape(-1, size)
        terms = [
            batch_terms(self.model, *self._as_they_are(np.sort(rows)), self.settings.constants)
            for rows in batches
        ]
        names = [field.name for field in fields(Terms)]
        means = {n: torch.stack([getattr(t, n) for t in terms]).mean() for n in names}
        return self.optimisation.progress(Terms(**means))

    def _steps_left(self) -> Iterator[Progress]:
        while self.step < self.settings.steps:
            yield self._take_step()

    def _take_step(self) -> Progress:
        size, processes = self.settings.batch_size, self._processes
        # Two numbers into one seed: a stride larger than any run keeps the streams apart.
        torch.manual_seed(self.settings.seed * 10_000_019 + self.step)
        rows = torch.randint(len(self._data), (size,)).numpy()
        clean = mirror(self._images(rows))
        targets = self._data.targets(self.model.observation, rows, clean)
        if self.settings.abroad:
            clean, targets = invent(clean, targets, self.model.observation)
        inputs = disturb(clean, self.settings.augmentation)
        part = processes.part(size)
        processes.part_random_streams()
        return self.optimisation.take_step(inputs[part], targets[part])

    def _images(self, rows: np.ndarray) -> Tensor:
        return self._data.images(rows).to(self.model.latent_mean.device)

    def _as_they_are(self, rows: np.ndarray) -> tuple[Tensor, Tensor]:
        """Crops without augmentation, and their targets."""
        images = self._images(rows)
        return images, self._data.targets(self.model.observation, rows, images)

    def _record(self, folder: Path, checkpoint_every: float, sheet_every: float) -> Record:
        rows = sheet_rows(len(self._data))
        return Record(
            folder,
            self.step,
            save=lambda: self._save(folder / "checkpoint.pt"),
            draw=lambda: draw_sheet(self.model, *self._as_they_are(rows)),
            checkpoint_every=checkpoint_every,
            sheet_every=sheet_every,
        )

    def _identity(self) -> dict[str, object]:
        """What two runs must share for one to go on from the other's checkpoint."""
        return {
            "settings": asdict(self.settings),
            "architecture": asdict(self.model.architecture),
            "crops": (len(self._data), self._data.fingerprint),
        }

    def _save(self, path: Path) -> None:
        save_checkpoint(path, self._identity(), self.optimisation.state())

    def _resume(self, path: Path) -> None:
        state = load_checkpoint(path, self._identity())
        if state is not None:
            self.optimisation.load_state(state)
        step = torch.tensor(self.step, dtype=torch.float64)
        if self._processes.mean(step) != step:
            raise TrainingError(
                f"{path} is not the same for all processes: "
                "give a run folder that all machines share"
            )
