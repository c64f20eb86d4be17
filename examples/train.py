"""Train a descriptor on your own boxes, without labels, and track with it.

`python tools/make_scene.py` renders the street.
"""

from dataclasses import replace
from pathlib import Path

from flatsort import (
    DeepSort,
    Detections,
    TrainingRequest,
    cut_frames,
    load_descriptor,
    read_detections,
    train,
    usual_settings,
)
from flatsort.files.sequence import find_sequences

[street] = find_sequences("scene")
found = read_detections(street.find_detections(), street.length)
by_frame = list(enumerate(found.by_frame(street.length), 1))

# The frames are in order, so boxes can be linked into tracklets, and these give the gate.
crops = cut_frames((street.read_frame(number), found.boxes_tlwh[rows]) for number, rows in by_frame)

# 10 steps are enough for an example; for real use, keep the number in usual_settings().
# If the program is killed, it continues from the last checkpoint.
weights = Path("runs/street/street.safetensors")
settings = replace(usual_settings(), steps=10)
card = train(crops, TrainingRequest(weights, folder=weights.parent, settings=settings))
print(f"{card['calibration']['kind']} gate {card['calibration']['gate']:.3f}")

tracker = DeepSort(descriptor=load_descriptor(str(weights)))
for number, rows in by_frame[:10]:
    detections = Detections(found.boxes_tlwh[rows], found.confidences[rows])
    tracks = tracker.update(detections, street.read_frame(number))
print(f"{len(tracks)} people in frame {number}")
