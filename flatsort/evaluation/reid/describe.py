"""Compute the features of all boxes with all descriptors, decoding each frame once."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flatsort.descriptors import Descriptor
from flatsort.evaluation.reid.judged_boxes import Boxes
from flatsort.files.sequence import Sequence
from flatsort.progress import ProgressBar


@dataclass(frozen=True)
class Description:
    """The features that one descriptor computed, and the time that it took.

    Attributes:
        labelled: (N, D) float32, features of the labelled boxes.
        detected: (M, D) float32, features of the detected boxes.
        seconds: elapsed time, including cutting and resizing the crops.
        processor_seconds: processor time of all threads together.
    """

    labelled: NDArray[np.float32]
    detected: NDArray[np.float32]
    seconds: float
    processor_seconds: float

    @property
    def crops_per_second(self) -> float:
        """Boxes described per second."""
        return (len(self.labelled) + len(self.detected)) / self.seconds

    @property
    def busy_cores(self) -> float:
        """Average number of busy processor cores."""
        return self.processor_seconds / self.seconds


def describe(
    sequence: Sequence,
    descriptors: Mapping[str, Descriptor],
    labelled: Boxes,
    detected: Boxes,
) -> dict[str, Description]:
    """Describe all boxes in one pass over the frames that have a box, with a progress bar.

    Args:
        sequence: the source of the frames.
        descriptors: name -> descriptor.
        labelled: at least one box.
        detected: any number of boxes.

    Returns:
        Name -> description.

    Raises:
        InputError: a frame cannot be read, or a descriptor fails.
    """
    sequence.check_images("get the images, which descriptors need")
    frames = np.concatenate([labelled.frames, detected.frames])
    boxes_tlwh = np.concatenate([labelled.boxes_tlwh, detected.boxes_tlwh]).astype(np.float32)
    order = np.argsort(frames, kind="stable")
    numbers, starts = np.unique(frames[order], return_index=True)
    timed = {name: _Timed(descriptor) for name, descriptor in descriptors.items()}
    bar = ProgressBar(numbers.tolist(), desc=f"describing {sequence.name}", unit="frame")
    for number, rows in zip(bar, np.split(order, starts[1:]), strict=True):
        image = sequence.read_frame(number)
        for each in timed.values():
            each.describe(number, image, boxes_tlwh[rows])
    return {name: each.finish(order, len(labelled)) for name, each in timed.items()}


class _Timed:
    """A descriptor with the features that it returned and the time that it took."""

    def __init__(self, descriptor: Descriptor) -> None:
        self._descriptor = descriptor
        self._features: list[NDArray[np.float32]] = []
        self._seconds = self._processor_seconds = 0.0

    def describe(self, number: int, image: NDArray[np.uint8], boxes: NDArray[np.float32]) -> None:
        start, processor_start = time.perf_counter(), time.process_time()
        self._descriptor.start_frame(number)
        self._features.append(self._descriptor(image, boxes))
        self._seconds += time.perf_counter() - start
        self._processor_seconds += time.process_time() - processor_start

    def finish(self, order: NDArray[np.int64], labelled: int) -> Description:
        """Put the features, which are in the order of the frames, into the order of the boxes."""
        stacked = np.concatenate(self._features)
        features = np.empty_like(stacked)
        features[order] = stacked
        return Description(
            features[:labelled], features[labelled:], self._seconds, self._processor_seconds
        )
