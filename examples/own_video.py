"""Track the people of a video with FlatSORT's own reader, detector and descriptor.

walk.mp4 is a video of yours.
"""

from flatsort import DeepSort, load_descriptor, load_detector, open_source

detector = load_detector("yolox-nano")
tracker = DeepSort(descriptor=load_descriptor("histogram"))
with open_source("walk.mp4") as source:
    for frame in source.frames():
        tracks = tracker.update(detector(frame), frame.image)
        print(f"{frame.seconds:.2f} s: {', '.join(str(track.id) for track in tracks) or 'nobody'}")
