"""The request for one adaptation: the values that a user gives, each with its default."""

import math
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flatsort.adaptation import training_plan
from flatsort.detectors.default_detector import DEFAULT_DETECTOR
from flatsort.detectors.detector_settings import DetectorSettings
from flatsort.errors import InputError
from flatsort.files.file_digest import digest_of
from flatsort.files.paths import FEATURE_CACHE, OWN_WEIGHTS, RUNS
from flatsort.sources.container import without_password
from flatsort.training.weights_name import check_name


@dataclass(frozen=True)
class AdaptationRequest:
    """What to learn from, for how long, and where to write.

    Attributes:
        source: a video, a folder of images, a camera's number, a URL or a MOT-layout sequence.
        name: name of the new descriptor.
        detector: finds people; its word, as `load_detector` takes it.
        detector_settings: the classes to find, the lowest confidence and the largest IoU.
        learn_confidence: lowest confidence of a detection to learn from; detections below it are
            only tracked.
        min_height: smallest height of a box to learn from, in pixels.
        minutes: time for learning, after the boxes were found. A camera is watched in this time,
            too.
        before: the descriptor to compare with.
        edits: edits file that the page of a run saved: people whom a user has told apart.
        results: the result file on whose page the edits were marked.
        seed: seed of the initial weights and the batches.
        threads: number of processor threads; None for one in training and all elsewhere.
        mot_root: folder with the sequences; None for $MOT16_ROOT or data/MOT16.
        runs: the run is kept in its subfolder adapt/NAME, where the same request continues it.
        weights: folder of the new weights, NAME.safetensors.
        frame_rate: frames per second of a folder of images; None for its usual rate.
        folder: folder of the run; None for RUNS/adapt/NAME.
        cache: folder for the boxes of recordings; None to keep none.
        first: the first frame of a recording to learn from.
        last: the last one; None for the end of the recording.

    Raises:
        InputError: a value is out of range, or the name is reserved. The message names the command
            line's option.
    """

    source: str
    name: str
    detector: str = DEFAULT_DETECTOR
    detector_settings: DetectorSettings = field(default_factory=DetectorSettings)
    learn_confidence: float = 0.5
    min_height: float = 40.0
    minutes: float = 10.0
    before: str = "fmvae-track-unseen"
    edits: Path | None = None
    results: Path | None = None
    seed: int = 0
    threads: int | None = None
    mot_root: str | None = None
    runs: Path = RUNS
    weights: Path = OWN_WEIGHTS
    frame_rate: float | None = None
    folder: Path | None = None
    cache: Path | None = FEATURE_CACHE
    first: int = 1
    last: int | None = None

    def __post_init__(self) -> None:
        check_name("--out", self.name)
        for option, value in (("--minutes", self.minutes), ("--min-height", self.min_height)):
            if not 0 < value < math.inf:
                raise InputError(f"{option} must be above 0")
        if not math.isfinite(self.learn_confidence):
            raise InputError("--learn-confidence must be a number")
        if self.seed < 0:
            raise InputError("--seed must be 0 or above")
        if (self.edits is None) != (self.results is None):
            raise InputError(
                "--edits and --results go together: the edits name the tracks of the results"
            )
        if self.threads is not None and self.threads < 1:
            raise InputError("--threads must be above 0")

    @property
    def weights_path(self) -> Path:
        """The file of the new weights."""
        return self.weights / f"{self.name}.safetensors"

    @property
    def run_path(self) -> Path:
        """The folder of the run."""
        return self.folder or self.runs / "adapt" / self.name

    def decisive_values(self, location: str) -> dict[str, Any]:
        """Return the values that decide the weights, by option, as run.json keeps them.

        Args:
            location: location of the opened source.
        """
        path = Path(location)
        stat = path.stat() if path.is_file() else None
        return {
            "--source": location,
            "architecture": training_plan.ARCHITECTURE,
            **({"file of --source": [stat.st_size, stat.st_mtime_ns]} if stat else {}),
            "--detector": self.detector,
            "--classes": self.detector_settings.classes,
            "--min-confidence": self.detector_settings.min_confidence,
            "--detector-nms": self.detector_settings.nms_overlap,
            "--learn-confidence": self.learn_confidence,
            "--min-height": self.min_height,
            "--minutes": self.minutes,
            "--before": self.before,
            "--seed": self.seed,
            **({"--edits": digest_of(self.edits)} if self.edits else {}),
            **({} if (self.first, self.last) == (1, None) else {"frames": [self.first, self.last]}),
        }

    def command_line(self) -> str:
        """Return the command that makes the same request, for the model card.

        The URL loses its password, because other people may read the card.
        """
        settings = self.detector_settings
        words = [
            *("--source", without_password(self.source), "--detector", self.detector),
            *("--classes", *settings.classes),
            *("--min-confidence", f"{settings.min_confidence:g}"),
            *("--learn-confidence", f"{self.learn_confidence:g}"),
            *("--min-height", f"{self.min_height:g}", "--minutes", f"{self.minutes:g}"),
            *("--seed", f"{self.seed}", "--out", self.name),
        ]
        if self.edits is not None and self.results is not None:
            words += ["--edits", str(self.edits), "--results", str(self.results)]
        if settings.nms_overlap is not None:
            words += ["--detector-nms", f"{settings.nms_overlap:g}"]
        return f"python tools/adapt.py {shlex.join(words)}"
