"""Track the people of a video: frames and boxes from the project's own sources and detectors.

walk.mp4 is yours.
"""

from flatsort.descriptors import load_descriptor
from flatsort.detectors.registry import load_detector
from flatsort.sources.registry import open_source
from flatsort.tracker import DeepSort

detector = load_detector("hog")
tracker = DeepSort(descriptor=load_descriptor("histogram"))
with open_source("walk.mp4") as source:
    for frame in source.frames():
        tracks = tracker.update(detector(frame), frame.image)
        print(f"{frame.seconds:.2f} s: {', '.join(str(track.id) for track in tracks) or 'nobody'}")
