"""Score a tracker without writing a file.

`python tools/make_scene.py` renders the street.
"""

import numpy as np

from flatsort import Detections, Sort, read_detections, score
from flatsort.evaluation.tracks.score_table import text_table
from flatsort.files.sequence import find_sequences

[street] = find_sequences("scene")
found = read_detections(street.find_detections(), street.length)

tracker = Sort()
results = []  # frame, id, left, top, width, height
for number, rows in enumerate(found.by_frame(street.length), 1):
    detections = Detections(found.boxes_tlwh[rows], found.confidences[rows])
    results += [(number, track.id, *track.box_tlwh) for track in tracker.update(detections)]

truth = np.loadtxt(street.ground_truth_path, delimiter=",")
people = truth[(truth[:, 6] == 1) & (truth[:, 7] == 1), :6]

result = score(people, np.array(results), street.length)
print(f"IDF1 {result.columns()['IDF1']:.1f}, {result.counts.switches} switches")
print(text_table({"SORT": {street.name: result}}))
