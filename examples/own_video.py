"""Track the people of a video: frames and boxes from the project's own sources and detectors.

walk.mp4 is yours.
"""

from tools.descriptors import create_descriptor
from tools.detectors.registry import create_detector
from tools.sources.registry import open_source
from tracker import DeepSort

detector = create_detector("hog")
tracker = DeepSort(descriptor=create_descriptor("histogram"))
with open_source("walk.mp4") as source:
    for frame in source.frames():
        tracks = tracker.update(detector(frame), frame.image)
        print(f"{frame.seconds:.2f} s: {', '.join(str(track.id) for track in tracks) or 'nobody'}")
