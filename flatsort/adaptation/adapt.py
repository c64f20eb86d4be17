"""Adapt a descriptor to footage: find people in it, train on them, and compare old with new."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch

from flatsort.adaptation.certain_people import UNKNOWN
from flatsort.adaptation.collector import Collector
from flatsort.adaptation.comparison import compare
from flatsort.adaptation.findings import Findings
from flatsort.adaptation.learning import learn, pairs_told_apart
from flatsort.adaptation.linked_footage import LinkedFootage
from flatsort.adaptation.observed_footage import Footage
from flatsort.adaptation.prepared_run import PreparedRun, prepare
from flatsort.adaptation.report_page import PAGE, write_report
from flatsort.adaptation.request import AdaptationRequest
from flatsort.adaptation.training_plan import least_crops
from flatsort.detectors.box_cache import open_detector
from flatsort.detectors.detection_file import DetectionTable
from flatsort.errors import InputError
from flatsort.files.folder_lock import lock_folder
from flatsort.reid_vae.errors import TrainingError
from flatsort.sources.frame_selection import FrameSelection

# Boxes; more of them hardly improve the descriptor.
_ENOUGH_BOXES = 15_000

Tell = Callable[[str], None]


class TooFewPeople(InputError):
    """The footage shows too few people to learn from.

    Attributes:
        found: what was found, as a clause.
    """

    def __init__(self, found: str) -> None:
        super().__init__(
            f"{found}: give more footage, a lower --learn-confidence or --min-height, or another "
            "--detector"
        )
        self.found = found


@dataclass(frozen=True)
class Adaptation:
    """The outcome of one adaptation.

    Attributes:
        findings: the comparison of both descriptors; ``findings.verdict`` says which one to use.
        card: card of the new weights, as JSON values.
        weights: the file of the new weights.
        report: the page about the run.
    """

    findings: Findings
    card: dict[str, Any]
    weights: Path
    report: Path


def adapt(request: AdaptationRequest, tell: Tell = print) -> Adaptation:
    """Train a descriptor on footage without labels, and compare it with the old descriptor.

    Args:
        request: the footage, the time and the places to write to.
        tell: receives each line about the run as soon as it is known.

    Raises:
        InputError: the request or the footage cannot be used, the footage shows too few people, or
            another process works on the same run.
    """
    run = prepare(request)
    with lock_folder(run.folder.path):
        found = find_and_learn(run, tell)
        findings = compare(run, found.linked)
        headlines = write_report(run.folder.path, findings, found.linked.footage, found.facts)
    report = run.folder.path / PAGE
    tell("\n".join([*headlines, f"Report: {report}"]))
    return Adaptation(findings, found.card, request.weights_path, report)


@dataclass(frozen=True)
class LearnedFootage:
    """Footage, and what a run has learned from it.

    Attributes:
        linked: the footage.
        card: card of the new weights, as JSON values.
        facts: sentences about the footage and the learning.
    """

    linked: LinkedFootage
    card: dict[str, Any]
    facts: list[str]


def find_and_learn(run: PreparedRun, tell: Tell = print) -> LearnedFootage:
    """Find people in the footage of a run, learn from them, and write the weights.

    Raises:
        InputError: as :func:`adapt`.
    """
    # By default, train on one thread. Torch's threads wait for one another without sleeping, so two
    # threads are ten times as slow as one on a busy machine; on an idle one they save a third.
    torch.set_num_threads(run.request.threads or 1)
    if run.request.threads:
        cv2.setNumThreads(run.request.threads)
    linked = LinkedFootage(_collect(run, tell), run.rule, run.certain)
    facts = [_describe_footage(run, linked), _describe_tracklets(linked)]
    tell("\n".join(facts))
    _check_enough(run, linked)
    try:
        learned = learn(run, linked)
    except TrainingError as error:
        _forget(run)
        # The advice after the colon is about options of other commands.
        raise TooFewPeople(str(error).partition(": ")[0]) from error
    facts += [*learned.facts, _describe_weights(run.request.weights_path, learned.card)]
    tell("\n".join(facts[2:]))
    return LearnedFootage(linked, learned.card, facts)


def _collect(run: PreparedRun, tell: Tell) -> Footage:
    store = run.folder.footage
    request = run.request
    opened = open_detector(request.detector, request.detector_settings, run.source, request.cache)
    with opened as detector, run.source as source:
        if isinstance(detector, DetectionTable):
            for note in detector.notes(size=None, last=None):
                tell(f"note: {note}")
        collector = Collector(detector, run.before, run.rule.size, store)
        part = FrameSelection(request.first, request.last)
        collector.collect(source, run.collecting_seconds, _ENOUGH_BOXES, part)
        for note in source.notes:
            tell(f"note: {note}")
    return store.load()


def _check_enough(run: PreparedRun, linked: LinkedFootage) -> None:
    """Raise TooFewPeople if there are too few crops, or hardly any tracklets."""
    count, needed = int((~linked.held_out).sum()), least_crops()
    if count >= needed and linked.tracklet_count > 1:
        return
    _forget(run)
    found = (
        f"{count} boxes of people to learn from were found in {len(linked.footage.numbers)} "
        f"frames of {run.source.name}, and at least {needed} are needed"
        if count < needed
        else f"hardly a box in {run.source.name} could be linked to a box in the next frame"
    )
    raise TooFewPeople(found)


def _forget(run: PreparedRun) -> None:
    """Free the folder for another request, unless the same request can still collect more."""
    if run.folder.footage.progress().is_over:
        run.folder.forget()


def _describe_footage(run: PreparedRun, linked: LinkedFootage) -> str:
    footage = linked.footage
    length = FrameSelection(run.request.first, run.request.last).count(run.source.length)
    total = "" if length is None else f" of {length:,}"
    seconds = run.folder.footage.progress().effort.seconds
    return (
        f"{len(footage.numbers):,}{total} frames of {run.source.name} looked at in {seconds:.0f} "
        f"s: {len(footage):,} boxes."
    )


def _describe_tracklets(linked: LinkedFootage) -> str:
    return (
        f"{len(linked.crops):,} boxes are confident and large enough to learn from, in "
        f"{linked.tracklet_count:,} tracklets of two or more; {linked.held_out.sum():,} boxes are "
        f"held out of training.{_describe_certain(linked)}"
    )


def _describe_certain(linked: LinkedFootage) -> str:
    """Return a sentence on the boxes whose people a user has told apart; "" without any."""
    certain = linked.people[linked.people != UNKNOWN]
    if len(certain) == 0:
        return ""
    return f" Edits tell {len(np.unique(certain))} people apart in {len(certain):,} boxes."


def _describe_weights(path: Path, card: dict[str, Any]) -> str:
    error = card["calibration"].get("equal_error_rate")
    quality = "no boxes to measure it on" if error is None else pairs_told_apart(error)
    return f"Wrote {path}: {quality}."
