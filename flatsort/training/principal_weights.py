"""Fit principal components to crops, and write them as weights with a card."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from flatsort.errors import InputError
from flatsort.reid_vae.model.architecture import ARCHITECTURES, Architecture
from flatsort.reid_vae.model.principal_encoder import PrincipalEncoder
from flatsort.reid_vae.training.training_data import TrainingData
from flatsort.reid_vae.weights.encoder import encode_crops
from flatsort.reid_vae.weights.onnx_export import export_encoder
from flatsort.reid_vae.weights.weights import save_weights
from flatsort.training.calibration import calibrate, hold_out
from flatsort.training.crop_set import CropSet
from flatsort.training.model_card import CropOrigin, make_principal_card
from flatsort.training.tracklets import link_tracklets

_BATCH = 256


def principal_architecture(latent_size: int) -> Architecture:
    """Return the architecture that gives pictures as `slim` decodes them, with so many latents.

    Raises:
        InputError: a picture has fewer values.
    """
    try:
        return replace(ARCHITECTURES["slim"], latent_size=latent_size)
    except ValueError as error:
        raise InputError(f"--latent-size {latent_size}: {error}") from error


def fit_principal_weights(
    crops: CropSet, architecture: Architecture, origin: CropOrigin, weights: Path
) -> dict[str, Any]:
    """Fit the principal subspace, choose its metric and gate, and write the weights.

    The same tracklets are held out for calibration as in a training.

    Args:
        crops: M crops of the architecture's image size.
        architecture: gives the form of the pictures and the number of latents.
        origin: the footage of the crops, for the model card.
        weights: the file to write; its encoder NAME.onnx appears beside it.

    Returns:
        The card of the weights as JSON values.

    Raises:
        InputError: the crops are too few, or the files cannot be written.
    """
    linked = link_tracklets(crops)
    held = hold_out(crops, linked)
    shown = crops.images[~held]
    encoder = PrincipalEncoder(architecture)
    try:
        # The units of the channels come from the same sample as in a training.
        TrainingData(shown, None, seed=0).fit(encoder.observation)
        pictures = [encoder.observation.pictures(images) for images in _batches(shown)]
        encoder.fit(torch.cat(pictures))
    except ValueError as error:
        raise InputError(f"{error}: give more footage or a smaller --latent-size") from error
    features = encode_crops(encoder, crops.images)
    centre = encoder.latent_mean.numpy()
    calibration = calibrate(crops, features, centre, linked, held) or calibrate(
        crops, features, centre, linked, ~held
    )
    card = make_principal_card(
        origin,
        {
            "crops": len(shown),
            "held_out": int(held.sum()),
            "latent_size": architecture.latent_size,
        },
        _rms_error(encoder, shown),
        _rms_error(encoder, crops.images[held]) if held.any() else None,
        calibration,
    )
    try:
        save_weights(weights, encoder, card)
        export_encoder(weights)
    except OSError as error:
        raise InputError(f"{weights}: cannot write here: {error.strerror}") from error
    return card


@torch.inference_mode()
def _rms_error(encoder: PrincipalEncoder, images: NDArray[np.uint8]) -> float:
    """Return the root-mean-square error of a value of the pictures."""
    errors = [encoder.errors(batch) for batch in _batches(images)]
    return torch.cat(errors).mean().sqrt().item()


def _batches(crops: NDArray[np.uint8]) -> Iterator[Tensor]:
    """Yield the crops (M, H, W, 3) in batches (N, 3, H, W) float32 in [0, 1]."""
    for start in range(0, len(crops), _BATCH):
        batch = torch.from_numpy(np.array(crops[start : start + _BATCH]))
        yield batch.permute(0, 3, 1, 2).float() / 255
