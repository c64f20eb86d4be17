"""torchvision's detectors, trained on COCO; torchvision downloads their weights."""

from typing import TYPE_CHECKING

import cv2
import numpy as np

from flatsort.detectors.detector_settings import DetectorSettings
from flatsort.errors import InputError
from flatsort.sources.source import Frame
from flatsort.tracker import Detections

if TYPE_CHECKING:
    from torch import nn

# IoU for suppression across classes. The models already suppress at 0.5 within each class; this
# removes a second box of one person under another class.
NMS_OVERLAP = 0.7
# torchvision's names for numbers without a class.
_NO_NAMES = ("__background__", "N/A", "no person")


def create(argument: str, settings: DetectorSettings) -> "TorchvisionDetector":
    """Open ``torchvision:NAME`` with its best weights, which the first use downloads.

    Raises:
        InputError: the name is unknown, or its weights cannot be downloaded.
    """
    import torch
    from torchvision import models

    known = models.list_models(module=models.detection)
    if argument not in known:
        raise InputError(f"--detector torchvision:{argument}: choose one of {', '.join(known)}")
    weights = models.get_model_weights(argument).DEFAULT
    try:
        # URLs and sockets raise OSErrors. An incomplete download has a wrong checksum, which raises
        # a RuntimeError.
        state = weights.get_state_dict(progress=True, check_hash=True)
    except (OSError, RuntimeError) as error:
        raise InputError(
            f"torchvision:{argument}: its weights cannot be downloaded ({error}): put {weights.url}"
            f" into {torch.hub.get_dir()}/checkpoints, or use --detector hog"
        ) from error
    model = models.get_model(argument, weights=None, weights_backbone=None)
    model.load_state_dict(state)
    return TorchvisionDetector(model, weights.meta["categories"], settings, argument)


class TorchvisionDetector:
    """A detector with torchvision's interface; it processes one frame at a time on the CPU.

    Args:
        model: a network that takes a list of images (3, H, W) RGB in [0, 1] and returns a list of
            dictionaries with "boxes" (N, 4) left, top, right, bottom in pixels, "labels" (N,) and
            "scores" (N,).
        categories: names of the classes in the order of their labels.
        settings: settings of the detector.
        name: name of the model, for messages.
    """

    needs_images = True

    def __init__(
        self, model: "nn.Module", categories: list[str], settings: DetectorSettings, name: str
    ) -> None:
        import torch
        import torchvision

        names = {n: each for n, each in enumerate(categories) if each not in _NO_NAMES}
        self.cache_key = f"torchvision {torchvision.__version__} {torch.__version__} {name}"
        labels = settings.class_numbers(names, f"torchvision:{name}")
        self._labels = torch.tensor(labels)
        # Label 0 is the background, so that classes count from label 1.
        self.class_names = {label - 1: names[label] for label in labels}
        self._model = model.eval()
        self._settings = settings

    def __call__(self, frame: Frame) -> Detections:
        """Return the objects in the frame."""
        import torch

        image = cv2.cvtColor(frame.image, cv2.COLOR_BGR2RGB).transpose(2, 0, 1)
        with torch.inference_mode():
            values = torch.from_numpy(np.ascontiguousarray(image)).float() / 255
            found = self._model([values])[0]
            wanted = torch.isin(found["labels"], self._labels)
        corners = found["boxes"][wanted].double().numpy()
        boxes_tlwh = np.concatenate([corners[:, :2], corners[:, 2:] - corners[:, :2]], axis=1)
        scores = found["scores"][wanted].double().numpy()
        classes = found["labels"][wanted].numpy() - 1
        return self._settings.select(boxes_tlwh, scores, NMS_OVERLAP, classes)
