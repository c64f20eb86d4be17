"""Learn a descriptor from footage: at once in closed form, then by training from there."""

import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flatsort.adaptation.linked_footage import LinkedFootage, correct_tracklets
from flatsort.adaptation.linked_people import link_people
from flatsort.adaptation.prepared_run import PreparedRun
from flatsort.adaptation.report_page import SHEET
from flatsort.adaptation.training_plan import Plan, closed_form, make_plan
from flatsort.files.atomic import atomic_path
from flatsort.reid_vae.training.distributed import ALONE
from flatsort.reid_vae.training.trainer import Trainer
from flatsort.reid_vae.weights.encoder import CropEncoder, encode_crops
from flatsort.reid_vae.weights.weights_file import read_card
from flatsort.tracker import AppearanceMetric
from flatsort.training.calibration import calibrate
from flatsort.training.model_card import CropOrigin, write_model_cards
from flatsort.training.train import train
from flatsort.training.training_request import TrainingRequest

# Seconds that are needed after the last step: for measurements, and per crop for encoding.
_AFTERWARDS_S, _AFTERWARDS_CROP_S = 6.0, 0.001


@dataclass(frozen=True)
class Learned:
    """The descriptor that a run has learned.

    Attributes:
        card: card of the weights, as JSON values.
        facts: sentences about the learning, for the report.
    """

    card: dict[str, Any]
    facts: list[str]


def learn(run: PreparedRun, linked: LinkedFootage) -> Learned:
    """Learn from the crops of a run, and write the weights, their encoder and the model cards.

    First the closed form is fitted to the tracklets. Its features link the tracklets over the whole
    footage, and it is fitted again to the linked people, so that it knows how people look after an
    absence. If there is time, training goes on from there. The weights are those of the closed form
    or of the training: whichever errs less on crops held out of both.

    Raises:
        TrainingError: learning from the crops fails.
        InputError: a file cannot be written.
    """
    begun = time.monotonic()
    looks = _looks_of_closed_form(run, linked)
    people = link_people(linked, run.source.frame_rate, *looks)
    known = people >= 0
    people[known] = correct_tracklets(
        people[known], linked.crops.frames[known], linked.people[known]
    )
    return _Learning(run, linked, people, begun + run.learning_seconds).finish()


def _looks_of_closed_form(
    run: PreparedRun, linked: LinkedFootage
) -> tuple[NDArray[np.float32], AppearanceMetric]:
    """Fit the closed form to the tracklets; return the features of all boxes and their metric."""
    shown = ~linked.held_out
    settings = closed_form(run.request.seed).settings()
    trainer = Trainer(settings, linked.crops.images[shown], linked.tracklets[shown])
    features = encode_crops(trainer.model.eval(), linked.footage.images)
    centre = features[np.flatnonzero(linked.learned)[shown]].mean(axis=0)
    return features, AppearanceMetric("cosine", gate=1.0, centre=centre)


class _Learning:
    """The fits of one run.

    Args:
        run: the run.
        linked: its footage.
        people: (L,), the person of each crop; below 0 for a crop without a known person.
        until: time.monotonic() at which learning should end.
    """

    def __init__(
        self, run: PreparedRun, linked: LinkedFootage, people: NDArray[np.int64], until: float
    ) -> None:
        self._run, self._until = run, until
        known = people >= 0
        self._crops = linked.crops.select(known)
        self._tracklets, self._people = linked.tracklets[known], people[known]
        self._held_out = linked.held_out[known]

    def finish(self) -> Learned:
        """Fit, train if there is time, and write the better weights."""
        weights = self._run.request.weights_path
        count = len(np.unique(self._people))
        facts = [f"Learned from {len(self._crops):,} crops, linked to {count} people."]
        closed = self._fit("closed", closed_form(self._run.request.seed))
        chosen, plan = closed, self._plan()
        if plan.steps:
            facts.append(f"Training: {plan.line()}.")
            trained = self._fit("trained", plan)
            errors = self._error(closed), self._error(trained)
            if None in errors:
                facts.append(
                    "Too few boxes were held out to compare: kept the descriptor computed at once."
                )
            else:
                chosen = trained if errors[1] < errors[0] else closed
                facts.append(_say_choice(*errors))
        else:
            facts.append("The time allows no training: the descriptor is the one computed at once.")
        _copy(chosen.parent / SHEET, self._run.folder.path / SHEET)
        for suffix in (".safetensors", ".onnx"):
            _copy(chosen.with_suffix(suffix), weights.with_suffix(suffix))
        write_model_cards(self._run.request.weights)
        return Learned(read_card(weights), facts)

    def _fit(self, name: str, plan: Plan) -> Path:
        """Fit in closed form, or train as planned, and return the file of the weights."""
        run, request = self._run, self._run.request
        folder = run.folder.path / name
        weights = folder / f"{request.name}.safetensors"
        origin = CropOrigin((run.source.name,), run.rule, request.command_line())
        purpose = f"learning how people look in {run.source.name}"
        training = TrainingRequest(weights, folder, plan.settings(), rounds=1, purpose=purpose)
        # The plan's time per step was measured on the CPU, so training stays on the CPU.
        train(self._crops, training, origin, self._tracklets, ALONE, self._people, self._held_out)
        return weights

    def _plan(self) -> Plan:
        """Return the plan in the run's folder, or else plan as many steps as there is time for."""
        plan = self._run.folder.load_plan()
        if plan is not None:
            return plan
        shown = ~self._held_out
        until = self._until - _AFTERWARDS_S - _AFTERWARDS_CROP_S * len(self._crops)
        plan = make_plan(
            self._crops.images[shown], self._people[shown], until, self._run.request.seed
        )
        self._run.folder.save_plan(plan)
        return plan

    def _error(self, weights: Path) -> float | None:
        """Return the equal error rate of held-out crops against the galleries of people.

        None if too few crops are held out.
        """
        features = CropEncoder(weights)(self._crops.images)
        centre = features[~self._held_out].mean(axis=0)
        found = calibrate(self._crops, features, centre, self._people, self._held_out)
        return None if found is None else found.equal_error_rate


def _say_choice(closed: float, trained: float) -> str:
    kept = "trained descriptor" if trained < closed else "descriptor computed at once"
    return (
        f"Kept the {kept}: {pairs_told_apart(closed)} by the one computed at once, and by the "
        f"trained one {100 - 100 * trained:.1f}."
    )


def pairs_told_apart(error: float) -> str:
    """Return an equal error rate on pairs of held-out boxes as a phrase for a user."""
    return f"of 100 pairs of boxes held out, {100 - 100 * error:.1f} are told apart"


def _copy(source: Path, target: Path) -> None:
    with atomic_path(target) as temporary:
        shutil.copyfile(source, temporary)
