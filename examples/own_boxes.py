"""Track boxes of your own: the tracker alone, on arrays."""

import numpy as np

from flatsort import Detections, Sort, SortConfig

# One person stands. Another walks to the right and is not detected in frame 4.
# Boxes are left, top, width, height in pixels.
walks = {1: 10.0, 2: 14.0, 3: 18.0, 5: 26.0, 6: 30.0, 7: 34.0}

tracker = Sort(SortConfig(max_age=5))
for frame in range(1, 8):
    boxes_tlwh = [[300.0, 30.0, 40.0, 90.0]]
    confidences = [0.8]
    if frame in walks:
        boxes_tlwh.append([walks[frame], 20.0, 50.0, 100.0])
        confidences.append(0.9)
    # Call update() for every frame; a frame without detections has Detections.empty().
    tracks = tracker.update(Detections(np.array(boxes_tlwh), np.array(confidences)))
    for track in tracks:
        print(f"frame {frame}: person {track.id} at {track.box_tlwh.round(1)}")
