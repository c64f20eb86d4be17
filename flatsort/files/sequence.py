"""MOTChallenge sequence folders: `seqinfo.ini`, images, detections and ground truth."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from flatsort.errors import InputError
from flatsort.files.natural_order import natural_key
from flatsort.files.paths import MOT_ROOT, PROJECT
from flatsort.files.seqinfo import SequenceInfo
from flatsort.images.image_file import is_image, read_image

if TYPE_CHECKING:
    import numpy as np

Layout = Literal["MOT15", "MOT16", "MOT17", "MOT20"]
_LAYOUTS: tuple[Layout, ...] = ("MOT15", "MOT16", "MOT17", "MOT20")


@dataclass(frozen=True)
class Sequence:
    """One MOTChallenge sequence.

    Attributes:
        name: the folder's name, which is also the name of result files.
        folder: the folder that holds `seqinfo.ini`.
        length: number of frames; frames are numbered 1 to `length`.
        frame_rate: frames per second.
        image_folder: the folder of the frames; it may be absent.
        image_extension: the frames' file extension with its dot, such as ".jpg".
        layout: the benchmark that defines the columns and classes of the ground truth.
        images: names of the frames' files in order, if they are not called 000001, 000002, and so
            on; else None.
        size: width and height of the frames in pixels; None if `seqinfo.ini` does not say.
    """

    name: str
    folder: Path
    length: int
    frame_rate: float
    image_folder: Path
    image_extension: str
    layout: Layout
    images: tuple[str, ...] | None = None
    size: tuple[int, int] | None = None

    @property
    def ground_truth_path(self) -> Path:
        """The ground-truth file; test sequences have none."""
        return self.folder / "gt" / "gt.txt"

    @property
    def has_ground_truth(self) -> bool:
        """Whether the ground-truth file exists."""
        return self.ground_truth_path.is_file()

    @property
    def has_images(self) -> bool:
        """Whether the image folder has at least one frame."""
        if self.images is not None:
            return True
        return next(self.image_folder.glob(f"*{self.image_extension}"), None) is not None

    def check_images(self, advice: str = "get the images") -> None:
        """Check that each frame has an image, before a command spends time on the first ones.

        Args:
            advice: ends the sentence about a sequence without images.

        Raises:
            InputError: there are no images, or fewer than frames.
        """
        if not self.has_images:
            raise InputError(f"{self.image_folder} has no frames: {advice}")
        if self.images is not None:
            count = len(self.images)
        else:
            count = sum(1 for _ in self.image_folder.glob(f"*{self.image_extension}"))
        if count < self.length:
            raise InputError(
                f"{self.image_folder} has {count} images, but {self.folder / 'seqinfo.ini'} says "
                f"{self.length} frames: get the other images, or correct seqLength"
            )

    def frame_path(self, frame: int) -> Path:
        """Return the image file of a frame; frames are numbered from 1."""
        if self.images is not None and frame <= len(self.images):
            return self.image_folder / self.images[frame - 1]
        return self.image_folder / f"{frame:06d}{self.image_extension}"

    def read_frame(self, frame: int) -> "np.ndarray":
        """Read a frame.

        Args:
            frame: the frame's number, from 1.

        Returns:
            (H, W, 3) uint8, BGR. H and W come from the image file, not from `seqinfo.ini`.

        Raises:
            InputError: the file is missing, truncated or not an image.
        """
        return read_image(self.frame_path(frame), f"frame {frame} of {self.name}")

    def find_detections(self, name: str = "det.txt") -> Path:
        """Return the file called `name` in the sequence's `det` folder; ".txt" may be omitted.

        Raises:
            InputError: the file is missing; the message lists the files of the folder.
        """
        det = self.folder / "det"
        for path in (det / name, det / f"{name}.txt"):
            if path.is_file():
                return path
        there = ", ".join(sorted(path.name for path in det.glob("*"))) or "nothing"
        raise InputError(f"{det / name}: no such detection file for {self.name}; there: {there}")


def open_sequence(folder: str | Path) -> Sequence:
    """Return the sequence that a folder's `seqinfo.ini` describes.

    Raises:
        InputError: the folder or its `seqinfo.ini` is missing, or the file is malformed or lacks a
            key.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder: give a MOTChallenge sequence folder")
    name = Path(os.path.abspath(folder)).name
    info = SequenceInfo(folder / "seqinfo.ini")
    extension = info.text("imExt", ".jpg")
    extension = extension if extension.startswith(".") else f".{extension}"
    image_folder = folder / info.text("imDir", "img1")
    return Sequence(
        name=name,
        folder=folder,
        length=info.positive_integer("seqLength"),
        frame_rate=info.positive_number("frameRate"),
        image_folder=image_folder,
        image_extension=extension,
        layout=_find_layout(name, folder / "gt" / "gt.txt"),
        images=_unusual_names(image_folder, extension),
        size=info.size(),
    )


