"""Download CMU's motion files, which mocap.cs.cmu.edu calls "free for use in research projects"."""

from pathlib import Path

from flatsort.errors import InputError
from flatsort.files.fetch import fetch_file
from flatsort.paper.latent.human_motion import TAKES
from flatsort.progress import ProgressBar

SITE = "http://mocap.cs.cmu.edu/subjects"


def fetch_motion(folder: Path, site: str = SITE) -> Path:
    """Download the skeletons and recordings that are not in the folder yet.

    Args:
        folder: folder for 35/35.asf, 35/35_01.amc and so on.
        site: address of the files, which have the same names there.

    Returns:
        The folder.

    Raises:
        InputError: a download fails; the files downloaded before it are kept.
    """
    takes = [take for takes in TAKES.values() for take in takes]
    subjects = sorted({take.split("_")[0] for take in takes})
    names = [f"{subject}/{subject}.asf" for subject in subjects]
    names += [f"{take.split('_')[0]}/{take}.amc" for take in takes]
    missing = [name for name in names if not (folder / name).exists()]
    for name in ProgressBar(
        missing, "downloading CMU's recordings", unit="file", disable=not missing
    ):
        try:
            fetch_file(f"{site}/{name}", folder / name)
        except InputError as error:
            raise InputError(f"{error}, or name a folder with CMU's subjects 35 and 49") from error
    return folder
