"""The fixture that all tests share."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def mot_data() -> Path:
    """Return the folder of real data: $FLATSORT_DATA, else ../shared/data beside the project.

    Where the folder is missing, tests on real data are skipped; with CI=true they fail.
    """
    folder = Path(os.environ.get("FLATSORT_DATA", ROOT.parent / "shared" / "data"))
    if (folder / "MOT16" / "train" / "MOT16-09" / "seqinfo.ini").is_file():
        return folder
    message = f"no real data at {folder}: set FLATSORT_DATA to the folder that holds MOT16/train"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)
