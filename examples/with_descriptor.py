"""Track the built-in street by looks as well: DeepSORT with a trained descriptor.

`python tools/make_scene.py` renders the street.
"""

from flatsort.descriptors import load_descriptor
from flatsort.files.mot_files import read_detections
from flatsort.files.sequence import find_sequences
from flatsort.tracker import DeepSort, Detections

[street] = find_sequences("scene")
found = read_detections(street.find_detections(), street.length)

# The weights bring their distance and its gate along.
tracker = DeepSort(descriptor=load_descriptor("fmvae"))
seen = set()
for number, rows in enumerate(found.by_frame(street.length), 1):
    detections = Detections(found.boxes_tlwh[rows], found.confidences[rows])
    frame = street.read_frame(number)  # (H, W, 3) uint8, BGR, as OpenCV has it
    tracks = tracker.update(detections, frame)
    seen.update(tracks.ids.tolist())
print(f"{len(seen)} identities in {street.length} frames")
