"""A simulated detector, which makes detections from ground truth.

People who are mostly hidden are missed. Boxes are displaced in proportion to a person's height, and
confidence follows visibility. Sometimes a person is lost for a few frames. Lasting false alarms lie
on objects that look like people, and short ones at random places.
"""

from dataclasses import dataclass, replace

import numpy as np

from flatsort.scene.render import Truth
from flatsort.scene.world import HEIGHT, WIDTH, Camera

# Objects that look like people: x, distance, lower edge, width and height in metres.
DECOYS = (
    (1.75, 7.0, 1.15, 0.55, 1.35),  # a poster on the advertising column
    (-2.35, 5.9, 0.0, 0.80, 1.90),  # the foot of the pillar
    (4.90, 12.3, 0.0, 0.55, 1.80),  # the trunk of a tree
    (-1.30, 12.9, 0.7, 0.70, 1.50),  # the kiosk's magazines
)


@dataclass(frozen=True)
class DetectorConfig:
    """The quality of the detector.

    Attributes:
        visibility_half: visible share at which half of the people are found.
        visibility_width: width of the logistic curve of recall over the visible share.
        best_recall: share of the fully visible people who are found, apart from lapses.
        noise: standard deviation of a box's centre and size, as a share of its height.
        lapse_rate: lapses that begin per person and frame.
        lapse_frames: shortest and longest lapse, frames.
        decoy_rate: lasting false alarms that begin per decoy and frame.
        decoy_frames: shortest and longest lasting false alarm, frames.
        stray_rate: random false alarms per frame.
        least_confidence: detections with less confidence are not reported.
    """

    visibility_half: float = 0.42
    visibility_width: float = 0.06
    best_recall: float = 0.985
    noise: float = 0.016
    lapse_rate: float = 0.006
    lapse_frames: tuple[int, int] = (2, 5)
    decoy_rate: float = 0.005
    decoy_frames: tuple[int, int] = (5, 18)
    stray_rate: float = 0.07
    least_confidence: float = 0.20

    def with_noise(self, factor: float) -> "DetectorConfig":
        """Return a detector with ``factor`` times the errors of places, lapses and false alarms."""
        return replace(
            self,
            noise=factor * self.noise,
            lapse_rate=factor * self.lapse_rate,
            decoy_rate=factor * self.decoy_rate,
            stray_rate=factor * self.stray_rate,
        )


USUAL_DETECTOR = DetectorConfig()


class SimulatedDetector:
    """Detects frame by frame, and remembers lapses and lasting false alarms."""

    def __init__(self, seed: int, config: DetectorConfig = USUAL_DETECTOR) -> None:
        self._config = config
        self._rng = np.random.default_rng([seed, 9])
        self._lapses: dict[int, int] = {}
        self._decoys = np.zeros(len(DECOYS), np.int64)

    def detect(self, truth: Truth, camera: Camera) -> np.ndarray:
        """Return the next frame's detections, (N, 5): left, top, width, height, confidence."""
        found = [self._people(truth), self._lasting(camera), self._strays()]
        rows = np.concatenate(found)
        rows = rows[rows[:, 4] >= self._config.least_confidence]
        return rows[np.argsort(-rows[:, 4], kind="stable")]

    def _people(self, truth: Truth) -> np.ndarray:
        config, rows = self._config, []
        for identity, box, seen in zip(
            truth.ids.tolist(), truth.boxes_tlwh, truth.visibilities, strict=True
        ):
            # Every person draws the same number of random values, detected or not.
            chance, lapse, shake = (
                self._rng.random(),
                self._rng.random(),
                self._rng.standard_normal(5),
            )
            length = self._rng.integers(config.lapse_frames[0], config.lapse_frames[1] + 1)
            if self._lapses.get(identity, 0) > 0:
                self._lapses[identity] -= 1
                continue
            if lapse < config.lapse_rate:
                self._lapses[identity] = int(length) - 1
                continue
            odds = (seen - config.visibility_half) / config.visibility_width
            if chance > config.best_recall / (1 + np.exp(-odds)):
                continue
            # The less of a body is visible, the less accurate is its box.
            spread = config.noise * box[3] * (1 + 1.5 * (1 - seen))
            noisy = _resized(box, spread * shake[:2], spread * shake[2:4])
            confidence = np.clip(0.30 + 0.64 * seen + 0.07 * shake[4], 0.05, 0.995)
            rows.append([*noisy, confidence])
        return np.array(rows, np.float64).reshape(-1, 5)

    def _lasting(self, camera: Camera) -> np.ndarray:
        config, rows = self._config, []
        for index, (x, z, low, width, height) in enumerate(DECOYS):
            start, shake = self._rng.random(), self._rng.standard_normal(5)
            length = self._rng.integers(config.decoy_frames[0], config.decoy_frames[1] + 1)
            if self._decoys[index] == 0 and start < config.decoy_rate:
                self._decoys[index] = length
            if self._decoys[index] == 0:
                continue
            self._decoys[index] -= 1
            left, top = camera.project(x - width / 2, low + height, z)
            scale = camera.focal / z
            if left < -width * scale / 2 or left > WIDTH - width * scale / 2:
                continue
            box = np.array([left, top, width * scale, height * scale])
            spread = config.noise * box[3]
            noisy = _resized(box, spread * shake[:2], spread * shake[2:4])
            rows.append([*noisy, np.clip(0.42 + 0.08 * shake[4], 0.05, 0.70)])
        return np.array(rows, np.float64).reshape(-1, 5)

    def _strays(self) -> np.ndarray:
        rows = []
        for _ in range(self._rng.poisson(self._config.stray_rate)):
            height = self._rng.uniform(90, 260)
            width = height * self._rng.uniform(0.3, 0.5)
            left = self._rng.uniform(0, WIDTH - width)
            top = self._rng.uniform(260, HEIGHT - height)
            rows.append([left, top, width, height, self._rng.uniform(0.2, 0.5)])
        return np.array(rows, np.float64).reshape(-1, 5)


def _resized(box_tlwh: np.ndarray, shift: np.ndarray, growth: np.ndarray) -> np.ndarray:
    """Move a box by ``shift`` and enlarge it around its centre by ``growth``, pixels."""
    size = np.maximum(box_tlwh[2:] + growth, 4)
    centre = box_tlwh[:2] + box_tlwh[2:] / 2 + shift
    return np.concatenate([centre - size / 2, size])
