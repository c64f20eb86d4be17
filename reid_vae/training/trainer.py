"""The training loop of VHP-VAE and VHP-FMVAE: constrained, resumable, reproducible.

Additions to the paper: the encoder sees an augmented crop (reid_vae.training.augmentation), and the
decoder's target is the clean crop, the same augmented crop or, under the nuisance covariance, the
mean picture of the crop's tracklet. For cameras that the footage does not show, synthetic people
replace most crops and their targets (reid_vae.training.synthetic_people).
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, fields, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..errors import TrainingError
from ..model.architecture import ARCHITECTURES, Architecture
from ..model.feature_network import FeatureNetwork
from ..model.networks import VggEncoder
from ..model.parts import needed
from ..model.vhpvae import VHPVAE
from ..weights.encoder import encode_crops
from .augmentation import disturb, mirror
from .checkpoint import damaged, load_checkpoint, save_checkpoint
from .distributed import ALONE, Processes
from .log import Progress
from .objective import Terms, batch_terms
from .optimisation import ConstrainedOptimisation
from .picture_sheet import draw_sheet, sheet_rows
from .run_files import RunFiles
from .settings import BYPASS_SHARE, CLOSED_RANK, RANDOM_STARTS, Settings, Start
from .synthetic_people import synthesise_people
from .training_data import TrainingData


def chosen_start(settings: Settings) -> Start:
    """Return the decoder's start; see :class:`Settings` for the one that settings leave out.

    Raises:
        KeyError: unknown architecture.
    """
    if settings.start is not None:
        return settings.start
    isometric = ARCHITECTURES[settings.architecture].isometric_start
    return "principal" if settings.constants.beta > 0 and isometric else "pytorch"


def chosen_architecture(settings: Settings) -> Architecture:
    """Return the architecture that settings name, with their number of latents.

    Raises:
        KeyError: unknown architecture.
        TrainingError: the number of latents does not fit the architecture.
    """
    architecture = ARCHITECTURES[settings.architecture]
    size = settings.latent_size
    if size is None:
        return architecture
    try:
        return replace(architecture, latent_size=size, prior_latent_size=size)
    except ValueError as error:
        raise TrainingError(
            f"{size} latents do not fit {settings.architecture}: {error}"
        ) from error


class Trainer:
    """Trains one model on one set of crops.

    A generator seeded by (seed, n) makes every random draw of step n, so a run that was killed and
    resumed takes the same steps as an uninterrupted run. Several processes divide among them the
    batch that a single process would draw, and take the same step (see reid_vae.batch_share).

    Attributes:
        settings: settings of the run.
        model: the model in its current state.
        optimisation: the optimizer, lambda and the number of steps taken.

    Args:
        settings: settings of the run.
        crops: (M, H, W, 3) uint8 RGB, with H and W equal to the architecture's image size; may be a
            memory map.
        tracklets: (M,) int64; crops with one number show one person. Needed under the nuisance
            covariance, ignored otherwise.
        processes: the processes that train this model together.
        features: the learned features, if the architecture has features (see
            reid_vae.training.feature_learning).

    Raises:
        TrainingError: there are too few crops, crops have another size or all look the same, the
            processes cannot share a batch, or, under the nuisance covariance, no tracklet has two
            crops.
        KeyError: unknown architecture.
    """

    def __init__(
        self,
        settings: Settings,
        crops: np.ndarray,
        tracklets: np.ndarray | None = None,
        processes: Processes = ALONE,
        features: FeatureNetwork | None = None,
    ) -> None:
        architecture = chosen_architecture(settings)
        start = chosen_start(settings)
        if settings.covariance == "nuisance":
            rank = architecture.latent_size
            if architecture.histogram_size:
                rank += architecture.histogram_size
            elif start == "closed":
                rank = max(rank, min(CLOSED_RANK, architecture.picture_size))
            architecture = replace(architecture, whitened_size=rank)
        elif start == "closed":
            raise TrainingError("the start closed needs the nuisance covariance")
        architecture = replace(
            architecture,
            isometric_start=start in ("principal", "closed"),
            bypass=architecture.bypass or start == "bypass",
            normalised_latents=start in RANDOM_STARTS,
        )
        if architecture.feature_channels and settings.abroad:
            raise TrainingError(
                "features are learned for other cameras already: leave out --abroad"
            )
        if settings.abroad or start == "closed":
            architecture = replace(architecture, linear_encoder=architecture.isometric_start)
        side = architecture.image_size
        if crops.shape[1:] != (side, side, 3):
            raise TrainingError(f"crops have shape {crops.shape[1:]}, not ({side}, {side}, 3)")
        fewest = max(settings.batch_size, 2 * architecture.latent_size)
        if len(crops) < fewest:
            raise TrainingError(
                f"{len(crops)} crops are too few: give more footage, at least {fewest} boxes"
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
        self._set_precision(settings.bfloat16)
        if features is not None:
            own = needed(self.model.observation.features, "learned features")
            own.load_state_dict(features.state_dict())
        pictures = self._data.fit(self.model.observation)
        # The threshold is above 0, because pictures of identical crops differ by rounding errors.
        if not pictures.std(0).max() > 1e-5:
            raise TrainingError("all crops look the same: give footage in which people are visible")
        data = self.model.observation.whiten(pictures)
        if start == "closed" and architecture.histogram_size:
            # The closed form of the other features is a part of the data space.
            self.model.start_linear(data)
            self.model.narrow_posterior()
        elif start == "closed":
            self.model.start_closed(self._data.closed_form(self.model.observation))
        else:
            self.model.start_linear(data)
        if start == "random":
            self.model.start_at_random(data)
        if start == "bypass":
            self.model.start_at_random(data, BYPASS_SHARE)
        self.model.to(processes.device)
        self.optimisation = ConstrainedOptimisation(self.model, settings, processes)

    def run(
        self,
        folder: Path,
        report: Callable[[Progress], None],
        checkpoint_every: float = 15.0,
        sheet_every: float = 60.0,
    ) -> VHPVAE:
        """Train as :meth:`train` does, then encode all crops and set the model's ``latent_mean``.

        Returns:
            The trained model in evaluation mode, on the CPU.
        """
        self.train(folder, report, checkpoint_every, sheet_every)
        self.model.latent_mean.copy_(torch.from_numpy(self.encode_all().mean(0)))
        if self._processes.is_first:
            self._save(folder / "checkpoint.pt")
        return self.model

    def train(
        self,
        folder: Path,
        report: Callable[[Progress], None],
        checkpoint_every: float = 15.0,
        sheet_every: float = 60.0,
    ) -> VHPVAE:
        """Train to the last step, starting from the checkpoint in ``folder`` if there is one.

        Args:
            folder: folder of checkpoint.pt, log.csv, sheet.png and TensorBoard's event files; it is
                created if missing. The first process writes them; all processes read the
                checkpoint.
            report: called after each step in the first process.
            checkpoint_every: seconds between checkpoints.
            sheet_every: seconds between sheets (see reid_vae.training.picture_sheet).

        Returns:
            The trained model in evaluation mode, on the CPU. Its ``latent_mean`` is not set.

        Raises:
            TrainingError: the objective is not finite, the folder's checkpoint belongs to other
                settings or crops, or another process has ended.
        """
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "checkpoint.pt"
        self._resume(path)
        steps = self._steps_left()
        if not self._processes.is_first:
            for _ in steps:
                pass
        elif self.step < self.settings.steps or self.settings.steps == 0:
            with self._open_run_files(folder, checkpoint_every, sheet_every) as files:
                for progress in steps:
                    report(progress)
                    files.add(progress)
                files.show(self.settings.steps)
        self._set_precision(in_bfloat16=False)
        if self._processes.is_first:
            self._save(path)
        return self.model.cpu().eval()

    def encode_all(self, batch_size: int = 256) -> np.ndarray:
        """Return all crops' descriptors, (M, Nz) float32; leave the model in evaluation mode."""
        return encode_crops(self.model.eval(), self._data.crops, batch_size)

    @property
    def step(self) -> int:
        """Number of steps taken so far."""
        return self.optimisation.step

    @torch.inference_mode()
    def measure(self, batch_size: int = 256) -> Progress:
        """Return the mean over batches of the terms on all crops, without augmentation.

        Crops that do not fill the last batch are left out, unless there is only one batch. The
        model is left in evaluation mode, and torch's generator with a new seed.
        """
        self.model.eval()
        torch.manual_seed(self.settings.seed)
        order = torch.randperm(len(self._data)).numpy()
        size = min(batch_size, len(order))
        batches = order[: len(order) // size * size].reshape(-1, size)
        terms = [
            batch_terms(self.model, *self._clean_batch(np.sort(rows)), self.settings.constants)
            for rows in batches
        ]
        names = [field.name for field in fields(Terms)]
        means = {n: torch.stack([getattr(t, n) for t in terms]).mean() for n in names}
        return self.optimisation.progress(Terms(**means))

    def _set_precision(self, in_bfloat16: bool) -> None:
        """Choose the precision of the encoder's convolutions, if it has any."""
        if isinstance(self.model.encoder, VggEncoder):
            self.model.encoder.in_bfloat16 = in_bfloat16

    def _steps_left(self) -> Iterator[Progress]:
        while self.step < self.settings.steps:
            yield self._take_step()

    def _take_step(self) -> Progress:
        size = self.settings.batch_size
        # The stride exceeds the number of steps of any run, so no two (seed, step) share a stream.
        torch.manual_seed(self.settings.seed * 10_000_019 + self.step)
        rows = torch.randint(len(self._data), (size,)).numpy()
        ranges, clean = self.settings.augmentation, self._images(rows)
        if ranges is not None:
            clean = mirror(clean)
            if ranges.of_targets:
                clean = disturb(clean, ranges)
        targets = self._data.targets(self.model.observation, rows, clean)
        if self.settings.abroad:
            clean, targets = synthesise_people(clean, targets, self.model.observation)
        inputs = clean if ranges is None or ranges.of_targets else disturb(clean, ranges)
        part = self._processes.part
        return self.optimisation.take_step(inputs[part], targets[part])

    def _images(self, rows: np.ndarray) -> Tensor:
        return self._data.images(rows).to(self.model.latent_mean.device)

    def _clean_batch(self, rows: np.ndarray) -> tuple[Tensor, Tensor]:
        """Return crops without augmentation, and their targets."""
        images = self._images(rows)
        return images, self._data.targets(self.model.observation, rows, images)

    def _open_run_files(
        self, folder: Path, checkpoint_every: float, sheet_every: float
    ) -> RunFiles:
        rows = sheet_rows(len(self._data))
        return RunFiles(
            folder,
            self.step,
            save=lambda: self._save(folder / "checkpoint.pt"),
            draw=lambda: draw_sheet(self.model, *self._clean_batch(rows)),
            checkpoint_every=checkpoint_every,
            sheet_every=sheet_every,
        )

    def _identity(self) -> dict[str, object]:
        """Return the values that a run must share with this one to resume from its checkpoint."""
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
            try:
                self.optimisation.load_state(state)
            except (AttributeError, LookupError, RuntimeError, TypeError, ValueError) as error:
                raise damaged(path) from error
        step = torch.tensor(self.step, dtype=torch.float64)
        if self._processes.mean(step) != step:
            raise TrainingError(
                f"{path} is not the same for all processes: give a run folder that all machines "
                "share"
            )
