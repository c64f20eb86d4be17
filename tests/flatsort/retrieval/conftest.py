"""Hand-made indexes and pictures."""

import cv2
import numpy as np
import pytest

from flatsort.retrieval.track_index import IndexedSource, TrackIndex
from flatsort.tracker import AppearanceMetric

EUCLIDEAN = AppearanceMetric("euclidean", 1.0)


@pytest.fixture(scope="session")
def jpeg():
    """A function that makes a JPEG file of one colour (BGR)."""

    def make(colour=(0, 0, 255), size=(10, 20)):
        image = np.full((size[1], size[0], 3), colour, np.uint8)
        return cv2.imencode(".jpg", image)[1].tobytes()

    return make


@pytest.fixture
def make_index(jpeg):
    """A function that makes an index from tracks (source, id, [(frame, feature), ...]).

    Each box is 10 x 20 px and its left side is at the number of its frame.
    """

    def make(
        *tracks,
        metric=EUCLIDEAN,
        sources=("a", "b"),
        footage=None,
        descriptor="histogram",
        fingerprint="f",
    ):
        samples = [sample for _, _, own in tracks for sample in own]
        sizes = [len(own) for _, _, own in tracks]
        frames = np.array([frame for frame, _ in samples], np.int64)
        starts = np.cumsum([0, *sizes[:-1]])
        return TrackIndex(
            descriptor=descriptor,
            fingerprint=fingerprint,
            metric=metric,
            sources=tuple(
                IndexedSource(name, f"/results/{name}.txt", (footage or {}).get(name, f"/{name}"))
                for name in sources
            ),
            track_sources=np.array([sources.index(source) for source, _, _ in tracks]),
            track_ids=np.array([identity for _, identity, _ in tracks]),
            spans=np.array([[own[0][0], own[-1][0]] for _, _, own in tracks]),
            pictured=starts,
            pictures=tuple(jpeg((7 * place, 0, 255)) for place in range(len(tracks))),
            owners=np.repeat(np.arange(len(tracks)), sizes),
            frames=frames,
            boxes_tlwh=np.column_stack(
                [frames, np.zeros_like(frames), *np.tile([[10], [20]], len(frames))]
            ).astype(np.float32),
            features=np.array([feature for _, feature in samples], np.float32),
        )

    return make
