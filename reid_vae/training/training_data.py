"""The crops of a training set, and the target pictures of the decoder."""

import zlib
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import torch
from torch import Tensor

from ..errors import TrainingError
from ..model.closed_form import ClosedForm, fit_closed_form
from ..model.nuisance_covariance import NuisanceCovariance, Scatter, number_from_zero
from ..model.observation import Observation
from ..model.parts import needed
from .settings import CLOSED_RANK
from .variation import vary

# Varied copies of each crop in the nuisance covariance of features.
COPIES = 4


class TrainingData:
    """Crops with their targets: pictures of the crops, or the mean picture of each crop's tracklet.

    Attributes:
        fingerprint: checksum of a sample of the crops and of all tracklet numbers.

    Args:
        crops: (M, H, W, 3) uint8 RGB; may be a memory map.
        tracklets: (M,) int64; crops with one number show one person, and targets are the means of
            tracklets. None makes each crop's own picture the target.
        seed: seed of the sample.

    Raises:
        TrainingError: there are fewer than two tracklets, or no tracklet has two crops.
    """

    # Number of crops in the sample: enough for a stable principal subspace of 128 directions, few
    # enough for memory.
    SAMPLE = 4096

    def __init__(self, crops: np.ndarray, tracklets: np.ndarray | None, seed: int) -> None:
        self.crops = crops
        generator = np.random.default_rng(seed)
        self._sample = np.sort(generator.permutation(len(crops))[: self.SAMPLE])
        self.fingerprint = zlib.crc32(self.images(self._sample).numpy().tobytes())
        self._seed = seed
        self._tracklets: Tensor | None = None
        if tracklets is not None:
            count = len(np.unique(tracklets))
            if count == len(tracklets) or count == 1:
                raise TrainingError(
                    "there are too few boxes that could be linked into tracklets for the nuisance "
                    "covariance: give footage of successive frames with several people, or train "
                    "with the isotropic covariance"
                )
            self._tracklets = number_from_zero(tracklets)
            self.fingerprint = zlib.crc32(self._tracklets.numpy().tobytes(), self.fingerprint)

    def __len__(self) -> int:
        return len(self.crops)

    def images(self, rows: np.ndarray | slice) -> Tensor:
        """Return the crops of these rows as (N, 3, H, W) float32 in [0, 1]."""
        # A copy, because torch needs a writable array.
        return torch.from_numpy(np.array(self.crops[rows])).permute(0, 3, 1, 2).float() / 255

    def fit(self, observation: Observation) -> Tensor:
        """Fit the observation's channel units and covariance to the crops.

        Returns:
            (S, 3, s, s), the targets of a sample of at most ``SAMPLE`` crops.

        Raises:
            TrainingError: the crops of each tracklet are equal, or all tracklets look the same.
        """
        sample = self.images(self._sample)
        observation.fit_channels(sample)
        if self._tracklets is not None:
            means = self._fit_nuisance(observation, self._tracklets)
            if observation.strips is None:
                self._tracklet_means = means
        elif observation.whitening is not None:
            self._fit_principal(observation, sample)
        return self.targets(observation, self._sample, sample)

    def targets(self, observation: Observation, rows: np.ndarray, clean: Tensor) -> Tensor:
        """Return the decoder's targets (N, 3, s, s) for crops.

        They are the crops' own pictures. Under the nuisance covariance they are the mean pictures
        of the tracklets, unless there are histograms of hue and saturation.

        Args:
            observation: the data space that :meth:`fit` fitted.
            rows: (N,), row numbers of the crops.
            clean: (N, 3, H, W), those crops before the changes that the target must not show.
        """
        # The mean over a tracklet would have the histograms forget what varies within tracklets.
        if self._tracklets is None or observation.strips is not None:
            return observation.pictures(clean)
        return self._tracklet_means[self._tracklets[rows]].to(clean.device)

    def closed_form(self, observation: Observation) -> ClosedForm:
        """Return the closed form of the data space that :meth:`fit` fitted; needs tracklets."""
        size = observation.architecture.latent_size
        return fit_closed_form(self._scatter, needed(observation.whitening, "whitening"), size)

    def _fit_principal(self, observation: Observation, sample: Tensor) -> None:
        """Make the data the pictures' leading principal coordinates, of mean variance 1."""
        pictures = observation.pictures(sample).flatten(1)
        size = observation.architecture.whitened_size
        if len(pictures) <= size:
            raise TrainingError(
                f"{len(pictures)} crops have no {size} principal coordinates: give more footage"
            )
        # Not centred, so that the directions hold the mean picture too.
        _, _, directions = torch.pca_lowrank(pictures, q=size, center=False, niter=4)
        variance = (pictures @ directions).var(0).mean()
        # Scaled by one factor and not per coordinate, so that distances are those of pictures.
        needed(observation.whitening, "whitening").copy_(directions.T / variance.sqrt())

    def _fit_nuisance(self, observation: Observation, tracklets: Tensor) -> Tensor:
        """Set the observation's whitening, and return the mean picture of each tracklet."""
        architecture = observation.architecture
        batches: Callable[[], Iterator[tuple[slice, Tensor]]]
        batches = partial(self._all_pictures, observation)
        if observation.features is not None:
            tracklets = tracklets.repeat(1 + COPIES)
            # Kept in memory, because a picture takes a millisecond.
            found = list(self._all_features(observation))
            batches = partial(iter, found)
        scatter = self._scatter = Scatter(tracklets, architecture.picture_size)
        for rows, pictures in batches():
            scatter.add(rows, pictures)
        # The histograms stay as they are.
        size = architecture.picture_size - architecture.histogram_size
        first = scatter.first(size)
        nuisance = NuisanceCovariance(tracklets, first, self._rank(observation))
        for rows, pictures in batches():
            nuisance.add(rows, pictures[:, :size] if architecture.histogram_size else pictures)
        try:
            whitening = nuisance.whitening()
        except ValueError as error:
            raise TrainingError(
                f"{error}: give footage in which people move, or train with the isotropic "
                "covariance"
            ) from error
        if architecture.histogram_size:
            closed = fit_closed_form(first, whitening, architecture.latent_size)
            observation.join_histograms(closed.encoder @ whitening, scatter.total_covariance())
        else:
            needed(observation.whitening, "whitening").copy_(whitening)
        means: Tensor = scatter.tracklet_means().float().unflatten(1, observation.picture_shape)
        return means

    @staticmethod
    def _rank(observation: Observation) -> int:
        """Return the number of directions in which the nuisance covariance is estimated."""
        architecture = observation.architecture
        if not architecture.histogram_size:
            return architecture.whitened_size
        return min(CLOSED_RANK, architecture.picture_size - architecture.histogram_size)

    def _all_pictures(
        self, observation: Observation, batch_size: int = 1024
    ) -> Iterator[tuple[slice, Tensor]]:
        for start in range(0, len(self), batch_size):
            rows = slice(start, min(start + batch_size, len(self)))
            yield rows, observation.pictures(self.images(rows))

    @torch.no_grad()
    def _all_features(self, observation: Observation) -> Iterator[tuple[slice, Tensor]]:
        """Yield the features of all crops, then those of their varied copies.

        Each copy counts as one more picture of its tracklet. Crops without a tracklet then show
        the nuisance too, and features, which cannot be mirrored, have copies of mirrored crops.
        """
        batch_size, network = 256, needed(observation.features, "learned features")
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self._seed)
            for copy in range(1 + COPIES):
                for start in range(0, len(self), batch_size):
                    stop = min(start + batch_size, len(self))
                    halved = network.halve(self.images(slice(start, stop)))
                    features = observation.describe(vary(halved) if copy else halved)
                    yield slice(copy * len(self) + start, copy * len(self) + stop), features
