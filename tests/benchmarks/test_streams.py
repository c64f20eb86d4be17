"""benchmarks/streams.py: the results of both sides are compared, and its page tells the ratio."""

import pytest

from benchmarks.streams_footage import HEIGHT, WIDTH, make_footage
from benchmarks.streams_page import page
from benchmarks.streams_runs import MANY, ONE, measure
from flatsort.errors import InputError
from flatsort.sources.registry import open_source
from tests.flatsort.clips import grey_frames, write_clip


@pytest.fixture
def footage(tmp_path):
    """Two streams of a clip of six frames, twice; a file stands for the detector."""
    clip = write_clip(tmp_path / "street.mp4", grey_frames(6))
    (tmp_path / "det.txt").write_text(
        "".join(f"{n},-1,10,20,20,50,0.9,-1,-1,-1\n" for n in range(1, 13))
    )
    (tmp_path / "footage").mkdir()
    return make_footage(tmp_path / "footage", clip, f"file:{tmp_path / 'det.txt'}", 2, 2)


def test_the_clip_is_repeated_and_small(footage):
    assert (footage.frames, footage.boxes) == (12, 12)
    for clip in footage.clips:
        with open_source(str(clip)) as source:
            frames = list(source.frames())
        assert [frame.image.shape[:2] for frame in frames] == [(HEIGHT, WIDTH)] * 12
        # The second half repeats the first one.
        greys = [frame.image[-1, -1].mean() for frame in frames]
        assert greys[6:] == pytest.approx(greys[:6], abs=3)


def test_both_sides_have_equal_results_and_the_page_has_both(footage, tmp_path):
    rows = measure(footage, tmp_path, ["none"], repeat=1)
    assert [(row["side"], row["equal"]) for row in rows] == [(ONE, True), (MANY, True)]
    for row in rows:
        assert row["frames"] == pytest.approx(24 / row["seconds"])
        assert 2e7 < row["memory"] < 4e9
    results = {"streams": 2, "frames": 12, "boxes": 12, "video": "a", "repeat": 1, "rows": rows}
    one, many = page(results, "machine").splitlines()[6:8]
    ratio = rows[0]["frames"] / rows[1]["frames"]
    assert f"| {ratio:.2f} x " in one
    assert "| 1.00 x " in many
    assert "| equal " in one
    rows[0]["equal"] = False
    assert "DIFFERENT" in page(results, "machine")


def test_a_failed_run_ends_the_measurement(footage, tmp_path):
    with pytest.raises(InputError, match="--descriptor no failed"):
        measure(footage, tmp_path, ["no"], repeat=1)
