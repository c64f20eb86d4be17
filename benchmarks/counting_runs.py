"""Counts at the places of a rendered scene, by several trackers and by the truth."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.described_tracking import preset_options
from benchmarks.scenes_runs import CONTESTANTS, OURS, DescribedScene, track_scene
from flatsort.analysis.boundaries import Boundary, Line, Zone
from flatsort.analysis.count_intervals import Count
from flatsort.analysis.crossings import find_crossings
from flatsort.analysis.ground_scale import GroundScale
from flatsort.analysis.run_analysis import AnalysisRequest, analyse
from flatsort.detectors.detector_settings import DetectorSettings
from flatsort.files.mot_files import read_results
from flatsort.sources.registry import open_source
from flatsort.tracking.track_footage import track_footage
from flatsort.tracking.tracking_request import TrackingRequest

LINES = (
    Line("left", (320.0, 720.0), (320.0, 300.0)),
    Line("middle", (640.0, 720.0), (640.0, 300.0)),
    Line("right", (960.0, 720.0), (960.0, 300.0)),
)
"""Upright lines at a quarter, a half and three quarters of the picture, from the horizon down."""
ZONES = (Zone("square", ((400.0, 360.0), (880.0, 360.0), (880.0, 720.0), (400.0, 720.0))),)
"""The middle of the street."""
NAMES = (
    "sort",
    "flatsort, motion only",
    OURS.name,
    "offline, filled, fmvae-track-unseen",
)
COUNTERS = tuple(each for each in CONTESTANTS if each.name in NAMES)
"""The trackers of the table."""

STREET_LINE = Line("middle", (640.0, 900.0), (640.0, 500.0))
"""The line in the video; its lower end lies below the picture, because feet do too."""
BY_EYE = {"in": 3, "out": 1}
"""Crossings of this line in the video that a person saw in its frames."""


@dataclass(frozen=True)
class Row:
    """One count of one tracker on one scene, beside the true count."""

    seed: int
    tracker: str
    truth: int
    count: Count


def count_scene(scene: DescribedScene) -> list[Row]:
    """Return the counts of all trackers at all places of a scene, in both directions."""
    request = AnalysisRequest(LINES, ZONES, GroundScale.in_pixels())
    truths = {boundary.name: _true_counts(scene, boundary) for boundary in request.boundaries}
    return [
        Row(scene.seed, contestant.name, truths[count.name][count.direction], count)
        for contestant in COUNTERS
        for count in analyse(
            track_scene(scene, contestant), scene.length, scene.rate, request
        ).counts
    ]


def count_street(video: Path, detector: Path) -> list[Count]:
    """Return the counts of the video that was counted by eye, by the third tracker.

    Args:
        video: the video.
        detector: YOLOX-nano as an ONNX file.
    """
    options = preset_options(OURS.preset)
    with tempfile.TemporaryDirectory(prefix="flatsort-") as folder:
        request = TrackingRequest(
            descriptor=OURS.descriptor,
            options=options,
            detector=f"onnx:{detector}",
            detector_settings=DetectorSettings(min_confidence=options.min_confidence),
            results=Path(folder),
        )
        source = open_source(str(video))
        tracked = track_footage(source, request)
        frames = tracked.statistics.frames
        rows = read_results(tracked.results, frames)
    questions = AnalysisRequest((STREET_LINE,), (), GroundScale.in_pixels())
    return analyse(rows, frames, source.frame_rate, questions).counts


def _true_counts(scene: DescribedScene, boundary: Boundary) -> dict[str, int]:
    found = find_crossings(scene.truth, boundary)
    return {way: sum(each.direction == way for each in found) for way in ("in", "out")}
