"""The request for one training: the settings, and the files that training writes."""

from dataclasses import dataclass, field
from pathlib import Path

from flatsort.errors import InputError
from flatsort.files.atomic import check_writable
from flatsort.reid_vae.model.architecture import ARCHITECTURES
from flatsort.reid_vae.training.settings import Settings
from flatsort.training.usual_settings import usual_rounds, usual_settings


@dataclass(frozen=True)
class TrainingRequest:
    """How to train, and where to write.

    Attributes:
        weights: the file to write; its name ends in ".safetensors".
        folder: folder for checkpoints, the log and the sheet of pictures; the same request
            continues from its checkpoint.
        settings: settings of the training; its steps count all rounds together.
        rounds: number of rounds; each round after the first trains on the tracklets merged by the
            round before. None for the usual number, see
            :func:`flatsort.training.usual_settings.usual_rounds`.
        late: fraction of each long sequence's frames, the last ones, to hold out of training (see
            :func:`flatsort.training.calibration.late_frames`); None holds out every fifth long
            tracklet instead.
        threads: number of processor threads, at least 1; None for torch's own number.
        purpose: the work in a user's words, for the progress bar; None for a bar with every term of
            the objective.

    Raises:
        InputError: a value is out of range. The message names the command line's option.
    """

    weights: Path
    folder: Path
    settings: Settings = field(default_factory=usual_settings)
    rounds: int | None = None
    late: float | None = None
    threads: int | None = None
    purpose: str | None = None

    def __post_init__(self) -> None:
        if self.weights.suffix != ".safetensors":
            raise InputError(f"{self.weights}: the weights' name must end in .safetensors")
        _check_settings(self.settings)
        if self.round_count < 1 or (
            self.round_count > 1 and self.settings.covariance == "isotropic"
        ):
            raise InputError(
                f"--rounds {self.rounds}: give 1, or more with the nuisance covariance: the "
                "isotropic covariance learns nothing from tracklets"
            )
        if self.late is not None and not 0 < self.late < 1:
            raise InputError("--hold-out-late must be above 0 and below 1")
        if self.threads is not None and self.threads < 1:
            raise InputError("--threads must be above 0")

    @property
    def round_count(self) -> int:
        """The number of rounds: the given number, or the usual one."""
        return usual_rounds(self.settings.covariance) if self.rounds is None else self.rounds

    def check_places(self) -> None:
        """Check that the weights and the folder can be written; create nothing.

        Raises:
            InputError: a place cannot be written to.
        """
        check_writable(self.weights)
        check_writable(self.folder / "checkpoint.pt")


def _check_settings(settings: Settings) -> None:
    if settings.batch_size < 2:
        raise InputError("--batch-size must be above 1: flatness is measured between two crops")
    positive = {
        "--kappa": settings.constants.kappa,
        "--learning-rate": settings.learning_rate,
    }
    for option, value in positive.items():
        # Not "<= 0", which NaN would pass.
        if not value > 0:
            raise InputError(f"{option} must be above 0")
    # The closed form is a descriptor without any step.
    if settings.steps < (0 if settings.start == "closed" else 1):
        raise InputError("--steps must be above 0")
    if not settings.constants.beta >= 0:
        raise InputError("--beta must be 0 (a VHP-VAE) or above")
    if settings.feature_steps < 1:
        raise InputError("--feature-steps must be above 0")
    # An unknown architecture is the caller's error, which the trainer reports.
    architecture = ARCHITECTURES.get(settings.architecture)
    if settings.abroad and architecture and architecture.feature_channels:
        raise InputError(
            f"--abroad: {settings.architecture} learns for other cameras already: leave out "
            "--abroad"
        )
    if settings.latent_size is not None and settings.latent_size < 1:
        raise InputError("--latent-size must be above 0")
    if settings.seed < 0:
        raise InputError("--seed must be 0 or above")
