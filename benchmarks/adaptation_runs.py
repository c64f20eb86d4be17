"""Descriptors learned from footage in a given time, and the scores of what they do there."""

import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.accuracy_boxes import WITH_FRAMES, box_sets
from benchmarks.linking_runs import FILL_S
from benchmarks.scenes_runs import FRAMES
from flatsort.adaptation.adapt import find_and_learn
from flatsort.adaptation.prepared_run import prepare
from flatsort.adaptation.request import AdaptationRequest
from flatsort.descriptors.registry import load_descriptor
from flatsort.detectors.detector_settings import DetectorSettings
from flatsort.evaluation.reid.describe import describe
from flatsort.evaluation.reid.judged_boxes import Boxes, labelled_boxes
from flatsort.evaluation.reid.pair_scores import score_pairs
from flatsort.evaluation.reid.pairs import CENTRED_COSINE, make_metrics
from flatsort.evaluation.tracks.score import ScoredFile, score_files
from flatsort.files.mot_files import read_detections
from flatsort.files.sequence import Sequence, open_sequence
from flatsort.linking.linking_request import LinkingRequest
from flatsort.progress import ProgressBar
from flatsort.scene.scene_folder import write_scene
from flatsort.tracking.track_footage import track_footage
from flatsort.tracking.tracker_options import TrackerOptions
from flatsort.tracking.tracking_request import TrackingRequest
from flatsort.training.crop_set import CropRule

MINUTES = (1 / 3, 1.0, 3.0, 10.0)
"""Minutes of learning on MOT16-09."""
SCENE_MINUTES = (1 / 3, 1.0, 3.0)
"""The same on the scenes; ten minutes on three scenes would take half an hour."""
SIMULATED = "simulated"
"""Name of the scenes' detector."""
SEEDS = (300, 301, 302)
"""Seeds of the scenes."""
TRACKED_MINUTES = 3.0
"""Minutes of learning of the descriptors that link MOT16-09."""
MIN_CONFIDENCE = 0.1
"""Smallest confidence of a box: the default of `track.py --offline`."""
PLAIN, FILLED, AUTO = "--offline", f"--offline --fill {FILL_S:g}s", "--thresholds auto"
WAYS = (PLAIN, FILLED, AUTO)
"""Ways to track offline."""
COLUMNS = ("IDF1", "HOTA", "MOTA", "Purity", "IDs")


@dataclass(frozen=True)
class Footage:
    """A sequence, and the detection file with the boxes that a descriptor learns from."""

    name: str
    boxes: str
    sequence: Sequence
    detections: Path


def real_footage(mot_root: str | None, detector: Path | None, folder: Path) -> list[Footage]:
    """Return MOT16-09 with the boxes of each detector, those of YOLOX-x first."""
    return [
        Footage(WITH_FRAMES, boxes.title, sequence, detections.path)
        for boxes in box_sets(mot_root, detector, folder)
        if len(boxes.boxes) == 1
        for sequence, detections in boxes.boxes
    ]


def scenes(folder: Path) -> list[Footage]:
    """Return the scenes with the boxes of their simulated detector; missing ones are rendered."""
    found = []
    for seed in SEEDS:
        scene = folder / f"scene{seed}"
        if not (scene / "seqinfo.ini").is_file():
            write_scene(scene, seed, FRAMES, ProgressBar)
        sequence = open_sequence(scene)
        found.append(Footage(f"scene {seed}", SIMULATED, sequence, sequence.find_detections()))
    return found


def learn_for(footage: Footage, minutes: float, folder: Path) -> tuple[Path, dict[str, Any]]:
    """Learn from footage anew; return the weights, and the facts of the run as JSON values."""
    key = f"{footage.sequence.name}-{footage.detections.stem}"
    name = f"{key}-{round(60 * minutes)}s"
    shutil.rmtree(folder / "adapt" / name, ignore_errors=True)
    (folder / "weights" / f"{name}.safetensors").unlink(missing_ok=True)
    crops = folder / "crops" / key
    if crops.is_dir():
        shutil.copytree(crops, folder / "adapt" / name / "footage")
    request = AdaptationRequest(
        source=str(footage.sequence.folder),
        name=name,
        detector=f"file:{footage.detections}",
        detector_settings=DetectorSettings(min_confidence=MIN_CONFIDENCE),
        minutes=minutes,
        runs=folder,
        weights=folder / "weights",
        cache=None,
        before="histogram",
    )
    before, start = os.getloadavg()[0], time.monotonic()
    learned = find_and_learn(prepare(request))
    seconds = time.monotonic() - start
    if not crops.is_dir():
        shutil.copytree(request.run_path / "footage", crops)
    facts = {
        "footage": footage.name,
        "boxes": footage.boxes,
        "minutes": minutes,
        "steps": learned.card["settings"]["steps"],
        "facts": learned.facts,
        "seconds": round(seconds, 1),
        "load": [round(before, 1), round(os.getloadavg()[0], 1)],
    }
    return request.weights_path, facts


def judge(footage: Footage, weights: Path) -> dict[str, float]:
    """Score weights as the descriptor report does, by its centred cosine."""
    labelled = labelled_boxes(footage.sequence)
    descriptor = load_descriptor(str(weights), footage.sequence)
    detections = read_detections(footage.detections, footage.sequence.length)
    kept = detections.select(CropRule().keeps(detections))
    detected = Boxes(kept.frames, kept.boxes_tlwh, kept.ids)
    features = describe(footage.sequence, {"new": descriptor}, labelled, detected)["new"]
    metric = make_metrics(features.detected.mean(axis=0))[CENTRED_COSINE]
    scores, _ = score_pairs(labelled, features.labelled, metric)
    return {"AUC": scores.auc, "rank-1": scores.rank_1, "mAP": scores.mean_average_precision}


def track_with(footage: Footage, weights: Path, way: str, folder: Path) -> dict[str, float]:
    """Track and link footage offline in one of WAYS; return the scores' columns."""
    request = TrackingRequest(
        descriptor=str(weights),
        options=TrackerOptions(preset="flatsort", min_confidence=MIN_CONFIDENCE),
        detections=str(footage.detections),
        learns_thresholds=way == AUTO,
        results=folder / "results",
        linking=LinkingRequest(str(weights), fill_s=FILL_S if way == FILLED else 0.0),
    )
    path = track_footage(footage.sequence, request).results
    columns = score_files([ScoredFile(footage.sequence, path)])[0].columns(["Purity"])
    return {name: float(columns[name]) for name in COLUMNS}
