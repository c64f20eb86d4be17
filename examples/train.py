"""Train a descriptor on your own boxes, without labels, and track with it.

`python tools/make_scene.py` renders the street.
"""

from dataclasses import replace
from pathlib import Path

from flatsort.descriptors import load_descriptor
from flatsort.files.mot_files import read_detections
from flatsort.files.sequence import find_sequences
from flatsort.tracker import DeepSort, Detections
from flatsort.training.crop_set import cut_frames
from flatsort.training.train import train_crops, usual_settings

[street] = find_sequences("scene")
found = read_detections(street.find_detections(), street.length)
by_frame = list(enumerate(found.by_frame(street.length), 1))

# Frame after frame, so that boxes can be linked into tracklets: from these the gate is chosen.
crops = cut_frames((street.read_frame(number), found.boxes_tlwh[rows]) for number, rows in by_frame)

# 10 steps show how; as many as usual_settings() says are worth having. If killed, it goes on.
weights = Path("runs/street/street.safetensors")
settings = replace(usual_settings(), steps=10)
card = train_crops(crops, weights, folder=weights.parent, settings=settings)
print(f"{card['calibration']['kind']} gate {card['calibration']['gate']:.3f}")

tracker = DeepSort(descriptor=load_descriptor(str(weights)))
for number, rows in by_frame[:10]:
    detections = Detections(found.boxes_tlwh[rows], found.confidences[rows])
    tracks = tracker.update(detections, street.read_frame(number))
print(f"{len(tracks)} people in frame {number}")
