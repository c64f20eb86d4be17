"""Short videos made by hand; the grey of a frame tells its number."""

from fractions import Fraction

import av
import numpy as np

STEP = 8
TICKS = 90_000


def grey_frames(count, size=(64, 48), first=1):
    """Yield frames (H, W, 3) with grey STEP * number, and a white corner at the top left."""
    for number in range(first, first + count):
        image = np.full((size[1], size[0], 3), STEP * number % 200, np.uint8)
        image[: size[1] // 4, : size[0] // 4] = 250
        yield image


def number_of(image):
    """Return a frame's number, by the grey of its middle."""
    height, width = image.shape[:2]
    return round(float(image[height // 2, width // 2].mean()) / STEP)


def write_clip(path, images, frame_rate=10, times=None, rotation=None, faststart=False):
    """Write images as H.264, at a constant rate or at `times` in seconds; return the path."""
    options = {"movflags": "+faststart"} if faststart else {}
    with av.open(str(path), "w", options=options) as container:
        stream = container.add_stream("libx264", rate=Fraction(frame_rate))
        stream.codec_context.time_base = Fraction(1, TICKS)
        stream.pix_fmt = "yuv420p"
        stream.options = {"preset": "ultrafast", "crf": "10"}
        if rotation is not None:
            stream.set_display_rotation(rotation)
        for index, image in enumerate(images):
            if index == 0:
                stream.height, stream.width = image.shape[:2]
            frame = av.VideoFrame.from_ndarray(image, format="bgr24")
            frame.time_base = Fraction(1, TICKS)
            seconds = index / frame_rate if times is None else times[index]
            frame.pts = round(seconds * TICKS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def write_sound(path, seconds=0.2):
    """Write a file with sound only; return the path."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=16_000)
        silence = np.zeros((1, round(seconds * 16_000)), np.float32)
        frame = av.AudioFrame.from_ndarray(silence, format="fltp", layout="mono")
        frame.sample_rate = 16_000
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path
