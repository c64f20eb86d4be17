"""An encoder that many threads share: one run of the network encodes the crops of all that wait."""

import threading
from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flatsort.descriptors.vae import Encoder

LARGEST_BATCH = 256
"""Crops in one run of the network; more gain nothing, and the layers would take more memory."""
_TRIED = (1, 2, 3, 7, 16, 64, 163)
"""Sizes of the batches that :func:`is_batch_independent` compares with one of LARGEST_BATCH crops:
their sum."""


@dataclass(eq=False)
class _Wish:
    """The crops of one thread, with their latents or the error."""

    crops: NDArray[np.uint8]
    latents: NDArray[np.float32] | None = None
    error: Exception | None = None
    is_done: bool = False


class SharedEncoder:
    """Encodes the crops of many threads; each thread gets its own rows or its own error.

    A thread that finds a free run of the network takes the crops that have waited longest, at most
    LARGEST_BATCH, and encodes them as one batch. So nobody waits for a batch to fill, and no thread
    waits for another one's camera.

    Args:
        encoder: the network; it can run in several threads at once, and its rows do not depend on
            the other rows of a batch, see :func:`is_batch_independent`.
        runs: largest number of runs of the network at the same time.

    Attributes:
        batches: number of runs of the network so far.
        encoded: number of crops so far.
    """

    def __init__(self, encoder: Encoder, runs: int) -> None:
        self.engine, self.image_size = encoder.engine, encoder.image_size
        self.calibration, self.latent_mean = encoder.calibration, encoder.latent_mean
        self.batches = self.encoded = 0
        self._encoder = encoder
        self._change = threading.Condition()
        self._waiting: deque[_Wish] = deque()
        self._free = runs

    def __call__(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Map crops (N, H, W, 3) uint8 RGB to posterior means (N, Nz) float32.

        Raises:
            Exception: the error of the network for these crops.
        """
        wish = _Wish(crops)
        with self._change:
            self._waiting.append(wish)
        while (batch := self._next_batch(wish)) is not None:
            try:
                self._encode(batch)
            finally:
                self._finish(batch)
        if wish.error is not None:
            raise wish.error
        return wish.latents

    def _next_batch(self, wish: _Wish) -> list[_Wish] | None:
        """Wait until a wish is done, or until a run is free; return the run's batch, or None."""
        with self._change:
            self._change.wait_for(lambda: wish.is_done or (self._free and self._waiting))
            if wish.is_done:
                return None
            self._free -= 1
            batch, count = [], 0
            while self._waiting and (
                not batch or count + len(self._waiting[0].crops) <= LARGEST_BATCH
            ):
                batch.append(self._waiting.popleft())
                count += len(batch[-1].crops)
            self.batches += 1
            self.encoded += count
            return batch

    def _finish(self, batch: list[_Wish]) -> None:
        with self._change:
            self._free += 1
            for each in batch:
                each.is_done = True
            self._change.notify_all()

    def _encode(self, batch: list[_Wish]) -> None:
        """Encode a batch; if that fails, encode each wish alone, so that one keeps its error."""
        try:
            latents = self._encoder(np.concatenate([each.crops for each in batch]))
        except Exception as error:
            if len(batch) == 1:
                batch[0].error = error
                return
            for each in batch:
                self._encode([each])
            return
        ends = np.cumsum([len(each.crops) for each in batch])[:-1]
        for each, rows in zip(batch, np.split(latents, ends), strict=True):
            each.latents = rows


def is_batch_independent(encoder: Encoder) -> bool:
    """Return whether the rows of an encoder are the same bits in batches of any size.

    The function tries some sizes with random crops. A network may round a row differently if its
    matrices have other sizes.
    """
    size = encoder.image_size
    crops = np.random.default_rng(0).integers(0, 256, (sum(_TRIED), size, size, 3), np.uint8)
    parts = np.split(crops, np.cumsum(_TRIED)[:-1])
    apart = np.concatenate([encoder(each) for each in parts])
    return bool(np.array_equal(encoder(crops), apart))
