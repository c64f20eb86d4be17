"""The networks that the runs of many streams share."""

import threading
from collections.abc import Callable
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from flatsort.descriptors import Descriptor, load_descriptor
from flatsort.descriptors.onnx_network import OnnxDescriptor
from flatsort.descriptors.shared_encoder import SharedEncoder, is_batch_independent
from flatsort.descriptors.vae import VaeDescriptor
from flatsort.detectors.detector import Detector
from flatsort.detectors.detector_settings import DetectorSettings
from flatsort.detectors.registry import load_detector
from flatsort.detectors.torchvision_models import TorchvisionDetector
from flatsort.detectors.yolo import YoloDetector
from flatsort.files.sequence import Sequence
from flatsort.processors import available_cores, one_core
from flatsort.sources.source import Frame
from flatsort.tracker import Detections
from flatsort.tracking.run_parts import Loaders

_Loaded = TypeVar("_Loaded", Descriptor | None, Detector)


class SharedNetworks:
    """Loads each network once; the runs of all streams use it.

    Each run of a network takes one core. Descriptors and detectors each have at most as many runs
    at the same time as there are cores. For the few crops of a frame, a second core gains little,
    and its thread spends more time on waiting than on work.

    Descriptors and detectors that keep a state, such as the boxes of a file, are loaded for each
    stream.
    """

    def __init__(self) -> None:
        cores = available_cores()
        self._runs, self._slots = cores, threading.BoundedSemaphore(cores)
        self._lock = threading.Lock()
        self._loaded: dict[object, Descriptor | Detector | None] = {}

    def loaders(self) -> Loaders:
        """Return the loaders for the runs of the streams."""
        return Loaders(self.load_descriptor, self.load_detector)

    def load_descriptor(self, word: str, sequence: Sequence | None = None) -> Descriptor | None:
        """Return the descriptor of a word; see :func:`flatsort.descriptors.load_descriptor`."""

        def share(descriptor: Descriptor | None) -> Descriptor | None:
            if isinstance(descriptor, VaeDescriptor) and is_batch_independent(descriptor.encoder):
                return descriptor.with_encoder(SharedEncoder(descriptor.encoder, self._runs))
            if isinstance(descriptor, VaeDescriptor | OnnxDescriptor):
                return _SharedDescriptor(descriptor, self._slots)
            return None

        return self._load(word, lambda: load_descriptor(word, sequence), share)

    def load_detector(self, word: str, settings: DetectorSettings) -> Detector:
        """Return the detector of a word; see :func:`flatsort.detectors.registry.load_detector`."""

        def share(detector: Detector) -> Detector | None:
            if isinstance(detector, YoloDetector | TorchvisionDetector):
                return _SharedDetector(detector, self._slots)
            return None

        return self._load((word, settings), lambda: load_detector(word, settings), share)

    def _load(
        self,
        key: object,
        load: Callable[[], _Loaded],
        share: Callable[[_Loaded], _Loaded | None],
    ) -> _Loaded:
        """Return the network of a key; load it if it is not there, and share it if it can be.

        Args:
            key: the word and its settings.
            load: loads a new one.
            share: returns the form that all streams share; None for one that keeps a state.
        """
        with self._lock:
            if key in self._loaded:
                return self._loaded[key]
            with one_core():
                loaded = load()
                shared = share(loaded)
            if shared is None:
                return loaded
            self._loaded[key] = shared
            return shared


class _SharedDescriptor(Descriptor):
    """A descriptor without a state; each call is a run of its network for one stream."""

    needs_images = True

    def __init__(self, descriptor: Descriptor, slots: threading.BoundedSemaphore) -> None:
        self.metric, self.cache_key = descriptor.metric, descriptor.cache_key
        self._descriptor, self._slots = descriptor, slots

    def __call__(
        self, frame: NDArray[np.uint8] | None, boxes_tlwh: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Map a frame and boxes (N, 4) to features (N, D), as the descriptor does."""
        with self._slots:
            return self._descriptor(frame, boxes_tlwh)


class _SharedDetector:
    """A detector without a state; each call is a run of its network for one stream."""

    needs_images = True

    def __init__(self, detector: Detector, slots: threading.BoundedSemaphore) -> None:
        self.cache_key, self.class_names = detector.cache_key, detector.class_names
        self._detector, self._slots = detector, slots

    def __call__(self, frame: Frame) -> Detections:
        """Return the detections of a frame, as the detector does."""
        with self._slots:
            return self._detector(frame)
