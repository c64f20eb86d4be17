"""Time one way from a frame to its descriptors, as in track.py, in a process of its own.

In a process with other engines the same work takes up to twice as long, because the threads of an
engine keep waiting for work for a while after each call.
"""

import json
import sys
import time

import cv2
import numpy as np

SAMPLE_SECONDS = 0.5
"""Length of a sample; so long that the clock, cold caches and other processes hardly matter."""


def answer() -> None:
    """Read a request as JSON from stdin; print the mean seconds of a call.

    The keys of the request are "frame": an image file; "boxes": left, top, width and height of
    boxes in it; "size": width and height of the crops to cut, or None to describe the boxes by the
    descriptor "word" for the sequence in "folder"; "hide": a package that must not be used, or
    None.
    """
    request = json.load(sys.stdin)
    if request["hide"]:
        sys.modules[request["hide"]] = None
    frame = cv2.imread(request["frame"])
    boxes = np.array(request["boxes"], np.float32)
    if request["size"]:
        from flatsort.images.crops import cut_crops

        def work() -> None:
            cut_crops(frame, boxes, *request["size"])

    else:
        from flatsort.descriptors import load_descriptor
        from flatsort.files.sequence import open_sequence

        descriptor = load_descriptor(request["word"], open_sequence(request["folder"]))

        def work() -> None:
            descriptor(frame, boxes)

    # The first call loads machine code and starts threads, so it is not timed.
    work()
    calls, start = 0, time.perf_counter()
    while (seconds := time.perf_counter() - start) < SAMPLE_SECONDS:
        work()
        calls += 1
    print(seconds / calls)
