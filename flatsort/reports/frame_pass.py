"""What is taken from the frames of a run, in one pass over them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flatsort.descriptors import descriptor_label, load_descriptor
from flatsort.descriptors.descriptor import Descriptor
from flatsort.descriptors.feature_cache import kept_features
from flatsort.descriptors.feature_rows import FeatureRows
from flatsort.errors import InputError
from flatsort.evaluation.reid.judged_boxes import Boxes
from flatsort.reports.appearance import Appearance
from flatsort.reports.distance_pairs import choose_boxes
from flatsort.reports.frame_viewers import show
from flatsort.reports.page_film import EmbeddedFilm, Film, FilmPlan
from flatsort.reports.reported_run import Run
from flatsort.reports.thumbnails import Thumbnails
from flatsort.sources.source import Source


@dataclass(frozen=True)
class Described:
    """Some boxes of a run's results and how they look.

    Attributes:
        descriptor: what they were described by.
        boxes: N of them; their identities are the tracks'.
        features: (N, D).
    """

    descriptor: Descriptor
    boxes: Boxes
    features: NDArray[np.float32]


@dataclass(frozen=True)
class Footage:
    """What the frames gave.

    Attributes:
        frames: how many there are, as far as known.
        size: their width and height, pixels.
        film: None if it was left out.
        pictures: identity to JPEG.
        picture_frames: identity to the picture's frame.
        described: None without a descriptor that looks at frames.
        notes: what a person should know of the frames.
    """

    frames: int
    size: tuple[int, int]
    film: EmbeddedFilm | None
    pictures: dict[int, bytes]
    picture_frames: dict[int, int]
    described: Described | None
    notes: list[str]


def look_at(
    run: Run,
    source: Source,
    descriptor: str | None,
    film: FilmPlan | None,
    cache: Path | None,
) -> Footage:
    """Film a run, take a picture of each track and describe some boxes.

    Args:
        run: what to look at.
        source: its frames.
        descriptor: the word for what described people; None for nothing.
        film: None for no film.
        cache: folder of the features that runs kept; None to describe all anew.

    Raises:
        InputError: frames cannot be read, or the descriptor cannot be used.
    """
    appearance = _appearance(run, descriptor, cache)
    with source:
        first = next(source.frames(), None)
        if first is None:
            raise InputError(f"{source.location}: no frame in it: name the footage with --source")
        size = (first.image.shape[1], first.image.shape[0])
        last = int(run.rows.frames.max(initial=1))
        thumbnails = Thumbnails(run.rows, size)
        viewers = [thumbnails, *([appearance] if appearance else [])]
        filmed = None
        if film is None:
            seen = show(source, viewers, last)
        else:
            with Film(film.path, run.rows, last, run.frame_rate, film.width) as camera:
                seen = show(source, [camera, *viewers], last)
            filmed = EmbeddedFilm(film.path, camera.size)
    described = None
    if appearance:
        boxes, features = appearance.features()
        described = Described(appearance.descriptor, boxes, features) if len(boxes) else None
    return Footage(
        frames=max(seen, run.frames),
        size=size,
        film=filmed,
        pictures=thumbnails.pictures,
        picture_frames=thumbnails.frames,
        described=described,
        notes=source.notes,
    )


def _appearance(run: Run, word: str | None, cache: Path | None) -> Appearance | None:
    """Some boxes to be described; None if nothing can describe them."""
    descriptor = None if word is None else load_descriptor(word, run.sequence)
    chosen = np.flatnonzero(choose_boxes(run.rows.frames))
    if descriptor is None or not descriptor.needs_images or len(chosen) == 0:
        return None
    chosen = chosen[np.argsort(run.rows.frames[chosen], kind="stable")]
    kept = FeatureRows.empty()
    if run.sequence is not None:
        kept = kept_features(cache, descriptor_label(word), descriptor, run.sequence)
    return Appearance(run.rows.select(chosen), descriptor, kept)
