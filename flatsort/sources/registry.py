"""The registry of sources: makes a source from its word on the command line.

MOT16-02, data/scene      a MOTChallenge sequence: a name under the MOT root, or a folder
photos/                   a folder of images
walk.mp4                  a video file
0                         a camera, by its number
rtsp://..., http://...    a stream, or a video behind a URL
"""

import math
import re
from pathlib import Path

from flatsort.errors import InputError
from flatsort.files.sequence import default_mot_root, find_folder, open_sequence
from flatsort.sources.numbered import ImageFolder, SequenceSource
from flatsort.sources.source import Source

IMAGE_FOLDER_RATE = 25.0
"""Frames per second of a folder of images, unless the user gives a rate; images do not state it."""
STALL_TIMEOUT_S = 10.0
"""Seconds without a frame after which a camera or URL counts as lost."""
_WANTED = "give a video, a folder of images, a camera's number or a URL"


def open_source(
    word: str,
    mot_root: str | Path | None = None,
    frame_rate: float | None = None,
    timeout: float = STALL_TIMEOUT_S,
) -> Source:
    """Open the source that a word of the command line names.

    Args:
        word: one of the words listed above. A file or folder takes precedence over a camera or a
            sequence of the same name.
        mot_root: folder with the sequences; None for :func:`default_mot_root`.
        frame_rate: frames per second of a folder of images; None for 25.
        timeout: seconds without a frame after which a camera or URL counts as lost.

    Returns:
        The source. A video has a frame that can be decoded, and a folder has images; a camera or
        stream may still give no frame.

    Raises:
        InputError: the word names nothing that exists, or something that is not footage.
    """
    for option, value in (("--fps", frame_rate), ("--timeout", timeout)):
        if value is not None and not 0 < value < math.inf:
            raise InputError(f"{option} {value:g}: it must be a positive number")
    if not word:
        raise InputError(f"--source is empty: {_WANTED}")
    path = Path(word)
    if "://" in word:
        source = _open_url(word, timeout)
    elif path.is_dir():
        source = _open_folder(path, frame_rate)
    elif path.exists() and not path.is_file():
        raise InputError(
            f"{word}: a pipe or a device gives its frames only once: save them in a file, or give "
            "the number of a camera"
        )
    elif path.exists():
        from flatsort.sources.video_file import VideoFile

        source = VideoFile(word, path.stem)
    elif re.fullmatch(r"\d{1,3}", word):
        from flatsort.sources.camera import open_camera

        source = open_camera(int(word), timeout)
    else:
        source = _find_sequence(word, mot_root)
    if frame_rate is not None and not isinstance(source, ImageFolder):
        raise InputError(f"--fps: {word} has its own frame rate: leave out --fps")
    return source


def _open_folder(folder: Path, frame_rate: float | None) -> Source:
    if (folder / "seqinfo.ini").is_file():
        return SequenceSource(open_sequence(folder))
    return ImageFolder(folder, IMAGE_FOLDER_RATE if frame_rate is None else frame_rate)


def _find_sequence(word: str, mot_root: str | Path | None) -> Source:
    is_name = Path(word).name == word
    folder = find_folder(word, mot_root or default_mot_root()) if is_name else None
    if folder is None:
        raise InputError(f"{word}: no such file, folder or MOTChallenge sequence: {_WANTED}")
    return SequenceSource(open_sequence(folder))


def _open_url(url: str, timeout: float) -> Source:
    from flatsort.sources.stream import open_url

    return open_url(url, timeout)
