"""Evaluate descriptors on one labelled sequence: scores, gates and flatness."""

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from flatsort.descriptors import Descriptor, descriptor_label, load_descriptor
from flatsort.descriptors.registry import weights_path
from flatsort.distribution.pool import Pool
from flatsort.distribution.units import run_units
from flatsort.errors import InputError
from flatsort.evaluation.reid.describe import Description, describe
from flatsort.evaluation.reid.gates import (
    JudgedGate,
    errors_at,
    gallery_pairs,
    recommend_gate,
    tracklets_of,
)
from flatsort.evaluation.reid.judged_boxes import Boxes, detected_boxes, labelled_boxes
from flatsort.evaluation.reid.pair_scores import score_pairs
from flatsort.evaluation.reid.pairs import (
    MAX_GAP_FRAMES,
    MIN_GAP_FRAMES,
    count_pairs,
    distance_name,
    make_metrics,
)
from flatsort.evaluation.reid.raw_pixels import PIXELS, RawPixels
from flatsort.evaluation.reid.reid_findings import DescriptorReport, Report
from flatsort.files.sequence import Sequence
from flatsort.progress import ProgressBar
from flatsort.reid_vae.weights.weights_file import has_decoder
from flatsort.tracker import AppearanceMetric

if TYPE_CHECKING:
    from flatsort.evaluation.reid.decoder_flatness import Flatness


def evaluate(sequence: Sequence, words: Iterable[str], detections: str, jobs: int = 1) -> Report:
    """Evaluate descriptors, and raw pixels for comparison, on a sequence's labelled crops.

    Args:
        sequence: a sequence with frames, ground truth and detections.
        words: names of descriptors, as `load_descriptor` takes them.
        detections: a file in the sequence's det/; it sets the centre of cosines and the gates.
        jobs: number of descriptors to score at the same time, one process each. They describe
            the crops one after another, because the report says how fast each one is.

    Raises:
        InputError: the sequence lacks frames, ground truth, the detections or pairs of crops; a
            descriptor does not look at frames; or two descriptors have the same name.
    """
    labelled, detected = labelled_boxes(sequence), detected_boxes(sequence, detections)
    same_pairs, other_pairs = count_pairs(labelled)
    if not same_pairs or not other_pairs:
        raise InputError(
            f"{sequence.ground_truth_path}: no two crops of "
            f"{'two people' if same_pairs else 'one person'} are {MIN_GAP_FRAMES} to "
            f"{MAX_GAP_FRAMES} frames apart: name a longer sequence"
        )
    named = _name_descriptors(words)
    descriptors: dict[str, Descriptor] = {PIXELS: RawPixels()}
    for name, word in named.items():
        descriptors[name] = _create(word, sequence)
    descriptions = describe(sequence, descriptors, labelled, detected)
    judge = _Judge(labelled, detected)
    centres = {name: _own_centre(word, descriptors[name]) for name, word in named.items()}
    pixels = descriptions[PIXELS].labelled
    flatness = {
        name: _flatness(word, descriptions[name].labelled, pixels) for name, word in named.items()
    }
    scorings = [
        _Scoring(
            judge, name, each.metric, descriptions[name], centres.get(name), flatness.get(name)
        )
        for name, each in descriptors.items()
    ]
    return Report(
        sequence=sequence.name,
        labelled=len(labelled),
        people=len(np.unique(labelled.ids)),
        same_pairs=same_pairs,
        other_pairs=other_pairs,
        detections=detections,
        detected=len(detected),
        descriptors=_score(scorings, jobs),
    )


def _name_descriptors(words: Iterable[str]) -> dict[str, str]:
    """Map names in the report to words of the command line; refuse two equal names."""
    named: dict[str, str] = {}
    for word in words:
        name = descriptor_label(word)
        if name in named:
            raise InputError(
                f"descriptor {word}: {named[name]} is called {name} too: rename one of the files"
            )
        named[name] = word
    return named


