"""Keep the tracks of a whole run, so that later frames can still change their identities."""

from collections.abc import Iterator
from collections.abc import Sequence as Items
from contextlib import ExitStack
from pathlib import Path
from typing import Self

import numpy as np

from flatsort.files.mot_files import Rows
from flatsort.linking.gap_filling import FILLED_CONFIDENCE
from flatsort.progress import ProgressBar
from flatsort.sinks.sink import Sink
from flatsort.sources.source import Frame, Source
from flatsort.tracker import Tracks


class RecordedTracks:
    """A sink that keeps the matched boxes of all frames in memory, 64 bytes per box."""

    needs_images = False

    def __init__(self) -> None:
        self._moments: list[tuple[int, float]] = []
        # Frame, id, left, top, width, height, confidence and class, from 1, of the boxes of each
        # frame.
        self._boxes = [np.empty((0, 8))]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *error_and_trace: object) -> None: ...

    def write(self, frame: Frame, tracks: Tracks) -> None:
        """Keep one frame's boxes."""
        self._moments.append((frame.number, frame.seconds))
        numbers = np.full(len(tracks), frame.number)
        classes = np.full(len(tracks), -1) if tracks.classes is None else tracks.classes + 1
        columns = numbers, tracks.ids, tracks.boxes_tlwh, tracks.confidences, classes
        boxes = np.column_stack(columns)
        self._boxes.append(boxes[tracks.time_since_update == 0])

    def rows(self, name: str) -> Rows:
        """Return the boxes with the identities of their tracks.

        Args:
            name: the footage, for messages.
        """
        values = np.concatenate(self._boxes)
        return Rows(
            frames=values[:, 0].astype(np.int64),
            ids=values[:, 1].astype(np.int64),
            boxes_tlwh=values[:, 2:6],
            confidences=values[:, 6],
            classes=values[:, 7].astype(np.int64),
            visibilities=np.full(len(values), -1.0),
            path=Path(name),
        )

    def replay(self, rows: Rows, sinks: Items[Sink], source: Source | None) -> None:
        """Give the sinks each frame again, with the boxes and identities of these rows.

        Args:
            rows: boxes with identities, by frame. Filled boxes have confidence 0.
            sinks: the sinks; this function enters and exits them.
            source: the frames, not opened; needed if a sink needs images.
        """
        numbers = np.array([number for number, _ in self._moments])
        starts, ends = (np.searchsorted(rows.frames, numbers, side) for side in ("left", "right"))
        with ExitStack() as stack:
            for sink in sinks:
                stack.enter_context(sink)
            has_images = any(sink.needs_images for sink in sinks)
            frames = self._frames(source if has_images else None, stack)
            for frame, start, end in zip(frames, starts, ends, strict=True):
                tracks = _as_tracks(rows.select(slice(start, end)))
                for sink in sinks:
                    sink.write(frame, tracks)

    def _frames(self, source: Source | None, stack: ExitStack) -> Iterator[Frame]:
        """Yield the frames again, with their images if there is a source."""
        if source is None:
            yield from (Frame(number, seconds, None) for number, seconds in self._moments)
            return
        stack.enter_context(source)
        numbers = [number for number, _ in self._moments]
        frames = source.frames(numbers)
        stack.callback(frames.close)
        yield from ProgressBar(
            frames, desc=f"writing the tracks of {source.name}", total=len(numbers), unit="frame"
        )


def _as_tracks(rows: Rows) -> Tracks:
    """Return the rows of one frame as tracks; a filled box counts as one frame without a match."""
    order = np.argsort(rows.ids)
    confidences = rows.confidences[order]
    return Tracks(
        ids=rows.ids[order],
        boxes_tlwh=rows.boxes_tlwh[order],
        time_since_update=(confidences == FILLED_CONFIDENCE).astype(np.int64),
        detection_indices=np.full(len(rows), -1),
        confidences=confidences,
        classes=rows.select(order).detector_classes,
    )
