"""Find the identities whose crops look like two people, without labels."""

from collections import Counter
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from flatsort.evaluation.verdict.contestant import Followed
from flatsort.evaluation.verdict.detected_boxes import DetectedBoxes
from flatsort.files.mot_files import Rows
from flatsort.linking.cutting import survey, whole_tracks
from flatsort.linking.link_tracks import DescribeRows
from flatsort.linking.looks import Looks
from flatsort.linking.tracklet_crops import choose_crops
from flatsort.tracker import AppearanceMetric


def count_two_modes(
    followed: Followed,
    boxes: DetectedBoxes,
    frame_rate: float,
    looks: Iterable[tuple[NDArray[np.float32], AppearanceMetric]],
) -> int | None:
    """Return how many identities look like two people to any of some descriptors.

    Args:
        followed: the tracks of a contestant.
        boxes: the N detected boxes.
        frame_rate: frames per second.
        looks: for each descriptor its features (N, D) of the boxes, and its metric.

    Returns:
        The number; None if no descriptor tells these people apart.
    """
    seen = followed.rows >= 0
    chosen, ids = followed.rows[seen], followed.ids[seen]
    tracks = boxes.as_tracks(chosen, ids)
    judged = [
        two_mode_identities(
            tracks,
            frame_rate,
            lambda rows, features=features: {row: features[chosen[row]] for row in rows.tolist()},
            metric,
        )
        for features, metric in looks
    ]
    found = [each for each in judged if each is not None]
    return len(set().union(*found)) if found else None


def two_mode_identities(
    tracks: Rows, frame_rate: float, describe: DescribeRows, metric: AppearanceMetric
) -> set[int] | None:
    """Return the identities whose crops before and after some moment look like two people.

    How strongly a distance speaks for two people is learned from the tracks themselves, as linking
    learns it: two stretches of one track against tracks that share its frames.

    Args:
        tracks: N boxes with the identities of their tracks.
        frame_rate: frames per second.
        describe: describes boxes of these rows.
        metric: compares features.

    Returns:
        The identities; None if looks do not tell these people apart.
    """
    if len(tracks) == 0:
        return None
    around = survey(tracks)
    whole = whole_tracks(tracks, frame_rate)
    crops = [choose_crops(each, around) for each in whole]
    features = describe(np.concatenate([np.empty(0, np.intp), *crops]))
    looks = Looks(whole, crops, features, metric, around)
    if not looks.is_informative:
        return None
    parts = Counter(each.track for each in looks.tracklets)
    return {track for track, count in parts.items() if count > 1}
