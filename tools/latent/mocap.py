"""CMU's motion files, downloaded: "free for use in research projects", mocap.cs.cmu.edu says."""

import shutil
from http.client import HTTPException
from pathlib import Path
from urllib.request import urlopen

from tqdm import tqdm

from tools.atomic import atomic_path
from tools.errors import InputError
from tools.latent.motion import TAKES

SITE = "http://mocap.cs.cmu.edu/subjects"
# Seconds without a byte.
_PATIENCE = 30


def fetch_motion(folder: Path, site: str = SITE) -> Path:
    """Download the skeletons and recordings that are not in the folder yet.

    Args:
        folder: gets 35/35.asf, 35/35_01.amc and so on.
        site: where those are under the same names.

    Returns:
        The folder.

    Raises:
        InputError: a file cannot be had; those before it are kept.
    """
    takes = [take for takes in TAKES.values() for take in takes]
    subjects = sorted({take.split("_")[0] for take in takes})
    names = [f"{subject}/{subject}.asf" for subject in subjects]
    names += [f"{take.split('_')[0]}/{take}.amc" for take in takes]
    missing = [name for name in names if not (folder / name).exists()]
    for name in tqdm(missing, "downloading CMU's recordings", unit="file", disable=not missing):
        try:
            with (
                urlopen(f"{site}/{name}", timeout=_PATIENCE) as response,  # noqa: S310 - ours
                atomic_path(folder / name) as temporary,
                temporary.open("wb") as file,
            ):
                shutil.copyfileobj(response, file)
                wanted = response.headers.get("Content-Length", file.tell())
                if file.tell() != int(wanted):
                    raise HTTPException(f"{file.tell()} of {wanted} bytes came")
        except (OSError, HTTPException) as error:
            raise InputError(
                f"{site}/{name} could not be downloaded ({error}): try again, or give --motion DIR "
                "with CMU's subjects 35 and 49"
            ) from error
    return folder
