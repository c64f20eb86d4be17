"""Link the tracks of a recording that can be read again: its frames show how people look."""

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flatsort.descriptors.box_features import BoxFeatures
from flatsort.descriptors.descriptor import Descriptor
from flatsort.descriptors.feature_rows import FeatureRows
from flatsort.files.mot_files import Rows
from flatsort.linking.gap_filling import fill_gaps
from flatsort.linking.link_tracks import Linked, link
from flatsort.linking.linking_request import LinkingRequest
from flatsort.sources.frame_selection import ALL, FrameSelection
from flatsort.sources.frame_viewers import show
from flatsort.sources.source import Frame, Source


@dataclass(frozen=True)
class LinkedRecording:
    """The linked tracks of a recording.

    Attributes:
        rows: the boxes with their identities, by frame and identity. Filled boxes have confidence
            0.
        request: the settings.
        linked: the counts of the linking.
        described: number of boxes that were described.
    """

    rows: Rows
    request: LinkingRequest
    linked: Linked
    described: int

    def facts(self) -> dict[str, Any]:
        """Return settings and counts for the record of a run."""
        linked = self.linked
        counts = {
            "tracks": linked.tracks,
            "tracklets": linked.tracklets,
            "identities": linked.identities,
            "looks_count": linked.looks_count,
            "described": self.described,
        }
        return {**asdict(self.request), **counts}

    def summary(self) -> str:
        """Return the counts as one line of text."""
        linked = self.linked
        if linked.looks_count:
            how = f"cut into {linked.tracklets} tracklets, {self.described} boxes described"
        elif self.described:
            how = "looks do not tell these people apart, so movement alone"
        else:
            how = "by movement alone"
        return f"{linked.tracks} tracks linked to {linked.identities} identities ({how})"


def link_recording(
    rows: Rows,
    frame_rate: float,
    request: LinkingRequest,
    descriptor: Descriptor | None = None,
    source: Source | None = None,
    selection: FrameSelection = ALL,
) -> LinkedRecording:
    """Link the tracks of a recording, and fill their gaps if the request says so.

    Tracks of different classes are never joined. If a track itself has several classes, as with
    --class-agnostic, classes do not count.

    Args:
        rows: the boxes of all frames, with the identities of their tracks.
        frame_rate: frames per second of the footage.
        request: how to link.
        descriptor: describes boxes; None to link by movement alone.
        source: the frames, not opened; needed with a descriptor that looks at frames.
        selection: the frames that were tracked. A track has no gap between two of them.

    Raises:
        InputError: a frame cannot be read, or the source ends before the tracks do.
    """
    described = 0
    parts: list[Linked] = []
    ids = np.zeros(len(rows), np.int64)
    for chosen in _groups(rows):
        group = rows.select(chosen)
        part, count = _link_group(group, frame_rate, request, descriptor, source, selection)
        ids[chosen] = part.ids + sum(each.identities for each in parts)
        parts.append(part)
        described += count
    linked = Linked(
        ids=ids,
        tracks=sum(each.tracks for each in parts),
        tracklets=sum(each.tracklets for each in parts),
        identities=sum(each.identities for each in parts),
        looks_count=any(each.looks_count for each in parts),
    )
    named = replace(rows, ids=linked.ids)
    if request.fill_s > 0:
        longest = round(request.fill_s * frame_rate / selection.every)
        filled = fill_gaps(_counted(named, selection), longest)
        frames = selection.first + selection.every * (filled.frames - 1)
        named = replace(filled, frames=frames)
    ordered = named.select(np.lexsort((named.ids, named.frames)))
    return LinkedRecording(ordered, request, linked, described)


def _groups(rows: Rows) -> list[NDArray[np.intp]]:
    """Return the rows of each class; all rows in one group if there are none, or if tracks mix."""
    pairs = np.unique(np.column_stack([rows.ids, rows.classes]), axis=0)
    if len(rows) == 0 or len(pairs) > len(np.unique(rows.ids)):
        return [np.arange(len(rows))]
    return [np.flatnonzero(rows.classes == number) for number in np.unique(rows.classes)]


def _link_group(
    rows: Rows,
    frame_rate: float,
    request: LinkingRequest,
    descriptor: Descriptor | None,
    source: Source | None,
    selection: FrameSelection,
) -> tuple[Linked, int]:
    """Return the linked tracks of one group, and the number of boxes that were described."""
    described = 0

    def describe(chosen: NDArray[np.intp]) -> dict[int, NDArray[np.float32]]:
        nonlocal described
        features = _describe(rows, chosen, descriptor, source)
        described = len(features)
        return features

    has_looks = descriptor is not None and len(rows) > 0
    linked = link(
        _counted(rows, selection),
        frame_rate / selection.every,
        describe if has_looks else None,
        descriptor.metric if has_looks else None,
        request.memory_s,
    )
    return linked, described


def _counted(rows: Rows, selection: FrameSelection) -> Rows:
    """Return rows whose frames are counted among the selected ones, from 1."""
    return replace(rows, frames=(rows.frames - selection.first) // selection.every + 1)


def _describe(
    rows: Rows, chosen: NDArray[np.intp], descriptor: Descriptor, source: Source | None
) -> dict[int, NDArray[np.float32]]:
    """Return the features of chosen rows; rows whose frame is missing are left out."""
    if len(chosen) == 0:
        return {}
    ordered = chosen[np.argsort(rows.frames[chosen], kind="stable")]
    wanted = rows.select(ordered)
    viewer = BoxFeatures(wanted, descriptor, FeatureRows.empty())
    if descriptor.needs_images:
        with source:
            show(source, [viewer], int(wanted.frames[-1]))
    else:
        for number in sorted(viewer.wanted):
            viewer.see(Frame(number, 0.0, None))
    boxes, features = viewer.features()
    places = {
        (frame, identity): row
        for row, frame, identity in zip(
            ordered.tolist(), wanted.frames.tolist(), wanted.ids.tolist(), strict=True
        )
    }
    keys = zip(boxes.frames.tolist(), boxes.ids.tolist(), strict=True)
    return {places[key]: feature for key, feature in zip(keys, features, strict=True)}
