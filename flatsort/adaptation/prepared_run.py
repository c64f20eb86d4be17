"""A run that is ready to start: its source and old descriptor are open."""

import math
from dataclasses import dataclass

from flatsort.adaptation.certain_people import CertainPeople, read_certain_people
from flatsort.adaptation.labelled_scores import check_ground_truth
from flatsort.adaptation.report_page import PAGE
from flatsort.adaptation.request import AdaptationRequest
from flatsort.adaptation.run_folder import RunFolder
from flatsort.adaptation.schedule import collecting_seconds
from flatsort.adaptation.training_plan import crop_side
from flatsort.descriptors import Descriptor, descriptor_label, load_descriptor
from flatsort.detectors.registry import load_detector
from flatsort.errors import InputError
from flatsort.files.atomic import check_writable
from flatsort.files.sequence import Sequence
from flatsort.sources.numbered import SequenceSource
from flatsort.sources.registry import open_source
from flatsort.sources.source import Source
from flatsort.training.crop_set import CropRule


@dataclass(frozen=True)
class PreparedRun:
    """Everything that a run works with, except its detector.

    Attributes:
        request: the user's request.
        folder: the run's folder, which belongs to this request.
        source: the footage, whose context is not entered yet.
        before: the descriptor to compare with.
        rule: which boxes to learn from.
        certain: people whom a user has told apart; None without edits.
    """

    request: AdaptationRequest
    folder: RunFolder
    source: Source
    before: Descriptor
    rule: CropRule
    certain: CertainPeople | None

    @property
    def before_name(self) -> str:
        """The name of the old descriptor in the report."""
        return descriptor_label(self.request.before)

    @property
    def collecting_seconds(self) -> float:
        """The seconds for collecting: no limit for a recording, whose end is known."""
        if self.source.is_live:
            return collecting_seconds(60 * self.request.minutes)
        return math.inf

    @property
    def learning_seconds(self) -> float:
        """The seconds for learning from the boxes that were found."""
        seconds = 60 * self.request.minutes
        return seconds - collecting_seconds(seconds) if self.source.is_live else seconds

    @property
    def labelled(self) -> Sequence | None:
        """The sequence that the source reads, if it has ground truth; otherwise None."""
        if isinstance(self.source, SequenceSource) and self.source.sequence.has_ground_truth:
            return self.source.sequence
        return None


def prepare(request: AdaptationRequest) -> PreparedRun:
    """Open everything that a request names, and claim the folder of its run.

    Raises:
        InputError: something is missing, or the folder belongs to a run of another request.
    """
    folder = RunFolder(request.run_path)
    _check_places(request, folder)
    # Report a wrong word now, before the folder is claimed.
    load_detector(request.detector, request.detector_settings)
    if descriptor_label(request.before) == request.name:
        raise InputError(
            f"--before {request.before}: this descriptor is called {request.name} too: take "
            "another --out"
        )
    source = open_source(request.source, request.mot_root, request.frame_rate)
    run = PreparedRun(
        request=request,
        folder=folder,
        source=source,
        before=_open_before(request.before),
        rule=CropRule(
            detections=request.detector,
            min_confidence=request.learn_confidence,
            min_height=request.min_height,
            size=crop_side(),
        ),
        certain=_read_certain(request, source),
    )
    if run.labelled:
        # Report an error in the labels now, not after the training.
        check_ground_truth(run.labelled)
    folder.claim(request.decisive_values(run.source.location))
    return run


def _read_certain(request: AdaptationRequest, source: Source) -> CertainPeople | None:
    if request.edits is None or request.results is None:
        return None
    if source.is_live:
        raise InputError(f"--edits {request.edits}: they do not fit live frames: name a recording")
    return read_certain_people(request.edits, request.results, source.frame_rate)


def _check_places(request: AdaptationRequest, folder: RunFolder) -> None:
    check_writable(request.weights_path)
    check_writable(folder.path / PAGE)
    if request.weights_path.exists() and not folder.is_claimed:
        raise InputError(
            f"{request.weights_path} exists, but no run in {folder.path} wrote it: give another "
            "--out, or remove the file"
        )


def _open_before(word: str) -> Descriptor:
    if word.startswith("features:"):
        raise InputError(
            f"--before {word}: it gives no features of new boxes: name a descriptor of images"
        )
    descriptor = load_descriptor(word, None)
    if descriptor is None:
        raise InputError(f"--before {word}: it gives no features: name one to compare with")
    return descriptor
