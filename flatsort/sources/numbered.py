"""Sources with one image file per frame: MOTChallenge sequences and folders of images."""

from collections.abc import Callable, Generator, Iterable
from functools import partial
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from flatsort.errors import InputError
from flatsort.files.natural_order import natural_key
from flatsort.files.sequence import Sequence
from flatsort.images.image_file import IMAGE_SUFFIXES, is_deep, is_image, read_image
from flatsort.sources.source import Frame


class NumberedSource:
    """Frames 1 to ``length`` at equal intervals; each frame can be read by its number.

    Args:
        name: name for result files.
        location: folder of the footage.
        frame_rate: frames per second.
        length: number of frames.
        read: reads the frame with a given number, (H, W, 3) uint8 BGR.
    """

    is_live = False

    def __init__(
        self,
        name: str,
        location: Path,
        frame_rate: float,
        length: int,
        read: Callable[[int], NDArray[np.uint8]],
    ) -> None:
        self.name = name
        self.location = str(location.resolve())
        self.frame_rate = frame_rate
        self.length = length
        self.notes: list[str] = []
        self._read = read

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        """Do nothing: no file stays open."""

    def frames(self, wanted: Iterable[int] | None = None) -> Generator[Frame, None, None]:
        """Iterate over the frames in order, without opening files that are not wanted.

        Raises:
            InputError: a frame is missing or damaged; the message names its file.
        """
        for number in range(1, self.length + 1) if wanted is None else wanted:
            if number > self.length:
                return
            image = self._image(number)
            if image is not None:
                yield Frame(number, (number - 1) / self.frame_rate, image)

    def _image(self, number: int) -> NDArray[np.uint8] | None:
        """Return a frame's image, or None to leave the frame out."""
        return self._read(number)


class SequenceSource(NumberedSource):
    """The frames of a MOTChallenge sequence.

    Args:
        sequence: a sequence with images.

    Raises:
        InputError: the sequence has no images.

    Attributes:
        sequence: the sequence.
    """

    def __init__(self, sequence: Sequence) -> None:
        sequence.check_images()
        super().__init__(
            sequence.name,
            sequence.folder,
            sequence.frame_rate,
            sequence.length,
            sequence.read_frame,
        )
        self.sequence = sequence


class ImageFolder(NumberedSource):
    """The images of a folder in natural order of their names: 2.jpg before 10.jpg.

    A damaged image is left out, and :attr:`notes` say so. The other images keep their numbers.

    Args:
        folder: folder with the images; its subfolders are ignored.
        frame_rate: frames per second; image files do not state it.

    Attributes:
        paths: the image of each frame.

    Raises:
        InputError: the folder has no images.
    """

    def __init__(self, folder: Path, frame_rate: float) -> None:
        paths = [path for path in folder.iterdir() if is_image(path)]
        if not paths:
            raise InputError(
                f"{folder}: no images here ({', '.join(IMAGE_SUFFIXES)}) and no seqinfo.ini: give "
                "a video, a folder of images or a MOTChallenge sequence"
            )
        paths.sort(key=natural_key)
        self.paths = paths
        name = folder.resolve().name or "images"
        super().__init__(
            name,
            folder,
            frame_rate,
            len(paths),
            # A lambda could not go to another process.
            partial(_read_one, paths, name),
        )
        self._damaged: list[InputError] = []
        self._stretched = []
        if is_deep(paths[0]):
            self._stretched = [
                f"images of {name} have more than 8 bits: each is stretched from its darkest to "
                "its brightest values"
            ]

    def frames(self, wanted: Iterable[int] | None = None) -> Generator[Frame, None, None]:
        """Iterate over the frames in order, without opening images that are not wanted.

        Raises:
            InputError: all images were wanted, but none can be read; the message names the first.
        """
        self.notes, self._damaged = [*self._stretched], []
        is_empty = True
        for frame in super().frames(wanted):
            is_empty = False
            yield frame
        if is_empty and wanted is None:
            raise self._damaged[0]

    def _image(self, number: int) -> NDArray[np.uint8] | None:
        try:
            return super()._image(number)
        except InputError as error:
            self._damaged.append(error)
            images = "image" if len(self._damaged) == 1 else "images"
            count = f"{len(self._damaged)} {images}"
            damage = f"{count} of {self.name} left out: {self._damaged[0]}"
            self.notes = [*self._stretched, damage]
            return None


def _read_one(paths: list[Path], name: str, number: int) -> NDArray[np.uint8]:
    """Read the image of a frame; frames are numbered from 1."""
    return read_image(paths[number - 1], f"frame {number} of {name}")
