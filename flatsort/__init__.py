"""FlatSORT: a multi-object tracker that learns to recognise people from your footage.

    import flatsort

    tracker = flatsort.DeepSort(descriptor=flatsort.load_descriptor("fmvae-track-unseen"))
    detector = flatsort.load_detector("hog")
    with flatsort.open_source("walk.mp4") as source:
        for frame in source.frames():
            for track in tracker.update(detector(frame), frame.image):
                print(frame.seconds, track.id, track.box_tlwh)

Each name below is imported when it is first used, so ``import flatsort`` is instant and loads
neither OpenCV nor torch.
"""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

# An installation holds tracker/ and reid_vae/ within this package, a checkout beside it. Both are
# imported as flatsort.tracker and flatsort.reid_vae, so that a tracker.py of yours hides nothing.
if not (Path(__file__).parent / "tracker").is_dir():
    __path__.append(str(Path(__file__).resolve().parents[1]))

if TYPE_CHECKING:
    from flatsort.descriptors.registry import load_descriptor, register_descriptor
    from flatsort.detectors.registry import load_detector
    from flatsort.errors import InputError
    from flatsort.files.mot_files import read_detections
    from flatsort.files.sequence import open_sequence
    from flatsort.images.crops import cut_crops
    from flatsort.sources.registry import open_source
    from flatsort.tracker import (
        AppearanceMetric,
        DeepSort,
        DeepSortConfig,
        Detections,
        LazyDeepSort,
        Sort,
        SortConfig,
        Track,
        Tracks,
    )

_HOMES = {
    "flatsort.tracker": (
        "AppearanceMetric",
        "DeepSort",
        "DeepSortConfig",
        "Detections",
        "LazyDeepSort",
        "Sort",
        "SortConfig",
        "Track",
        "Tracks",
    ),
    "flatsort.descriptors.registry": ("load_descriptor", "register_descriptor"),
    "flatsort.detectors.registry": ("load_detector",),
    "flatsort.errors": ("InputError",),
    "flatsort.files.mot_files": ("read_detections",),
    "flatsort.files.sequence": ("open_sequence",),
    "flatsort.images.crops": ("cut_crops",),
    "flatsort.sources.registry": ("open_source",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "AppearanceMetric",
    "DeepSort",
    "DeepSortConfig",
    "Detections",
    "InputError",
    "LazyDeepSort",
    "Sort",
    "SortConfig",
    "Track",
    "Tracks",
    "cut_crops",
    "load_descriptor",
    "load_detector",
    "open_sequence",
    "open_source",
    "read_detections",
    "register_descriptor",
]


def __getattr__(name: str) -> Any:
    """Import a public name from the module that defines it."""
    if name not in _HOME_OF:
        raise AttributeError(f"module 'flatsort' has no attribute {name!r}")
    value = getattr(import_module(_HOME_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
