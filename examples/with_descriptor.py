"""Track the built-in street by motion and appearance: DeepSORT with a trained descriptor.

`python tools/make_scene.py` renders the street.
"""

from flatsort import DeepSort, Detections, load_descriptor, read_detections
from flatsort.files.sequence import find_sequences

[street] = find_sequences("scene")
found = read_detections(street.find_detections(), street.length)

# The weights come with their distance and its gate.
tracker = DeepSort(descriptor=load_descriptor("fmvae"))
seen = set()
for number, rows in enumerate(found.by_frame(street.length), 1):
    detections = Detections(found.boxes_tlwh[rows], found.confidences[rows])
    frame = street.read_frame(number)  # (H, W, 3) uint8 BGR, as in OpenCV
    tracks = tracker.update(detections, frame)
    seen.update(tracks.ids.tolist())
print(f"{len(seen)} identities in {street.length} frames")
