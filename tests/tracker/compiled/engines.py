"""Helpers that run a compiled tracker beside its reference engine."""

import numpy as np

from flatsort.tracker import Detections

FIELDS = ("ids", "boxes_tlwh", "time_since_update", "detection_indices", "confidences")


def compare_engines(compiled, reference, frames, tolerance=0.0, extras=None):
    """Feed the same frames to both engines and compare; return the number of tracks reported.

    ``extras`` has one dictionary of further arguments of update() per frame.
    """
    reported = 0
    for detections, extra in zip(frames, extras or [{}] * len(frames), strict=True):
        ours = compiled.update(detections, **extra)
        assert_same(ours, reference.update(detections, **extra), tolerance)
        assert compiled.dropped == reference.dropped
        reported += len(ours)
    return reported


def assert_same(ours, expected, tolerance=0.0):
    for field in FIELDS:
        one, other = getattr(ours, field), getattr(expected, field)
        assert one.dtype == other.dtype
        if field == "boxes_tlwh":
            np.testing.assert_allclose(one, other, rtol=0, atol=tolerance)
        else:
            np.testing.assert_array_equal(one, other)


def real_frames(mot_data, first=None):
    """YOLOX detections of at least 0.4 confidence: one list of frames per training sequence."""
    for folder in sorted((mot_data / "MOT16/train").iterdir()):
        rows = np.loadtxt(folder / "det/yolox.txt", delimiter=",")
        rows = rows[rows[:, 6] >= 0.4]
        info = (folder / "seqinfo.ini").read_text().splitlines()
        length = next(int(line.split("=")[1]) for line in info if line.startswith("seqLength"))
        numbers = range(1, min(length, first or length) + 1)
        by_frame = [rows[rows[:, 0] == number] for number in numbers]
        yield [Detections(each[:, 2:6], each[:, 6]) for each in by_frame]
