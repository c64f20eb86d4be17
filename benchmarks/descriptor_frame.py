"""One way from a frame to its descriptors, timed in a process that does nothing else.

That is where track.py does it. Beside other engines, whose threads go on waiting for work for a
while after each call, the same takes up to twice as long.
"""

import json
import sys
import time

import cv2
import numpy as np

# Long enough for the clock, the caches and a stray process not to count.
SAMPLE_SECONDS = 0.5


def answer() -> None:
    """Read what to do, as JSON; print the seconds it takes, of many calls on average.

    "frame" is an image file, "boxes" are in it, left, top, width, height; "size" is what to cut, or
    else "word" is a descriptor, of the sequence in "folder"; "hide" is a package not to be used.
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

    # Machine code is loaded and threads are started by the first.
    work()
    calls, start = 0, time.perf_counter()
    while (seconds := time.perf_counter() - start) < SAMPLE_SECONDS:
        work()
        calls += 1
    print(seconds / calls)
