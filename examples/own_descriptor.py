"""Track with a descriptor of your own: any function of a frame and its boxes.

`python tools/make_scene.py` renders the street.
"""

import numpy as np

from flatsort import AppearanceMetric, DeepSort, Detections, cut_crops, read_detections
from flatsort.files.sequence import find_sequences


def mean_colour(frame: np.ndarray, boxes_tlwh: np.ndarray) -> np.ndarray:
    """Return features (N, 3) of a frame (H, W, 3) uint8 BGR and its boxes (N, 4)."""
    return cut_crops(frame, boxes_tlwh, width=32, height=64).mean(axis=(1, 2))


[street] = find_sequences("scene")
found = read_detections(street.find_detections(), street.length)

# The tracker never matches boxes whose mean colours differ by more than 20 of 255 levels.
metric = AppearanceMetric("euclidean", gate=20.0)
tracker = DeepSort(metric=metric, descriptor=mean_colour)
seen = set()
for number, rows in enumerate(found.by_frame(street.length), 1):
    detections = Detections(found.boxes_tlwh[rows], found.confidences[rows])
    tracks = tracker.update(detections, street.read_frame(number))
    seen.update(tracks.ids.tolist())
print(f"{len(seen)} identities in {street.length} frames")
