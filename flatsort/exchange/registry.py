"""Find out which program wrote a file of boxes, and read it."""

import math
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from flatsort.errors import InputError
from flatsort.exchange.coco import read_coco
from flatsort.exchange.cvat import read_cvat
from flatsort.exchange.foreign_boxes import ForeignBoxes
from flatsort.exchange.label_studio import is_label_studio, read_label_studio
from flatsort.exchange.yolo_text import read_yolo
from flatsort.files.json_values import read_json
from flatsort.files.mot_files import read_detections

_MOT_PLACES = ("det/det.txt", "gt/gt.txt")
"""Files with the boxes of a sequence folder, as MOTChallenge and TrackEval lay them out."""


def read_boxes(path: Path) -> ForeignBoxes:
    """Read the boxes of any program.

    ==============  ==========================================================================
    .json           COCO: a data set, a CocoVID file or a list of results; Label Studio's export
    .xml            CVAT, for video or for images
    a folder        YOLO: one .txt per frame, also in its folder labels/; or a sequence folder
    anything else   MOTChallenge's format, which TrackEval has too
    ==============  ==========================================================================

    Raises:
        InputError: the file is missing, damaged or of another kind.
    """
    if path.is_dir():
        return _read_folder(path)
    if path.suffix.lower() == ".json":
        content = _read_json(path)
        read = read_label_studio if is_label_studio(content) else read_coco
        return read(path, content)
    if path.suffix.lower() == ".xml":
        return read_cvat(path, _read_xml(path))
    rows = read_detections(path, math.inf)
    return ForeignBoxes(rows, {})


def _read_folder(path: Path) -> ForeignBoxes:
    for place in _MOT_PLACES:
        if (path / place).is_file():
            return ForeignBoxes(read_detections(path / place, math.inf), {})
    return read_yolo(path)


def _read_json(path: Path) -> Any:
    try:
        return read_json(path)
    except FileNotFoundError as error:
        raise InputError(f"{path}: cannot read: {error.strerror}") from error


def _read_xml(path: Path) -> ElementTree.Element:
    try:
        # The file is the user's own. expat reads no external entities, and refuses those that grow
        # without end (from 2.4.1 on), as a test shows.
        return ElementTree.parse(path).getroot()  # noqa: S314 - expat limits entities itself
    except OSError as error:
        raise InputError(f"{path}: cannot read: {error.strerror}") from error
    except ElementTree.ParseError as error:
        line, _ = error.position
        raise InputError(f"{path}, line {line}: not XML: {error}") from error
    except (LookupError, ValueError) as error:
        # The first line names an encoding that Python or expat does not know.
        raise InputError(f"{path}, line 1: not XML that can be read: {error}") from error
