"""FlatSORT: a multi-object tracker that learns to recognise people from your footage.

    import flatsort

    tracker = flatsort.DeepSort(descriptor=flatsort.load_descriptor("fmvae-track-unseen"))
    detector = flatsort.load_detector("yolox-nano")
    with flatsort.open_source("walk.mp4") as source:
        for frame in source.frames():
            for track in tracker.update(detector(frame), frame.image):
                print(frame.seconds, track.id, track.box_tlwh)

Public names:

tracking      Sort, DeepSort, LazyDeepSort, FlatSort; SortConfig, DeepSortConfig, FlatSortConfig;
              Detections, CameraMovement, Track, Tracks
descriptors   load_descriptor, register_descriptor, AppearanceMetric, cut_crops
detectors     load_detector
input         open_source (video, camera), open_sequence (MOTChallenge folder), read_detections
training      train, TrainingRequest, usual_settings, cut_frames; adapt, AdaptationRequest
scoring       score (arrays), score_files, ScoredFile
errors        InputError

Python imports each of these names when a program first uses it. ``import flatsort`` therefore takes
no time and loads neither NumPy, OpenCV nor torch.
"""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

# An installation has tracker/ and reid_vae/ in this package; a checkout has them beside it. Users
# import them as flatsort.tracker and flatsort.reid_vae, so that a user's tracker.py hides neither.
if not (Path(__file__).parent / "tracker").is_dir():
    __path__.append(str(Path(__file__).resolve().parents[1]))

if TYPE_CHECKING:
    from flatsort.adaptation.adapt import adapt
    from flatsort.adaptation.request import AdaptationRequest
    from flatsort.descriptors.registry import load_descriptor, register_descriptor
    from flatsort.detectors.registry import load_detector
    from flatsort.errors import InputError
    from flatsort.evaluation.tracks.score import ScoredFile, score, score_files
    from flatsort.files.mot_files import read_detections
    from flatsort.files.sequence import open_sequence
    from flatsort.images.crops import cut_crops
    from flatsort.sources.registry import open_source
    from flatsort.tracker import (
        AppearanceMetric,
        CameraMovement,
        DeepSort,
        DeepSortConfig,
        Detections,
        FlatSort,
        FlatSortConfig,
        LazyDeepSort,
        Sort,
        SortConfig,
        Track,
        Tracks,
    )
    from flatsort.training.crop_set import cut_frames
    from flatsort.training.train import train
    from flatsort.training.training_request import TrainingRequest
    from flatsort.training.usual_settings import usual_settings

_MODULE_OF = {
    "AdaptationRequest": "flatsort.adaptation.request",
    "AppearanceMetric": "flatsort.tracker",
    "CameraMovement": "flatsort.tracker",
    "DeepSort": "flatsort.tracker",
    "DeepSortConfig": "flatsort.tracker",
    "Detections": "flatsort.tracker",
    "FlatSort": "flatsort.tracker",
    "FlatSortConfig": "flatsort.tracker",
    "InputError": "flatsort.errors",
    "LazyDeepSort": "flatsort.tracker",
    "ScoredFile": "flatsort.evaluation.tracks.score",
    "Sort": "flatsort.tracker",
    "SortConfig": "flatsort.tracker",
    "Track": "flatsort.tracker",
    "Tracks": "flatsort.tracker",
    "TrainingRequest": "flatsort.training.training_request",
    "adapt": "flatsort.adaptation.adapt",
    "cut_crops": "flatsort.images.crops",
    "cut_frames": "flatsort.training.crop_set",
    "load_descriptor": "flatsort.descriptors.registry",
    "load_detector": "flatsort.detectors.registry",
    "open_sequence": "flatsort.files.sequence",
    "open_source": "flatsort.sources.registry",
    "read_detections": "flatsort.files.mot_files",
    "register_descriptor": "flatsort.descriptors.registry",
    "score": "flatsort.evaluation.tracks.score",
    "score_files": "flatsort.evaluation.tracks.score",
    "train": "flatsort.training.train",
    "usual_settings": "flatsort.training.usual_settings",
}
"""Public name -> the module that defines it."""

__all__ = [
    "AdaptationRequest",
    "AppearanceMetric",
    "CameraMovement",
    "DeepSort",
    "DeepSortConfig",
    "Detections",
    "FlatSort",
    "FlatSortConfig",
    "InputError",
    "LazyDeepSort",
    "ScoredFile",
    "Sort",
    "SortConfig",
    "Track",
    "Tracks",
    "TrainingRequest",
    "adapt",
    "cut_crops",
    "cut_frames",
    "load_descriptor",
    "load_detector",
    "open_sequence",
    "open_source",
    "read_detections",
    "register_descriptor",
    "score",
    "score_files",
    "train",
    "usual_settings",
]


def __getattr__(name: str) -> Any:
    """Import a public name from the module that defines it."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'flatsort' has no attribute {name!r}")
    value = getattr(import_module(_MODULE_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
