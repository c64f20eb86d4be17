"""Train a descriptor on crops without labels, and write its weights with their model card.

The train command, the adapt command and Python programs all train through :func:`train`.
"""

from collections.abc import Iterator
from collections.abc import Sequence as Items
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from flatsort.errors import InputError
from flatsort.files.folder_lock import lock_folder
from flatsort.files.sequence import Sequence
from flatsort.reid_vae.errors import TrainingError
from flatsort.reid_vae.training.distributed import Processes, join_processes
from flatsort.reid_vae.weights.onnx_export import export_encoder
from flatsort.reid_vae.weights.weights import save_weights
from flatsort.reid_vae.weights.weights_file import WeightsError
from flatsort.training.crop_pictures import read_crop_pictures
from flatsort.training.crop_set import CropRule, CropSet, collect_crops
from flatsort.training.model_card import CropOrigin, make_card
from flatsort.training.rounds import Rounds
from flatsort.training.training_request import TrainingRequest


def train(
    crops: CropSet,
    request: TrainingRequest,
    origin: CropOrigin | None = None,
    tracklets: NDArray[np.int64] | None = None,
    processes: Processes | None = None,
    people: NDArray[np.int64] | None = None,
    held_out: NDArray[np.bool_] | None = None,
) -> dict[str, Any]:
    """Train a descriptor, choose its metric and gate, and write its weights.

    Args:
        crops: M crops; :func:`flatsort.training.crop_set.cut_frames` makes them in memory.
        request: how to train, and where to write.
        origin: the footage of the crops, for the model card.
        tracklets: (M,) tracklet of each crop; by default, boxes that overlap from frame to frame
            are linked.
        processes: the processes that share the training; by default, the processes that torchrun
            started, or only this process. Each trains on its own GPU if there are enough.
        people: (M,) person of each crop, to train on instead of its tracklet; the gate is chosen on
            tracklets all the same, because they are surer.
        held_out: (M,) bool, crops to hold out of training; by default, every fifth long tracklet.

    Returns:
        The card of the weights as JSON values; card["calibration"] has "kind" and "gate" of the
        metric. ``load_descriptor(str(request.weights))`` opens the weights.

    Raises:
        InputError: training cannot go on, for example with fewer crops than twice the latents
            (256); the folder belongs to another training, or another process trains there; or a
            place cannot be written to, or the disk is full.
    """
    request.check_places()
    if request.threads:
        torch.set_num_threads(request.threads)
    with (
        _input_errors(),
        _full_disk_named(request.folder),
        join_processes() if processes is None else nullcontext(processes) as together,
        lock_folder(request.folder) if together.is_first else nullcontext(),
    ):
        rounds = Rounds(
            request.settings,
            crops,
            request.round_count,
            request.folder,
            together,
            tracklets,
            request.late,
            people,
            held_out,
            request.purpose,
        )
        trainer = rounds.train()
        measured, calibration = trainer.measure(), rounds.calibrate(trainer)
        card = make_card(
            request.settings,
            origin or CropOrigin(),
            rounds.facts(),
            measured,
            calibration,
            rounds.affine_residuals(trainer),
            rounds.held_out(trainer),
        )
        if together.is_first:
            save_weights(request.weights, trainer.model, card)
            # The digest in the encoder names its weights: a kill between both leaves no wrong pair.
            export_encoder(request.weights)
    return card


def train_on_sequences(
    sequences: Items[Sequence],
    rule: CropRule,
    cache: Path,
    request: TrainingRequest,
    processes: Processes,
    pictures: Path | None = None,
) -> dict[str, Any]:
    """Cut the crops of MOT-layout folders and train on them, and on further pictures of people.

    Args:
        sequences: folders with frames and detections.
        rule: which boxes to learn from; its size is the image size of the architecture.
        cache: folder that keeps the crops for the next training.
        request: how to train, and where to write.
        processes: the processes that share the training.
        pictures: a folder or a tar archive of pictures, one person each; see
            :func:`flatsort.training.crop_pictures.read_crop_pictures`. Nobody knows which of them
            show the same person.

    Returns:
        The card of the weights, as :func:`train` returns it.

    Raises:
        InputError: as :func:`train`; or the sequences have no frames, detections or usable boxes,
            or the pictures cannot be read.
    """
    request.check_places()
    with _input_errors(), processes.first_goes_ahead():
        crops = collect_crops(sequences, rule, cache)
    if pictures is not None:
        crops = crops.add_pictures(read_crop_pictures(pictures, rule.size))
    names = tuple(sequence.name for sequence in sequences)
    origin = CropOrigin(names, rule, pictures=pictures.name if pictures else None)
    return train(crops, request, origin, processes=processes)


@contextmanager
def _full_disk_named(folder: Path) -> Iterator[None]:
    """Turn a failure to write into :class:`InputError` that says how to go on.

    Checkpoints, logs and weights all fail here; the checkpoint before stays.
    """
    try:
        yield
    except OSError as error:
        # TensorBoard's thread names no file.
        place = error.filename or folder
        raise InputError(
            f"{place}: cannot write here ({error.strerror or error}): make room and give the same "
            f"command, which goes on from the last checkpoint in {folder}"
        ) from error


@contextmanager
def _input_errors() -> Iterator[None]:
    """Turn the errors of reid_vae into :class:`InputError`, with the same message."""
    try:
        yield
    except (TrainingError, WeightsError) as error:
        raise InputError(str(error)) from error
