"""How strongly the looks of two tracklets speak for one person, learned from the tracklets.

A tracklet's looks are the centre of its crops' features. In a flat latent space a straight way is
the shortest one, so a centre lies between its crops.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from flatsort.linking.cutting import Surroundings, in_order
from flatsort.linking.tracklet import Tracklet
from flatsort.linking.tracklet_crops import strength_of_looks
from flatsort.tracker import AppearanceMetric
from flatsort.tracker.identity.distance_calibration import DistanceCalibration, Pairs

_LEAST_CROPS = 4
"""Fewest crops of a tracklet from which distances are calibrated."""
_LONGEST_STRETCH = 2
"""Most crops of a stretch that calibrates. Crops that follow each other are alike, so two long
stretches of one tracklet differ less than two tracklets of one person do."""
_DRAWS = 12
"""Pairs of one person that each tracklet gives to the calibration."""
_MOST_CALIBRATING = 500
"""Most tracklets that calibrate: a bound on the time for long recordings."""
_SHARED_FRAMES = 3
"""Frames that two tracklets must share, to be surely two people."""
_JUMP_NATS = -1.0
"""Evidence against one person at which a tracklet is cut in two."""
_JUMP_CROPS = 8
"""Crops on each side of such a cut that are compared."""


class Looks:
    """The looks of tracklets.

    Args:
        tracklets: Tracklets, cut by their boxes.
        crops: The rows of each tracklet's crops.
        features: Row -> its raw feature (D,), for all crops that could be described.
        metric: Compares features.
        around: How freely each box can be seen.

    Attributes:
        tracklets: The T tracklets, cut further where the looks jump.
        strengths: (T,) factors by which looks count, 0 for a tracklet without crops.
        is_informative: Whether looks tell these people apart. If not, all evidence is 0.
    """

    def __init__(
        self,
        tracklets: list[Tracklet],
        crops: list[NDArray[np.intp]],
        features: dict[int, NDArray[np.float32]],
        metric: AppearanceMetric,
        around: Surroundings,
    ) -> None:
        self._metric = metric
        rows = sorted(features)
        prepared = metric.prepare(np.stack([features[row] for row in rows])) if rows else []
        self._prepared = dict(zip(rows, prepared, strict=True))
        described = [crop[[row in self._prepared for row in crop.tolist()]] for crop in crops]
        self._crops = dict(zip(tracklets, described, strict=True))
        calibration = self._calibrated(tracklets)
        self.tracklets = in_order(list(self._cut_at_jumps(tracklets, calibration)))
        if len(self.tracklets) > len(tracklets):
            calibration = self._calibrated(self.tracklets)
        self._calibration = calibration
        self.is_informative = calibration.is_informative
        self.strengths = np.array(
            [strength_of_looks(self._crops[each], around) for each in self.tracklets]
        )
        self._centres = self._centres_of(self.tracklets)

    def evidence(self, one: NDArray[np.intp], other: NDArray[np.intp]) -> NDArray[np.float64]:
        """Return the evidence in nats that tracklets show the same person.

        Args:
            one: (A,) numbers of tracklets that have crops.
            other: (B,) numbers of tracklets that have crops.

        Returns:
            (A, B), the logarithm of p(distance | one person) / p(distance | two people).
        """
        return self._calibration.plain.evidence(self.distances(one, other))

    def distances(self, one: NDArray[np.intp], other: NDArray[np.intp]) -> NDArray[np.float64]:
        """Return the distances (A, B) between the centres of tracklets that have crops."""
        return self._metric.compare(self._centres[one], self._centres[other]).astype(np.float64)

    def _centres_of(self, tracklets: list[Tracklet]) -> NDArray[np.float32]:
        width = len(next(iter(self._prepared.values()), ()))
        centres = np.zeros((len(tracklets), width), np.float32)
        for number, tracklet in enumerate(tracklets):
            if len(self._crops[tracklet]):
                centres[number] = self._centre(self._crops[tracklet])
        return centres

    def _centre(self, crops: NDArray[np.intp]) -> NDArray[np.float32]:
        """Return the centre (D,) of crops' prepared features, as a prepared feature."""
        centre = np.mean([self._prepared[row] for row in crops.tolist()], axis=0)
        length = np.linalg.norm(centre)
        return centre / length if self._metric.kind == "cosine" and length > 0 else centre

    def _distance(self, one: NDArray[np.intp], other: NDArray[np.intp]) -> float:
        """Return the distance between the centres of two sets of crops."""
        centres = self._centre(one), self._centre(other)
        return float(self._metric.compare(centres[0][None], centres[1][None])[0, 0])

    def _calibrated(self, tracklets: list[Tracklet]) -> DistanceCalibration:
        """Return a calibration by pairs of one person and of two people.

        Two stretches of one tracklet show one person. A stretch of a tracklet that shares frames
        with it shows another one.
        """
        calibration, draw = DistanceCalibration(), np.random.default_rng(0)
        rivals = _rivals([each for each in tracklets if len(self._crops[each]) >= 2])
        long = [each for each in rivals if len(self._crops[each]) >= _LEAST_CROPS and rivals[each]]
        for tracklet in long[:: max(1, len(long) // _MOST_CALIBRATING)]:
            crops, others = self._crops[tracklet], rivals[tracklet]
            for _ in range(_DRAWS):
                length = draw.integers(1, min(_LONGEST_STRETCH, len(crops) // 2) + 1)
                first = draw.integers(0, len(crops) - 2 * length + 1)
                second = draw.integers(first + length, len(crops) - length + 1)
                stretch = crops[first : first + length]
                same = self._distance(stretch, crops[second : second + length])
                different = [
                    self._distance(stretch, _random_stretch(self._crops[other], draw))
                    for other in others
                ]
                calibration.observe(tracklet.track, Pairs(same, np.array(different)), None)
        calibration.fit()
        return calibration

    def _cut_at_jumps(
        self, tracklets: list[Tracklet], calibration: DistanceCalibration
    ) -> Iterable[Tracklet]:
        """Yield the tracklets, cut where the crops before and after look like two people."""
        waiting = list(tracklets)
        while waiting:
            tracklet = waiting.pop()
            crops = self._crops[tracklet]
            place = self._jump(crops, calibration)
            if place is None:
                yield tracklet
                continue
            before, after = tracklet.split(self._frame_of(tracklet, crops[place]))
            self._crops[before], self._crops[after] = crops[:place], crops[place:]
            waiting += [before, after]

    def _jump(self, crops: NDArray[np.intp], calibration: DistanceCalibration) -> int | None:
        """Return the number of crops before the largest jump of looks; None without a jump."""
        places = np.arange(2, len(crops) - 1)
        if len(places) == 0:
            return None
        distances = [
            self._distance(crops[max(0, at - _JUMP_CROPS) : at], crops[at : at + _JUMP_CROPS])
            for at in places.tolist()
        ]
        evidence = calibration.plain.evidence(np.array(distances))
        return int(places[evidence.argmin()]) if evidence.min() < _JUMP_NATS else None

    @staticmethod
    def _frame_of(tracklet: Tracklet, row: int) -> int:
        return int(tracklet.frames[np.flatnonzero(tracklet.rows == row)[0]])


def _random_stretch(crops: NDArray[np.intp], draw: np.random.Generator) -> NDArray[np.intp]:
    """Return a random stretch of the crops, at most as long as those that calibrate."""
    length = draw.integers(1, min(_LONGEST_STRETCH, len(crops)) + 1)
    first = draw.integers(0, len(crops) - length + 1)
    return crops[first : first + length]


def _rivals(tracklets: list[Tracklet]) -> dict[Tracklet, list[Tracklet]]:
    """Return for each tracklet those that share frames with it, so that they show others."""
    rivals: dict[Tracklet, list[Tracklet]] = {each: [] for each in tracklets}
    open_ones: list[Tracklet] = []
    for tracklet in in_order(tracklets):
        open_ones = [each for each in open_ones if each.last >= tracklet.first]
        for other in open_ones:
            if len(np.intersect1d(tracklet.frames, other.frames)) >= _SHARED_FRAMES:
                rivals[tracklet].append(other)
                rivals[other].append(tracklet)
        open_ones.append(tracklet)
    return rivals