def _create(word: str, sequence: Sequence) -> Descriptor:
    descriptor = load_descriptor(word, sequence)
    if descriptor is None or not descriptor.needs_images:
        raise InputError(
            f"descriptor {word}: it does not look at frames, so it has no features of "
            "ground-truth boxes: name a descriptor that looks at frames"
        )
    return descriptor


_FEWEST_FOR_RESIDUAL = 8
"""Fewest labelled crops for the encoder's affine residual."""


class _Judge:
    """Evaluates one descriptor after another on the boxes of one sequence."""

    def __init__(self, labelled: Boxes, detected: Boxes) -> None:
        self._labelled = labelled
        self._detected = detected
        self._tracklets = tracklets_of(detected)

    def report(
        self,
        name: str,
        own_metric: AppearanceMetric,
        described: Description,
        own_centre: NDArray[np.floating] | None,
        flatness: "Flatness | None",
    ) -> DescriptorReport:
        """Evaluate one descriptor with every distance."""
        features = described.labelled
        # A new camera has detections but no labels, so labels must not influence a gate.
        centring = described.detected if len(described.detected) else features
        metrics = make_metrics(centring.mean(0), own_centre)
        scores, pairs, galleries, recommended = {}, {}, {}, {}
        for distance, metric in metrics.items():
            scores[distance], pairs[distance] = score_pairs(self._labelled, features, metric)
            galleries[distance] = gallery_pairs(
                self._labelled, self._labelled.ids, features, metric
            )
            recommended[distance] = recommend_gate(
                self._detected, self._tracklets, described.detected, metric
            )

        def judged(distance: str, gate: float) -> JudgedGate:
            errors = (errors_at(gate, seen[distance]) for seen in (pairs, galleries))
            return JudgedGate(distance, gate, *errors)

        own = distance_name(own_metric)
        return DescriptorReport(
            name=name,
            dimensions=features.shape[1],
            crops_per_second=described.crops_per_second,
            busy_cores=described.busy_cores,
            scores=scores,
            recommended=recommended,
            gates={d: judged(d, found.gate) for d, found in recommended.items() if found},
            own=judged(own, own_metric.gate) if name != PIXELS else None,
            flatness=flatness,
            pairs=pairs,
        )


@dataclass(frozen=True)
class _Scoring:
    """Scores one descriptor; a unit of work."""

    judge: _Judge
    name: str
    metric: AppearanceMetric
    described: Description
    own_centre: NDArray[np.floating] | None
    flatness: "Flatness | None"

    def __call__(self) -> DescriptorReport:
        return self.judge.report(
            self.name, self.metric, self.described, self.own_centre, self.flatness
        )


def _score(scorings: list[_Scoring], jobs: int) -> list[DescriptorReport]:
    """Score descriptors in this process, or in several ones."""
    if jobs == 1:
        return [each() for each in ProgressBar(scorings, desc="scoring", unit="descriptor")]
    reports = []
    with closing(run_units(scorings, Pool(jobs), "scoring", "descriptor")) as outcomes:
        for outcome in outcomes:
            if outcome.failure is not None:
                raise InputError(f"descriptor {outcome.name}: {outcome.failure}")
            reports.append(outcome.value)
    return reports


def _flatness(
    word: str, latents: NDArray[np.float32], pixels: NDArray[np.float32]
) -> "Flatness | None":
    """Measure the model of trained weights; None for a descriptor without a decoder."""
    path = weights_path(word)
    if path is None or not has_decoder(path):
        return None
    # Imported only here: torch takes seconds to load, and a histogram does not need it.
    from flatsort.evaluation.reid.decoder_flatness import measure_flatness

    return measure_flatness(path, latents, pixels if len(pixels) >= _FEWEST_FOR_RESIDUAL else None)


def _own_centre(word: str, descriptor: Descriptor) -> NDArray[np.floating] | None:
    """Find the descriptor's own centre.

    For trained weights it is the mean of their training crops, for other descriptors the centre
    of their metric, if it has one.
    """
    path = weights_path(word)
    if path is None:
        return descriptor.metric.centre
    from flatsort.reid_vae.weights.encoder import CropEncoder

    # Weights with a Euclidean metric keep a mean too, but their metric has no centre.
    return CropEncoder(path).latent_mean
