"""MOTChallenge's data sets: their addresses and the sequences that belong to them."""

from dataclasses import dataclass
from pathlib import Path

from flatsort.errors import InputError
from flatsort.files.sequence import open_sequence

SITE = "https://motchallenge.net/data"
LICENCE = (
    "The data belong to MOTChallenge (https://motchallenge.net). Their licence, CC BY-NC-SA 3.0, "
    "allows non-commercial use with attribution."
)


@dataclass(frozen=True)
class Challenge:
    """One archive of the site.

    Attributes:
        archive: the archive's name on the site.
        folder: name of the folder under `data` that holds the unpacked archive.
        train: the sequences that must be under `train`.
        test: the sequences that must be under `test`.
        has_images: whether the archive contains the frames.
        has_seqinfo: whether every sequence has a `seqinfo.ini`.
        sha256: the archive's digest; None where it is unknown, because the site publishes none.
    """

    archive: str
    folder: str
    train: tuple[str, ...]
    test: tuple[str, ...] = ()
    has_images: bool = True
    has_seqinfo: bool = True
    sha256: str | None = None

    @property
    def url(self) -> str:
        """The archive's address."""
        return f"{SITE}/{self.archive}"

    def missing(self, folder: Path) -> list[str]:
        """Return what is missing in a folder of this data set; empty if the folder is complete.

        Args:
            folder: the folder that holds `train` and `test`.

        Returns:
            Paths relative to the folder, with a reason where a sequence lacks frames.
        """
        lacking = []
        for part, names in (("train", self.train), ("test", self.test)):
            for name in names:
                files = ["det/det.txt", *(["gt/gt.txt"] if part == "train" else [])]
                files += ["seqinfo.ini"] if self.has_seqinfo else []
                if not (folder / part / name).is_dir():
                    lacking.append(f"{part}/{name}")
                    continue
                absent = [file for file in files if not (folder / part / name / file).is_file()]
                lacking += [f"{part}/{name}/{file}" for file in absent]
                if self.has_images and not absent:
                    reason = _fault_in_frames(folder / part / name)
                    lacking += [f"{part}/{name}: {reason}"] if reason else []
        return lacking


def _fault_in_frames(folder: Path) -> str | None:
    """Return what is wrong with the frames of a sequence; None if nothing is."""
    if not (folder / "seqinfo.ini").is_file():
        return None if any(folder.glob("img1/*.jpg")) else "no frames"
    try:
        sequence = open_sequence(folder)
    except InputError as error:
        return str(error)
    count = sum(1 for _ in sequence.image_folder.glob(f"*{sequence.image_extension}"))
    return None if count >= sequence.length else f"{count} of {sequence.length} frames"


def _numbered(prefix: str, numbers: str, suffixes: tuple[str, ...] = ("",)) -> tuple[str, ...]:
    return tuple(f"{prefix}-{number}{end}" for number in numbers.split() for end in suffixes)


_MOT15 = (
    *("ADL-Rundle-6", "ADL-Rundle-8", "ETH-Bahnhof", "ETH-Pedcross2", "ETH-Sunnyday", "KITTI-13"),
    *("KITTI-17", "PETS09-S2L1", "TUD-Campus", "TUD-Stadtmitte", "Venice-2"),
)
_MOT15_TEST = (
    *("ADL-Rundle-1", "ADL-Rundle-3", "AVG-TownCentre", "ETH-Crossing", "ETH-Jelmoli"),
    *("ETH-Linthescher", "KITTI-16", "KITTI-19", "PETS09-S2L2", "TUD-Crossing", "Venice-1"),
)
_MOT16, _MOT16_TEST = "02 04 05 09 10 11 13", "01 03 06 07 08 12 14"
_MOT20, _MOT20_TEST = "01 02 03 05", "04 06 07 08"
# MOT17 has every sequence three times, each time with the boxes of another detector.
_DETECTORS = ("-DPM", "-FRCNN", "-SDP")

CHALLENGES = {
    "mot15": Challenge("2DMOT2015.zip", "MOT15", _MOT15, _MOT15_TEST, has_seqinfo=False),
    "mot16": Challenge(
        "MOT16.zip", "MOT16", _numbered("MOT16", _MOT16), _numbered("MOT16", _MOT16_TEST)
    ),
    "mot17": Challenge(
        *("MOT17.zip", "MOT17"),
        _numbered("MOT17", _MOT16, _DETECTORS),
        _numbered("MOT17", _MOT16_TEST, _DETECTORS),
    ),
    "mot20": Challenge(
        "MOT20.zip", "MOT20", _numbered("MOT20", _MOT20), _numbered("MOT20", _MOT20_TEST)
    ),
    # The label archives have boxes but no frames, so they are about a hundred times smaller. They
    # contain training sequences only.
    "mot16-labels": Challenge(
        *("MOT16Labels.zip", "MOT16Labels"), _numbered("MOT16", _MOT16), has_images=False
    ),
    "mot17-labels": Challenge(
        "MOT17Labels.zip",
        "MOT17Labels",
        _numbered("MOT17", _MOT16, _DETECTORS),
        has_images=False,
    ),
    "mot20-labels": Challenge(
        *("MOT20Labels.zip", "MOT20Labels"), _numbered("MOT20", _MOT20), has_images=False
    ),
}
