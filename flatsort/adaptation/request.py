"""What the command line asks for, checked before anything is begun."""

import argparse
import math
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flatsort.adaptation import plan as budget
from flatsort.adaptation.labelled_scores import check_ground_truth
from flatsort.adaptation.report_page import PAGE
from flatsort.adaptation.run_folder import RunFolder
from flatsort.descriptors import Descriptor, descriptor_label, load_descriptor
from flatsort.detectors.detector import Detector
from flatsort.detectors.detector_settings import DetectorSettings
from flatsort.detectors.registry import load_detector
from flatsort.errors import InputError
from flatsort.files.atomic import check_writable
from flatsort.files.sequence import Sequence
from flatsort.sources.container import without_password
from flatsort.sources.numbered import SequenceSource
from flatsort.sources.registry import open_source
from flatsort.sources.source import Source
from flatsort.training.crop_set import CropRule
from flatsort.training.train import check_name


@dataclass(frozen=True)
class Request:
    """Everything a run works with.

    Attributes:
        name: of the new descriptor.
        weights: the file to write.
        run: its folder, claimed.
        source: not entered yet.
        detector: finds people.
        before: the descriptor to compare with.
        before_name: as printed.
        rule: which boxes are learned from.
        seconds: for everything.
        seed: of training.
        command: a command line that asks for the same.
    """

    name: str
    weights: Path
    run: RunFolder
    source: Source
    detector: Detector
    before: Descriptor
    before_name: str
    rule: CropRule
    seconds: float
    seed: int
    command: str

    @property
    def labelled(self) -> Sequence | None:
        """The sequence, where it is one and has ground truth."""
        if isinstance(self.source, SequenceSource) and self.source.sequence.has_ground_truth:
            return self.source.sequence
        return None


def read_request(arguments: argparse.Namespace) -> Request:
    """Check the command line, open what it names and claim the run's folder.

    Raises:
        InputError: something is missing or out of range, or a run of another command is there.
    """
    name = arguments.out
    check_name("--out", name)
    for option in ("minutes", "min_height"):
        if not 0 < getattr(arguments, option) < math.inf:
            raise InputError(f"--{option.replace('_', '-')} must be above 0")
    if not math.isfinite(arguments.learn_confidence):
        raise InputError("--learn-confidence must be a number")
    if arguments.seed < 0:
        raise InputError("--seed must be 0 or above")
    if arguments.threads is not None and arguments.threads < 1:
        raise InputError("--threads must be above 0")
    weights = arguments.weights / f"{name}.safetensors"
    run = RunFolder(arguments.runs / "adapt" / name)
    check_writable(weights)
    check_writable(run.path / PAGE)
    if weights.exists() and not run.is_claimed:
        raise InputError(
            f"{weights} exists, and no run in {run.path} made it: give another --out, or remove it"
        )
    before_name = descriptor_label(arguments.before)
    if before_name == name:
        raise InputError(
            f"--before {arguments.before}: it is called {name} too: take another --out"
        )
    settings = DetectorSettings(
        tuple(arguments.classes), arguments.min_confidence, arguments.detector_nms
    )
    request = Request(
        name=name,
        weights=weights,
        run=run,
        source=open_source(arguments.source, arguments.mot_root),
        detector=load_detector(arguments.detector, settings),
        before=_open_before(arguments.before),
        before_name=before_name,
        rule=CropRule(
            detections=arguments.detector,
            min_confidence=arguments.learn_confidence,
            min_height=arguments.min_height,
            size=budget.crop_side(),
        ),
        seconds=60 * arguments.minutes,
        seed=arguments.seed,
        command=command_line(arguments),
    )
    if request.labelled:
        # What is wrong with it is better known now than at the end.
        check_ground_truth(request.labelled)
    run.claim(_words(arguments, request.source))
    return request


def _open_before(word: str) -> Descriptor:
    if word.startswith("features:"):
        raise InputError(f"--before {word}: it does not look at frames: name one that does")
    descriptor = load_descriptor(word, None)
    if descriptor is None:
        raise InputError(f"--before {word}: it does not look at people: name one that does")
    return descriptor


def _words(arguments: argparse.Namespace, source: Source) -> dict[str, Any]:
    """What decides the outcome, by option."""
    options = (
        *("detector", "classes", "min_confidence", "detector_nms", "learn_confidence"),
        *("min_height", "minutes", "before", "seed"),
    )
    words: dict[str, Any] = {"--source": source.location, "architecture": budget.ARCHITECTURE}
    path = Path(source.location)
    if path.is_file():
        words["file of --source"] = [path.stat().st_size, path.stat().st_mtime_ns]
    for option in options:
        words[f"--{option.replace('_', '-')}"] = getattr(arguments, option)
    return words


def command_line(arguments: argparse.Namespace) -> str:
    """For the model card, which others may read: URLs without their password."""
    words = [
        *("--source", without_password(arguments.source), "--detector", arguments.detector),
        *("--classes", *arguments.classes),
        *("--min-confidence", f"{arguments.min_confidence:g}"),
        *("--learn-confidence", f"{arguments.learn_confidence:g}"),
        *("--min-height", f"{arguments.min_height:g}", "--minutes", f"{arguments.minutes:g}"),
        *("--seed", f"{arguments.seed}", "--out", arguments.out),
    ]
    if arguments.detector_nms is not None:
        words += ["--detector-nms", f"{arguments.detector_nms:g}"]
    return f"python tools/adapt.py {shlex.join(words)}"
