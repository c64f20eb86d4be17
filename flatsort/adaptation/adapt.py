"""Adapt a descriptor to footage: find people in it, train on them, and compare old with new."""

import time
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
from flatsort.adaptation.linked_footage import LinkedFootage
from flatsort.adaptation.observed_footage import Footage
from flatsort.adaptation.prepared_run import PreparedRun, prepare
from flatsort.adaptation.report_page import PAGE, write_report
from flatsort.adaptation.request import AdaptationRequest
from flatsort.adaptation.schedule import collecting_seconds
from flatsort.adaptation.training_plan import ROUNDS, Plan, least_crops, make_plan
from flatsort.errors import InputError
from flatsort.reid_vae.errors import TrainingError
from flatsort.reid_vae.training.distributed import ALONE
from flatsort.training.model_card import CropOrigin, describe_calibration, write_model_cards
from flatsort.training.train import train
from flatsort.training.training_request import TrainingRequest

# Boxes; more of them hardly improve the descriptor.
_ENOUGH_BOXES = 15_000
# Seconds for the comparison and the report: per run, and per box.
_AFTERWARDS_S, _AFTERWARDS_BOX_S = 15.0, 0.007

Tell = Callable[[str], None]


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
        InputError: the request or the footage cannot be used, or the footage shows too few people.
    """
    begun = time.monotonic()
    run = prepare(request)
    # By default, train on one thread. Torch's threads wait for one another without sleeping, so two
    # threads are ten times as slow as one on a busy machine; on an idle one they save a third.
    torch.set_num_threads(request.threads or 1)
    if request.threads:
        cv2.setNumThreads(request.threads)
    linked = LinkedFootage(_collect(run, tell), run.rule, run.certain)
    facts = [_describe_footage(run, linked), _describe_tracklets(linked)]
    tell("\n".join(facts))
    plan = _plan(run, linked, begun, tell)
    facts.append(f"Training: {plan.line()}.")
    tell(facts[-1])
    card = _train(run, linked, plan)
    facts.append(_describe_weights(request.weights_path, card))
    findings = compare(run, linked)
    headlines = write_report(run.folder.path, findings, linked.footage, facts)
    report = run.folder.path / PAGE
    tell("\n".join([facts[-1], *headlines, f"Report: {report}"]))
    return Adaptation(findings, card, request.weights_path, report)


def _collect(run: PreparedRun, tell: Tell) -> Footage:
    store = run.folder.footage
    collector = Collector(run.detector, run.before, run.rule.size, store)
    with run.source as source:
        collector.collect(source, collecting_seconds(run.seconds), _ENOUGH_BOXES)
        for note in source.notes:
            tell(f"note: {note}")
    return store.load()


def _plan(run: PreparedRun, linked: LinkedFootage, begun: float, tell: Tell) -> Plan:
    """Return the plan in the run's folder, or else plan as many steps as there is time for.

    Raises:
        InputError: the crops are too few, or training on them fails.
    """
    plan = run.folder.load_plan()
    if plan is not None:
        return plan
    _check_enough(run, linked)
    spent = max(run.folder.footage.progress().effort.seconds, time.monotonic() - begun)
    afterwards = _AFTERWARDS_S + _AFTERWARDS_BOX_S * len(linked.footage)
    until = time.monotonic() + run.seconds - spent - afterwards
    shown = ~linked.held_out
    try:
        plan = make_plan(
            linked.crops.select(shown), linked.tracklets[shown], until, run.request.seed
        )
    except TrainingError as error:
        _forget(run)
        raise InputError(str(error)) from error
    run.folder.save_plan(plan)
    if time.monotonic() + plan.steps * plan.step_seconds > until:
        tell("note: training will take longer than --minutes: fewer steps would train nothing")
    return plan


def _check_enough(run: PreparedRun, linked: LinkedFootage) -> None:
    """Raise InputError if there are too few crops, or hardly any tracklets."""
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
    raise InputError(
        f"{found}: give more footage or --minutes, a lower --learn-confidence or --min-height, or "
        "another --detector"
    )


def _forget(run: PreparedRun) -> None:
    """Free the folder for another request, unless the same request can still collect more."""
    if run.folder.footage.progress().is_over:
        run.folder.forget()


def _train(run: PreparedRun, linked: LinkedFootage, plan: Plan) -> dict[str, Any]:
    """Train as planned; write the weights and the model cards; return the card of the weights."""
    request = run.request
    training = TrainingRequest(request.weights_path, run.folder.path, plan.settings(), ROUNDS)
    origin = CropOrigin((run.source.name,), run.rule, request.command_line())
    # The plan's time per step was measured on the CPU, so training stays on the CPU.
    people = None if run.certain is None else linked.people
    card = train(linked.crops, training, origin, linked.tracklets, ALONE, people)
    write_model_cards(request.weights)
    return card


def _describe_footage(run: PreparedRun, linked: LinkedFootage) -> str:
    footage, length = linked.footage, run.source.length
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
    unmet = (
        " The error never fell below kappa: more --minutes would help."
        if card["measured"]["initial_phase"]
        else ""
    )
    return f"Wrote {path}: {describe_calibration(card['calibration'])}.{unmet}"
