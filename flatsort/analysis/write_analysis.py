"""Analyse a run and write the folder with its answers."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flatsort.analysis.analysis_files import write_json, write_tables
from flatsort.analysis.analysis_page import HEAT_MAP, PATHS, write_analysis_page
from flatsort.analysis.floor_pictures import heat_map, path_picture, plain_background
from flatsort.analysis.run_analysis import Analysis, AnalysisRequest, analyse
from flatsort.files.atomic import check_writable
from flatsort.files.overlap import refuse_overlap
from flatsort.images.image_file import write_image
from flatsort.tracking.finished_run import Run


def write_analysis(run: Run, request: AnalysisRequest, folder: Path) -> Analysis:
    """Analyse a run, and write tables, JSON, pictures and a page into a folder.

    Args:
        run: the run.
        request: the questions.
        folder: the folder; files of an earlier analysis in it are replaced.

    Raises:
        InputError: the footage cannot be read, a file cannot be written, or the folder is the
            footage.
    """
    if run.source is not None:
        refuse_overlap([folder], [run.source.location])
    check_writable(folder / "index.html")
    analysis = analyse(run.rows, run.frames, run.frame_rate, request)
    background = _background(run)
    boundaries = request.boundaries
    write_tables(folder, analysis)
    write_json(
        folder / "analysis.json",
        analysis,
        {"footage": run.name, "tracker": run.tracker, "results": str(run.rows.path)},
    )
    write_image(folder / HEAT_MAP, heat_map(background, run.rows, boundaries))
    paths = path_picture(background, run.rows, run.frame_rate, boundaries)
    write_image(folder / PATHS, paths)
    write_analysis_page(folder, analysis, f"{run.name}, {run.tracker}")
    return analysis


def _background(run: Run) -> NDArray[np.uint8]:
    """Return the first frame, or a plain picture if there are no frames; (H, W, 3) uint8 BGR."""
    if run.source is None:
        return plain_background(run.rows)
    with run.source:
        frames = run.source.frames()
        first = next(frames, None)
        frames.close()
    return plain_background(run.rows) if first is None else first.image
