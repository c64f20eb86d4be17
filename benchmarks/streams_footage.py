"""The footage of benchmarks/streams.py: a small clip, repeated, under many names."""

import os
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from flatsort.detectors.detector_settings import DetectorSettings
from flatsort.files.mot_files import read_detections
from flatsort.sources.registry import open_source
from flatsort.tracking.track_footage import track_footage
from flatsort.tracking.tracking_request import NAME_FIELD, TrackingRequest

WIDTH, HEIGHT = 640, 360
"""Size of the pictures in pixels, that of a camera's small stream."""


@dataclass(frozen=True)
class Footage:
    """The clips, and their boxes.

    Attributes:
        clips: the video of each stream.
        detector: the word of the detector that finds the boxes of each by its name.
        frames: number of frames of a clip.
        boxes: number of boxes of a clip.
    """

    clips: list[Path]
    detector: str
    frames: int
    boxes: int


def make_footage(folder: Path, video: Path, detector: str, streams: int, loops: int) -> Footage:
    """Make the clips and find their boxes.

    Args:
        folder: the folder for both.
        video: the footage.
        detector: the word of the detector.
        streams: number of clips; all have the same content.
        loops: repetitions of the video in each of them.

    Raises:
        InputError: the video cannot be read, or the detector cannot be used.
    """
    clips = [folder / f"camera{number}.mp4" for number in range(1, streams + 1)]
    frames = _write_loop(video, clips[0], loops)
    boxes = folder / f"{clips[0].stem}.txt"
    # The tracks of this run are not needed, only the boxes that it saves.
    request = TrackingRequest(
        detector=detector,
        detector_settings=DetectorSettings(),
        save_detections=boxes,
        cache=None,
        results=folder / "boxes",
    )
    track_footage(open_source(str(clips[0])), request)
    for clip in clips[1:]:
        os.link(clips[0], clip)
        os.link(boxes, clip.with_suffix(".txt"))
    count = len(read_detections(boxes, frames))
    return Footage(clips, f"file:{folder / NAME_FIELD}.txt", frames, count)


def _write_loop(video: Path, clip: Path, loops: int) -> int:
    """Write a video repeatedly and small, as H.264; return the number of frames."""
    import av

    source = open_source(str(video))
    rate = Fraction(source.frame_rate).limit_denominator(1001)
    count = 0
    with av.open(str(clip), "w") as container:
        stream = container.add_stream("libx264", rate=rate, options={"preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for _ in range(loops):
            for each in source.frames():
                frame = av.VideoFrame.from_ndarray(each.image, format="bgr24")
                small = frame.reformat(WIDTH, HEIGHT, "yuv420p")
                small.pts, small.time_base = count, 1 / rate
                container.mux(stream.encode(small))
                count += 1
        container.mux(stream.encode())
    return count
