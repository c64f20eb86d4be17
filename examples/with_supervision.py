"""Track detections of the supervision package, and keep their class ids.

`python tools/make_scene.py` renders the street, `pip install supervision` installs the package.
"""

import numpy as np
import supervision as sv

from flatsort import DeepSort, load_descriptor, read_detections
from flatsort.files.sequence import find_sequences
from flatsort.tracker.supervision import from_supervision, to_supervision

PERSON = 0

[street] = find_sequences("scene")
found = read_detections(street.find_detections(), street.length)

tracker = DeepSort(descriptor=load_descriptor("histogram"))
for number, rows in enumerate(found.by_frame(street.length), 1):
    frame = street.read_frame(number)
    # Your program gets these from a detector: sv.Detections.from_ultralytics(model(frame)[0]).
    detections = sv.Detections(
        xyxy=sv.xywh_to_xyxy(found.boxes_tlwh[rows]),
        confidence=found.confidences[rows],
        class_id=np.full(len(rows), PERSON),
    )
    tracks = tracker.update(from_supervision(detections), frame)
    tracked = to_supervision(tracks, detections)
    # supervision's annotators, zones and sinks take the tracked detections.
    labels = [f"#{i} class {c}" for i, c in zip(tracked.tracker_id, tracked.class_id, strict=True)]
print(f"last frame: {', '.join(labels)}")
