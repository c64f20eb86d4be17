"""What tools/adapt.py does: footage in; weights, their gate and a report out."""

import argparse
import time

import cv2
import numpy as np
import torch

from flatsort.adaptation.collector import Collector
from flatsort.adaptation.comparison import compare
from flatsort.adaptation.material import Material
from flatsort.adaptation.observed_footage import Footage
from flatsort.adaptation.plan import ROUNDS, Plan, least_crops, make_plan
from flatsort.adaptation.report_page import PAGE, write_report
from flatsort.adaptation.request import Request, read_request
from flatsort.adaptation.schedule import looking_seconds
from flatsort.errors import InputError
from flatsort.reid_vae.errors import TrainingError
from flatsort.reid_vae.weights.weights import save_weights
from flatsort.reid_vae.weights.weights_file import WeightsError
from flatsort.training.model_card import describe_calibration, make_card, write_model_cards
from flatsort.training.rounds import Rounds

# More boxes than these add little.
_ENOUGH_BOXES = 15_000
# Seconds for what comes after training, and for each box in it.
_AFTERWARDS_S, _AFTERWARDS_BOX_S = 15.0, 0.004


def adapt(arguments: argparse.Namespace) -> None:
    """Adapt as the command line says.

    Raises:
        InputError: the command line is wrong, the footage is, or it shows too few people.
    """
    begun = time.monotonic()
    request = read_request(arguments)
    # Torch's threads wait for one another without sleeping: beside other work, a step of two takes
    # ten times as long as of one, where nothing else runs it takes two thirds.
    torch.set_num_threads(arguments.threads or 1)
    if arguments.threads:
        cv2.setNumThreads(arguments.threads)
    material = Material(_collect(request), request.rule)
    facts = [_seen(request, material), _linked(material)]
    print("\n".join(facts))
    try:
        plan = _plan(request, material, begun)
        facts.append(f"Training: {plan.line()}.")
        print(facts[-1])
        facts.append(_train(request, material, plan))
    except (TrainingError, WeightsError) as error:
        raise InputError(str(error)) from error
    findings = compare(request, material)
    headlines = write_report(request.run.path, findings, facts)
    print("\n".join([facts[-1], *headlines, f"Report: {request.run.path / PAGE}"]))


def _collect(request: Request) -> Footage:
    store = request.run.footage
    collector = Collector(request.detector, request.before, request.rule.size, store)
    with request.source as source:
        collector.collect(source, looking_seconds(request.seconds), _ENOUGH_BOXES)
        for note in source.notes:
            print(f"note: {note}")
    return store.load()


def _plan(request: Request, material: Material, begun: float) -> Plan:
    """What was planned before, else what there is time for.

    Raises:
        InputError: there is too little to train on.
        TrainingError: it cannot be trained on.
    """
    plan = request.run.load_plan()
    if plan is None:
        _check_enough(request, material)
        spent = max(request.run.footage.standing().effort.seconds, time.monotonic() - begun)
        afterwards = _AFTERWARDS_S + _AFTERWARDS_BOX_S * len(material.footage)
        until = time.monotonic() + request.seconds - spent - afterwards
        shown = ~material.held
        crops, tracklets = material.crops.select(shown), material.linked[shown]
        try:
            plan = make_plan(crops, tracklets, until, request.seed)
        except TrainingError:
            _forget(request)
            raise
        request.run.save_plan(plan)
        if time.monotonic() + plan.steps * plan.step_seconds > until:
            print("note: it will take longer than --minutes: fewer steps would train nothing")
    return plan


def _forget(request: Request) -> None:
    """Leave the folder to another attempt, unless this one can still collect more."""
    if request.run.footage.standing().is_over:
        request.run.forget()


def _check_enough(request: Request, material: Material) -> None:
    """Raise InputError if there are too few crops, or none could be linked."""
    count, needed = int((~material.held).sum()), least_crops()
    sizes = np.unique(material.linked, return_counts=True)[1]
    if count >= needed and (sizes > 1).sum() > 1:
        return
    _forget(request)
    found = (
        f"{count} boxes of people to learn from were found in {len(material.footage.numbers)} "
        f"frames of {request.source.name}, and at least {needed} are needed"
        if count < needed
        else f"hardly a box in {request.source.name} could be linked to the next frame's"
    )
    raise InputError(
        f"{found}: give more footage or --minutes, a lower --learn-confidence or --min-height, or "
        "another --detector"
    )


def _train(request: Request, material: Material, plan: Plan) -> str:
    """Train, calibrate, write the weights; a sentence on that.

    Raises:
        TrainingError: training cannot go on.
        WeightsError: the weights cannot be stored.
    """
    settings = plan.settings()
    rounds = Rounds(settings, material.crops, ROUNDS, request.run.path, linked=material.linked)
    trainer = rounds.train()
    measured, calibration = trainer.measure(), rounds.calibrate(trainer)
    card = make_card(
        settings, request.rule, [request.source.name], rounds.facts(), measured, calibration
    )
    save_weights(request.weights, trainer.model, {**card, "command": request.command})
    write_model_cards(request.weights.parent)
    unmet = (
        " The error never came below kappa: more --minutes would help."
        if measured.initial_phase
        else ""
    )
    return f"Wrote {request.weights}: {describe_calibration(card['calibration'])}.{unmet}"


def _seen(request: Request, material: Material) -> str:
    footage, length = material.footage, request.source.length
    of = "" if length is None else f" of {length:,}"
    seconds = request.run.footage.standing().effort.seconds
    return (
        f"{len(footage.numbers):,}{of} frames of {request.source.name} looked at in {seconds:.0f} "
        f"s: {len(footage):,} boxes."
    )


def _linked(material: Material) -> str:
    sizes = np.unique(material.linked, return_counts=True)[1]
    return (
        f"{len(material.crops):,} are sure and large enough to learn from, in "
        f"{(sizes > 1).sum():,} tracklets of two and more; {material.held.sum():,} are held out of "
        "training."
    )
