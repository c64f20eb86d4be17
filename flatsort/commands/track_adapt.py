"""`python tools/track.py --adapt`: adapt the descriptor to the recording before tracking it."""

import argparse
from typing import TYPE_CHECKING

from flatsort.files.paths import RUNS

if TYPE_CHECKING:
    from flatsort.adaptation.request import AdaptationRequest
    from flatsort.files.sequence import Sequence
    from flatsort.sources.source import Source
    from flatsort.tracking.tracking_request import TrackingRequest


def check_adapt(arguments: argparse.Namespace) -> None:
    """Check the options that go with --adapt.

    Raises:
        InputError: an option excludes --adapt.
    """
    from flatsort.errors import InputError

    if arguments.descriptor.startswith("features:"):
        raise InputError(
            f"--adapt with --descriptor {arguments.descriptor}: it gives no features of new boxes: "
            "name a descriptor of images"
        )
    if arguments.preset == "sort":
        raise InputError("--adapt with --preset sort: it tracks by motion alone: leave out one")


def adapt_request(
    footage: "Sequence | Source", arguments: argparse.Namespace, request: "TrackingRequest"
) -> "TrackingRequest":
    """Adapt the descriptor to the footage, and return the request with the better descriptor.

    Raises:
        InputError: the footage is live or cannot be read.
    """
    from dataclasses import replace

    from flatsort.adaptation.adapt_to_recording import adapt_to_recording

    choice = adapt_to_recording(make_adaptation(footage, arguments, request), print)
    linking, options = request.linking, request.options
    if linking is not None:
        linking = replace(linking, descriptor=choice.descriptor)
    elif choice.descriptor == "none" and options.preset == "deepsort":
        options = replace(options, preset=None)
    return replace(request, descriptor=choice.descriptor, linking=linking, options=options)


def make_adaptation(
    footage: "Sequence | Source", arguments: argparse.Namespace, request: "TrackingRequest"
) -> "AdaptationRequest":
    """Return the request for adapting the descriptor to the footage.

    Raises:
        InputError: the footage is live, or there is no detection file.
    """
    from flatsort.adaptation.request import AdaptationRequest
    from flatsort.detectors.detector_settings import DetectorSettings
    from flatsort.errors import InputError
    from flatsort.files.sequence import Sequence
    from flatsort.tracking.run_parts import find_detections

    detector = request.detector
    place = str(footage.folder) if isinstance(footage, Sequence) else arguments.source[0]
    if isinstance(footage, Sequence):
        if detector is None:
            detector = f"file:{find_detections(footage, request.detections)}"
    elif footage.is_live:
        raise InputError(
            f"--adapt: the frames of {footage.location} cannot be read again: record them first, "
            "or train with tools/adapt.py while the camera runs"
        )
    settings = request.detector_settings
    if request.detector is None:
        settings = DetectorSettings(min_confidence=arguments.min_confidence)
    return AdaptationRequest(
        source=place,
        name="adapted",
        detector=detector,
        detector_settings=settings,
        minutes=arguments.adapt,
        before=request.descriptor,
        mot_root=arguments.mot_root,
        frame_rate=arguments.fps,
        runs=RUNS,
        cache=request.cache,
        first=request.selection.first,
        last=request.selection.last,
    )