def find_sequences(selection: str | Path, mot_root: str | Path | None = None) -> list[Sequence]:
    """Return the sequences that a user's word selects.

    Args:
        selection: `all`, a sequence's name, or the path of a sequence folder. `all` selects every
            sequence under the root's `train`, or every sequence under the root if `train` has none.
            A name is looked up in the root, in its `train`, `val` and `test`, and in the `data`
            folder.
        mot_root: the folder that holds `train` and `test`; :func:`default_mot_root` if None.

    Returns:
        At least one sequence, sorted by name.

    Raises:
        InputError: the word selects nothing; the message lists the folders that were searched and
            the sequences that are there.
    """
    root = default_mot_root() if mot_root is None else Path(mot_root)
    selection = str(selection)
    if selection == "all":
        for folders in (_sequence_folders([root / "train"]), _sequence_folders(_places(root))):
            if folders:
                return [open_sequence(folder) for folder in folders]
        raise InputError(
            f"{root}: no MOTChallenge sequences here: unpack MOT16 in this folder, or name the "
            "folder of MOT16 with --mot-root or $MOT16_ROOT"
        )
    is_name = Path(selection).name == selection and selection not in ("", ".", "..")
    folder = find_folder(selection, root) if is_name else None
    if folder is not None:
        return [open_sequence(folder)]
    if Path(selection).is_dir() or not is_name:
        return [open_sequence(selection)]
    names = [folder.name for folder in _sequence_folders(_places(root))]
    raise InputError(
        f"no sequence {selection!r} in {root}, its train, val or test; there: "
        f"{', '.join(names) or 'no sequences: unpack MOT16 in this folder, or name its folder'}"
    )


def find_folder(name: str, mot_root: str | Path) -> Path | None:
    """Return a sequence's folder in the root, its train or test, or `data`; None if absent."""
    for place in [*_places(Path(mot_root)), PROJECT / "data"]:
        if (place / name).is_dir():
            return place / name
    return None


def default_mot_root() -> Path:
    """Return $MOT16_ROOT, or else the folder `data/MOT16`."""
    return Path(os.environ.get("MOT16_ROOT") or MOT_ROOT)


def _places(root: Path) -> list[Path]:
    return [root / "train", root / "val", root / "test", root]


def _sequence_folders(places: list[Path]) -> list[Path]:
    found = [info.parent for place in places for info in place.glob("*/seqinfo.ini")]
    return sorted(found, key=lambda folder: folder.name)


def _unusual_names(folder: Path, extension: str) -> tuple[str, ...] | None:
    """Return the images of a folder in natural order; None if they have MOTChallenge's names.

    Other tools count from 0, use eight digits as DanceTrack does, put words before the number or
    write the extension in other letters.
    """
    if (folder / f"000001{extension}").is_file() and not (folder / f"000000{extension}").is_file():
        return None
    paths = [path for path in folder.glob("*") if is_image(path)]
    return tuple(path.name for path in sorted(paths, key=natural_key)) or None


def _find_layout(name: str, ground_truth: Path) -> Layout:
    """Return the layout by the name's prefix, else by the columns of the first row, else MOT16."""
    for layout in _LAYOUTS:
        if name.upper().startswith(layout):
            return layout
    try:
        with open(ground_truth, encoding="utf-8-sig", errors="replace") as handle:
            first = next((line for line in handle if line.strip()), "")
    except OSError:
        return "MOT16"
    # MOT15's sequences have other names (TUD-Stadtmitte), but a flag and then x, y, z, or nothing
    # more. VisDrone has ten columns too, but the eighth is a class.
    fields = first.split(",") if "," in first else first.split()
    if len(fields) == 7:
        return "MOT15"
    if len(fields) != 10:
        return "MOT16"
    has_class = all(each.strip().isdecimal() for each in fields[7:]) and int(fields[7]) > 0
    return "MOT16" if has_class else "MOT15"
