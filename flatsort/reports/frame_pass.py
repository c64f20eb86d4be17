"""View the footage of a run once: film it, cut pictures of its tracks, describe some boxes."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flatsort.descriptors import descriptor_label, load_descriptor
from flatsort.descriptors.box_features import BoxFeatures
from flatsort.descriptors.descriptor import Descriptor
from flatsort.descriptors.feature_cache import kept_features
from flatsort.descriptors.feature_rows import FeatureRows
from flatsort.errors import InputError
from flatsort.evaluation.reid.judged_boxes import Boxes
from flatsort.reports.distance_pairs import choose_boxes
from flatsort.reports.page_film import EmbeddedFilm, Film, FilmPlan
from flatsort.reports.thumbnails import Thumbnails
from flatsort.sources.frame_viewers import show
from flatsort.sources.source import Source
from flatsort.tracking.finished_run import Run


@dataclass(frozen=True)
class Described:
    """Some boxes of a run's results with their features.

    Attributes:
        descriptor: the descriptor that made the features.
        boxes: N boxes with the identities of their tracks.
        features: (N, D) features of the boxes.
    """

    descriptor: Descriptor
    boxes: Boxes
    features: NDArray[np.float32]


@dataclass(frozen=True)
class Footage:
    """The parts of the page that come from the frames.

    Attributes:
        frames: number of frames, at least the last frame that was read.
        size: width and height of the first frame, pixels.
        film: the film; None if it was not wanted.
        pictures: identity -> JPEG picture of the track.
        picture_frames: identity -> frame of the picture.
        series: identity -> frame -> JPEG picture, over the time of the track.
        background: (H, W, 3) uint8 BGR, the first frame.
        described: described boxes; None without a descriptor that looks at frames.
        notes: warnings of the source about its frames.
    """

    frames: int
    size: tuple[int, int]
    film: EmbeddedFilm | None
    pictures: dict[int, bytes]
    picture_frames: dict[int, int]
    series: dict[int, dict[int, bytes]]
    background: NDArray[np.uint8]
    described: Described | None
    notes: list[str]


def view_footage(
    run: Run,
    source: Source,
    descriptor: str | None,
    film: FilmPlan | None,
    cache: Path | None,
    moments: Collection[tuple[int, int]],
) -> Footage:
    """Film a run, cut a picture of each track and describe some boxes, in one pass.

    Args:
        run: the run.
        source: the frames of the run.
        descriptor: name, as on the command line, of the descriptor; None to describe no boxes.
        film: the film to make; None for no film.
        cache: folder in which runs keep features; None to describe all boxes again.
        moments: identity and frame of further pictures.

    Raises:
        InputError: frames cannot be read, or the descriptor cannot be used.
    """
    box_features = _choose_boxes(run, descriptor, cache)
    with source:
        first = next(source.frames(), None)
        if first is None:
            raise InputError(f"{source.location} has no frames: name other footage with --source")
        size = (first.image.shape[1], first.image.shape[0])
        last = int(run.rows.frames.max(initial=1))
        thumbnails = Thumbnails(run.rows, size, moments)
        viewers = [thumbnails, *([box_features] if box_features else [])]
        filmed = None
        if film is None:
            seen = show(source, viewers, last)
        else:
            names = run.record.class_names if run.record else None
            camera = Film(
                film.path, run.rows, run.frames, run.frame_rate, film.width, names, run.selection
            )
            with camera:
                seen = show(source, [camera, *viewers], last)
            filmed = EmbeddedFilm(film.path, camera.size, camera.poster)
    described = None
    if box_features:
        boxes, features = box_features.features()
        described = Described(box_features.descriptor, boxes, features) if len(boxes) else None
    return Footage(
        frames=max(seen, run.frames),
        size=size,
        film=filmed,
        pictures=thumbnails.pictures,
        picture_frames=thumbnails.frames,
        series=thumbnails.series,
        background=first.image,
        described=described,
        notes=source.notes,
    )


def _choose_boxes(run: Run, word: str | None, cache: Path | None) -> BoxFeatures | None:
    """Choose the boxes to describe; None without boxes or without a descriptor for them."""
    descriptor = None if word is None else load_descriptor(word, run.sequence)
    chosen = np.flatnonzero(choose_boxes(run.rows.frames))
    if descriptor is None or not descriptor.needs_images or len(chosen) == 0:
        return None
    chosen = chosen[np.argsort(run.rows.frames[chosen], kind="stable")]
    kept = FeatureRows.empty()
    if run.sequence is not None:
        kept = kept_features(cache, descriptor_label(word), descriptor, run.sequence)
    return BoxFeatures(run.rows.select(chosen), descriptor, kept)
