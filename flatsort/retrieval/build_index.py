"""From result files and their footage to an index of tracks."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from flatsort.descriptors import Descriptor
from flatsort.errors import InputError
from flatsort.files.mot_files import Rows
from flatsort.images.track_picture import cut_picture, is_in_frame, shown_areas
from flatsort.retrieval.index import IndexedSource, TrackIndex
from flatsort.retrieval.result_footage import ResultSet
from flatsort.retrieval.samples import choose_samples


def build_index(
    sets: list[ResultSet], word: str, descriptor: Descriptor, fingerprint: str, budget: int
) -> TrackIndex:
    """Describe some boxes of every track; one frame at a time is in memory.

    Tracks of whose boxes nothing is in the frame are left out.

    Args:
        sets: at least one.
        word: the command line's for the descriptor.
        descriptor: looks at frames.
        fingerprint: of the descriptor.
        budget: boxes of a track, at most.

    Raises:
        InputError: there is no track to describe, or frames are missing.
    """
    views = [_view(each, descriptor, budget) for each in sets]
    filled = [view for view in views if len(view.ids)]
    if not filled:
        names = ", ".join(str(each.rows.path) for each in sets)
        raise InputError(f"no tracks to index in {names}: track people first")
    tracks = np.cumsum([0] + [len(view.ids) for view in filled])
    samples = np.cumsum([0] + [len(view.samples) for view in filled])
    return TrackIndex(
        descriptor=word,
        fingerprint=fingerprint,
        metric=descriptor.metric,
        sources=tuple(
            IndexedSource(each.name, str(each.rows.path.resolve()), each.source.location)
            for each in sets
        ),
        track_sources=np.repeat(np.arange(len(views)), [len(view.ids) for view in views]),
        track_ids=np.concatenate([view.ids for view in filled]),
        spans=np.concatenate([view.spans for view in filled]),
        pictured=np.concatenate([v.pictured + n for v, n in zip(filled, samples, strict=False)]),
        pictures=tuple(picture for view in filled for picture in view.pictures),
        owners=np.concatenate([v.owners + n for v, n in zip(filled, tracks, strict=False)]),
        frames=np.concatenate([view.samples.frames for view in filled]),
        boxes_tlwh=np.concatenate([view.samples.boxes_tlwh for view in filled]).astype(np.float32),
        features=np.concatenate([view.features for view in filled]),
    )


@dataclass(frozen=True)
class _View:
    """The tracks of one camera; attributes as those of an index, places counted from 0."""

    ids: NDArray[np.int64]
    spans: NDArray[np.int64]
    pictured: NDArray[np.int64]
    pictures: list[bytes]
    samples: Rows
    owners: NDArray[np.int64]
    features: NDArray[np.float32]


def _view(results: ResultSet, descriptor: Descriptor, budget: int) -> _View:
    rows = results.rows
    with results.source as source:
        first = next(source.frames(), None)
    if first is None:
        raise InputError(f"{source.location}: no frame in it: name the footage with --source")
    areas = shown_areas(rows.frames, rows.boxes_tlwh, first.image.shape[1::-1])
    chosen = choose_samples(rows, areas, budget)
    features, best = _look(results, chosen, areas, descriptor)
    described = np.array([row for row in chosen.tolist() if row in features], np.int64)
    ids, owners = np.unique(rows.ids[described], return_inverse=True)
    pictured = [best[identity][0] for identity in ids.tolist()]
    return _View(
        ids=ids,
        spans=_spans(rows)[np.searchsorted(np.unique(rows.ids), ids)],
        pictured=np.flatnonzero(np.isin(described, pictured)),
        pictures=[best[identity][1] for identity in ids.tolist()],
        samples=rows.select(described),
        owners=owners,
        features=np.array([features[row] for row in described.tolist()], np.float32),
    )


def _look(
    results: ResultSet,
    chosen: NDArray[np.int64],
    areas: NDArray[np.float64],
    descriptor: Descriptor,
) -> tuple[dict[int, NDArray[np.float32]], dict[int, tuple[int, bytes]]]:
    """Row to feature of the chosen boxes in the frame, and identity to best row and picture."""
    rows = results.rows
    by_frame = chosen[np.argsort(rows.frames[chosen], kind="stable")]
    numbers, starts = np.unique(rows.frames[by_frame], return_index=True)
    wanted = dict(zip(numbers.tolist(), np.split(by_frame, starts[1:]), strict=False))
    features: dict[int, NDArray[np.float32]] = {}
    best: dict[int, tuple[int, bytes]] = {}
    last = 0
    with results.source as source:
        for frame in tqdm(
            source.frames(list(wanted)), desc=results.name, unit="frame", total=len(wanted)
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
            f"{source.location}: it ends before frame {missing[0]}, in which {rows.path} has "
            "people: "
            + ("; ".join(source.notes) or "name the footage that they are of with --source")
        )
    return features, best


def _spans(rows: Rows) -> NDArray[np.int64]:
    """(T, 2) first and last frame of each identity, in their order."""
    order = np.lexsort((rows.frames, rows.ids))
    _, starts, counts = np.unique(rows.ids[order], return_index=True, return_counts=True)
    return np.column_stack([rows.frames[order[starts]], rows.frames[order[starts + counts - 1]]])
