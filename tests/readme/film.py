"""Write a video of a sequence's frames, which stands in for a reader's own footage.

python -m tests.readme.film data/scene walk.mp4
"""

import sys
from pathlib import Path

from flatsort.files.sequence import open_sequence
from flatsort.images.video import VideoWriter

if __name__ == "__main__":
    folder, path = sys.argv[1:]
    sequence = open_sequence(folder)
    with VideoWriter(Path(path), sequence.frame_rate) as film:
        for number in range(1, sequence.length + 1):
            film.write(sequence.read_frame(number))
