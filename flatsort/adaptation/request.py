"""The request for one adaptation: the values that a user gives, each with its default."""

import math
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flatsort.adaptation import training_plan
from flatsort.errors import InputError
from flatsort.files.paths import RUNS, WEIGHTS
from flatsort.sources.container import without_password
from flatsort.training.weights_name import check_name

# The values, besides the source and the network, that decide the weights.
_DECISIVE = (
    *("detector", "classes", "min_confidence", "detector_nms", "learn_confidence"),
    *("min_height", "minutes", "before", "seed"),
)


@dataclass(frozen=True)
class AdaptationRequest:
    """What to learn from, for how long, and where to write.

    Attributes:
        source: a video, a folder of images, a camera's number, a URL or a MOT-layout sequence.
        name: of the new descriptor.
        detector: finds people: hog, torchvision:NAME, onnx:FILE or file:FILE.
        classes: to find: names, or the detector's numbers.
        min_confidence: of a detection, on the detector's scale.
        detector_nms: of two boxes with a larger IoU, the detector drops the less confident one;
            None for the detector's own value.
        learn_confidence: of the detections to learn from; the others are only tracked.
        min_height: of the boxes to learn from, in pixels.
        minutes: for the whole adaptation.
        before: the descriptor to compare with.
        seed: of the initial weights and the batches.
        threads: of the processor; None for one to train with and all for the rest.
        mot_root: folder with the sequences; None for $MOT16_ROOT or data/MOT16.
        runs: the run is kept in its subfolder adapt/NAME, where the same request continues it.
        weights: folder of the new weights, NAME.safetensors.

    Raises:
        InputError: a value is out of range, or the name is reserved. The message names the command
            line's option.
    """

    source: str
    name: str
    detector: str = "hog"
    classes: tuple[str, ...] = ("person",)
    min_confidence: float = 0.3
    detector_nms: float | None = None
    learn_confidence: float = 0.5
    min_height: float = 40.0
    minutes: float = 10.0
    before: str = "fmvae-track-unseen"
    seed: int = 0
    threads: int | None = None
    mot_root: str | None = None
    runs: Path = RUNS
    weights: Path = WEIGHTS

    def __post_init__(self) -> None:
        check_name("--out", self.name)
        for option, value in (("--minutes", self.minutes), ("--min-height", self.min_height)):
            if not 0 < value < math.inf:
                raise InputError(f"{option} must be above 0")
        if not math.isfinite(self.learn_confidence):
            raise InputError("--learn-confidence must be a number")
        if self.seed < 0:
            raise InputError("--seed must be 0 or above")
        if self.threads is not None and self.threads < 1:
            raise InputError("--threads must be above 0")

    @property
    def weights_path(self) -> Path:
        """The file of the new weights."""
        return self.weights / f"{self.name}.safetensors"

    @property
    def run_path(self) -> Path:
        """The folder of the run."""
        return self.runs / "adapt" / self.name

    def decisive_values(self, location: str) -> dict[str, Any]:
        """Return the values that decide the weights, by option, as run.json keeps them.

        Args:
            location: of the source that was opened.
        """
        values: dict[str, Any] = {
            "--source": location,
            "architecture": training_plan.ARCHITECTURE,
        }
        path = Path(location)
        if path.is_file():
            values["file of --source"] = [path.stat().st_size, path.stat().st_mtime_ns]
        for name in _DECISIVE:
            values[f"--{name.replace('_', '-')}"] = getattr(self, name)
        return values

    def command_line(self) -> str:
        """Return the command that makes the same request, for the model card.

        Others may read the card, so URLs lose their password.
        """
        words = [
            *("--source", without_password(self.source), "--detector", self.detector),
            *("--classes", *self.classes),
            *("--min-confidence", f"{self.min_confidence:g}"),
            *("--learn-confidence", f"{self.learn_confidence:g}"),
            *("--min-height", f"{self.min_height:g}", "--minutes", f"{self.minutes:g}"),
            *("--seed", f"{self.seed}", "--out", self.name),
        ]
        if self.detector_nms is not None:
            words += ["--detector-nms", f"{self.detector_nms:g}"]
        return f"python tools/adapt.py {shlex.join(words)}"
