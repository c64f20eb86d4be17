"""The statistics of a run as a line, and the count of identities."""

import numpy as np

from flatsort.tracking.run_statistics import IdentityCount, RunStatistics


def test_the_closing_line():
    statistics = RunStatistics(
        frames=4,
        tracked=4,
        identities=2,
        detections=9,
        confident=8,
        decoding=0.2,
        detection=0.4,
        description=0.1,
        association=0.04,
        output=0.0,
    )
    assert statistics.line() == (
        "4 frames, 8 of 9 detections, 2 identities; "
        "waiting for decoding 0.20 s (50.00 ms per frame), detector 0.40 s (100.00 ms per frame), "
        "descriptor 0.10 s (25.00 ms per frame), association 0.04 s (10.00 ms per frame), "
        "output 0.00 s (0.00 ms per frame)"
    )
    statistics.described, statistics.reused = 6, 4
    assert "2 identities, 6 described (4 of 6 features from the cache); " in statistics.line()
    statistics.dropped = 3
    assert "8 of 9 detections (3 invalid boxes dropped), 2 identities" in statistics.line()
    statistics.missing = 5
    assert statistics.line().startswith("4 frames (5 more were missing), 8 of 9 detections (3 ")
    assert RunStatistics().line().startswith("0 frames")


def test_each_identity_is_counted_once():
    rng = np.random.default_rng(0)
    frames = [rng.integers(1, 400, 5).tolist() for _ in range(300)]
    count, seen = IdentityCount(), set()
    for ids in frames:
        count.add(ids)
        seen.update(ids)
        assert count.total == len(seen)
    count.add([])
    count.add([100_000])
    assert count.total == len(seen) + 1
