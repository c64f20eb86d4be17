"""Build an index of tracks from result files and their footage."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flatsort.descriptors import Descriptor
from flatsort.errors import InputError
from flatsort.files.mot_files import Rows
from flatsort.images.track_picture import cut_picture, is_in_frame, shown_areas
from flatsort.progress import ProgressBar
from flatsort.retrieval.result_footage import ResultSet
from flatsort.retrieval.track_index import IndexedSource, TrackIndex, join
from flatsort.retrieval.track_samples import choose_samples


def index_cameras(
    sets: list[ResultSet], word: str, descriptor: Descriptor, fingerprint: str, budget: int
) -> Iterator[TrackIndex]:
    """Describe some boxes of every track, and yield one index per camera.

    Only one frame at a time is in memory. A track whose boxes all lie outside the picture is left
    out, so the index of a camera, or of all of them, may have no tracks.

    Args:
        sets: the result files and their footage, at least one.
        word: name of the descriptor as on the command line.
        descriptor: the descriptor, which must look at frames.
        fingerprint: the descriptor's fingerprint, from :func:`open_descriptor`.
        budget: largest number of boxes described per track.

    Raises:
        InputError: frames are missing.
    """
    for each in sets:
        camera = _index_camera(each, descriptor, budget)
        yield TrackIndex(
            descriptor=word,
            fingerprint=fingerprint,
            metric=descriptor.metric,
            sources=(
                IndexedSource(each.name, str(each.rows.path.resolve()), each.source.location),
            ),
            track_sources=np.zeros(len(camera.ids), np.int64),
            track_ids=camera.ids,
            spans=camera.spans,
            pictured=camera.pictured,
            pictures=tuple(camera.pictures),
            owners=camera.owners,
            frames=camera.samples.frames,
            boxes_tlwh=camera.samples.boxes_tlwh.astype(np.float32),
            features=camera.features,
        )


def build_index(
    sets: list[ResultSet], word: str, descriptor: Descriptor, fingerprint: str, budget: int
) -> TrackIndex:
    """Describe some boxes of every track and return the index of all cameras.

    Args:
        sets: the result files and their footage, at least one.
        word: see :func:`index_cameras`, as for the other arguments.
        descriptor: the descriptor, which must look at frames.
        fingerprint: the descriptor's fingerprint.
        budget: largest number of boxes described per track.

    Raises:
        InputError: there is no track to describe, or frames are missing.
    """
    return join(list(index_cameras(sets, word, descriptor, fingerprint, budget)))


@dataclass(frozen=True)
class _CameraTracks:
    """The tracks of one camera.

    The attributes are explained at :class:`TrackIndex`; here tracks and samples count from 0 within
    this camera; ``samples`` are the described rows of the result file.
    """

    ids: NDArray[np.int64]
    spans: NDArray[np.int64]
    pictured: NDArray[np.int64]
    pictures: list[bytes]
    samples: Rows
    owners: NDArray[np.int64]
    features: NDArray[np.float32]


def _index_camera(results: ResultSet, descriptor: Descriptor, budget: int) -> _CameraTracks:
    """Choose and describe boxes of the tracks of one result file, and cut the tracks' pictures."""
    rows = results.rows
    with results.source as source:
        first = next(source.frames(), None)
    if first is None:
        raise InputError(
            f"{source.location} has no frames: give the footage of {rows.path} with --source"
        )
    areas = shown_areas(rows.frames, rows.boxes_tlwh, first.image.shape[1::-1])
    chosen = choose_samples(rows, areas, budget)
    features, best = _describe_and_picture(results, chosen, areas, descriptor)
    described = np.array([row for row in chosen.tolist() if row in features], np.int64)
    ids, owners = np.unique(rows.ids[described], return_inverse=True)
    pictured = [best[identity][0] for identity in ids.tolist()]
    return _CameraTracks(
        ids=ids,
        spans=_spans(rows)[np.searchsorted(np.unique(rows.ids), ids)],
        pictured=np.flatnonzero(np.isin(described, pictured)),
        pictures=[best[identity][1] for identity in ids.tolist()],
        samples=rows.select(described),
        owners=owners,
        features=np.array([features[row] for row in described.tolist()], np.float32),
    )


def _describe_and_picture(
    results: ResultSet,
    chosen: NDArray[np.int64],
    areas: NDArray[np.float64],
    descriptor: Descriptor,
) -> tuple[dict[int, NDArray[np.float32]], dict[int, tuple[int, bytes]]]:
    """Read the frames once; describe the chosen boxes and cut one picture per track.

    Returns:
        Two mappings: row number -> feature, for each chosen box that lies in its frame; and
        identity -> row number and JPEG picture of the box that shows most of the person.
    """
    rows = results.rows
    by_frame = chosen[np.argsort(rows.frames[chosen], kind="stable")]
    numbers, starts = np.unique(rows.frames[by_frame], return_index=True)
    wanted = dict(zip(numbers.tolist(), np.split(by_frame, starts[1:]), strict=False))
    features: dict[int, NDArray[np.float32]] = {}
    best: dict[int, tuple[int, bytes]] = {}
    last = 0
    with results.source as source:
        for frame in ProgressBar(
            source.frames(list(wanted)),
            desc=f"describing {results.name}",
            unit="frame",
            total=len(wanted),
        ):
            here, last = wanted[frame.number], frame.number
            here = here[is_in_frame(frame.image, rows.boxes_tlwh[here])]
            if len(here) == 0:
                continue
            descriptor.start_frame(last)
            boxes_tlwh = rows.boxes_tlwh[here].astype(np.float32)
            features |= zip(here.tolist(), descriptor(frame.image, boxes_tlwh), strict=True)
            for row, identity in zip(here.tolist(), rows.ids[here].tolist(), strict=True):
                if identity not in best or areas[row] > areas[best[identity][0]]:
                    best[identity] = row, cut_picture(frame.image, rows.boxes_tlwh[row])
    missing = [number for number in wanted if number > last]
    if missing:
        raise InputError(
            f"{source.location} ends before frame {missing[0]}, in which {rows.path} has people: "
            + ("; ".join(source.notes) or "give the right footage with --source")
        )
    return features, best


def _spans(rows: Rows) -> NDArray[np.int64]:
    """Return (T, 2) first and last frame of each identity, in ascending order of identities."""
    order = np.lexsort((rows.frames, rows.ids))
    _, starts, counts = np.unique(rows.ids[order], return_index=True, return_counts=True)
    return np.column_stack([rows.frames[order[starts]], rows.frames[order[starts + counts - 1]]])
