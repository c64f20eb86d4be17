"""torchvision's detectors, trained on COCO; weights by torchvision's own download."""

from typing import TYPE_CHECKING

import cv2
import numpy as np

from flatsort.detectors.detector_settings import DetectorSettings
from flatsort.errors import InputError
from flatsort.sources.source import Frame
from flatsort.tracker import Detections

if TYPE_CHECKING:
    from torch import nn

# The models suppress at 0.5 within each class themselves; this leaves out who was found as two.
NMS_OVERLAP = 0.7
# torchvision's word for the numbers that COCO skipped.
_NO_NAMES = ("__background__", "N/A", "no person")


def create(argument: str, settings: DetectorSettings) -> "TorchvisionDetector":
    """Open ``torchvision:NAME`` with its best weights, downloaded when first used.

    Raises:
        InputError: an unknown name, or weights that cannot be downloaded.
    """
    import torch
    from torchvision import models

    known = models.list_models(module=models.detection)
    if argument not in known:
        raise InputError(f"--detector torchvision:{argument}: there is {', '.join(known)}")
    weights = models.get_model_weights(argument).DEFAULT
    try:
        # OSError holds what URLs and sockets raise; a download cut short has a wrong checksum.
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
    """A detector of torchvision's interface, one frame at a time, on the processor.

    Args:
        model: from a list of images (3, H, W) in [0, 1], RGB, to a list of dictionaries with
            "boxes" (N, 4) left, top, right, bottom in pixels, "labels" (N,) and "scores" (N,).
        categories: the classes' names in the order of their labels.
        settings: what to find.
        name: of the model, for messages.
    """

    needs_images = True

    def __init__(
        self, model: "nn.Module", categories: list[str], settings: DetectorSettings, name: str
    ) -> None:
        import torch

        names = {n: each for n, each in enumerate(categories) if each not in _NO_NAMES}
        self._labels = torch.tensor(settings.class_numbers(names, f"torchvision:{name}"))
        self._model = model.eval()
        self._settings = settings

    def __call__(self, frame: Frame) -> Detections:
        """The objects in the frame."""
        import torch

        image = cv2.cvtColor(frame.image, cv2.COLOR_BGR2RGB).transpose(2, 0, 1)
        with torch.inference_mode():
            values = torch.from_numpy(np.ascontiguousarray(image)).float() / 255
            found = self._model([values])[0]
            wanted = torch.isin(found["labels"], self._labels)
        corners = found["boxes"][wanted].double().numpy()
        boxes_tlwh = np.concatenate([corners[:, :2], corners[:, 2:] - corners[:, :2]], axis=1)
        scores = found["scores"][wanted].double().numpy()
        return self._settings.select(boxes_tlwh, scores, NMS_OVERLAP)
