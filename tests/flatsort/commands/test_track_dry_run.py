"""track.py --dry-run: it checks and tells, and writes nothing."""

import pytest

from flatsort.commands.track import main
from tests.flatsort.clips import grey_frames, write_clip


@pytest.fixture
def clip(tmp_path):
    return write_clip(tmp_path / "walk.mp4", grey_frames(20))


def test_the_plan_of_a_part_of_a_sequence(tool, make_sequence, tmp_path, files_under):
    sequence = make_sequence(length=20)
    results = tmp_path / "results"
    (results / "t").mkdir(parents=True)
    (results / "t" / "MOT16-98.txt").write_text("")
    before = files_under(tmp_path)
    words = ("--seq", sequence.folder, "--results", results, "--tracker", "t", "--also", "csv")
    more = ("--descriptor", "histogram", "--every", 2, "--end", "9f", "--max-distance", 0.3)
    outcome = tool(main, *words, *more, "--dry-run")
    assert outcome.status == 0, outcome.err
    assert outcome.out.splitlines() == [
        f"footage     {sequence.folder}",
        "            5 frames, 5 per second",
        "            one of 2 frames, from frame 1 to frame 9",
        f"boxes       {sequence.folder / 'det' / 'det.txt'}, confidence from 0.3",
        "descriptor  histogram, cosine distance up to 0.3",
        "tracker     deepsort: min_confidence 0.3, nms_max_overlap 1.0, min_height 0.0, "
        "max_iou_distance 0.7, max_age 30, n_init 3, budget 100, max_coasted 1",
        f"writes      {results / 't' / 'MOT16-98.txt'} (replaces the old one)",
        f"            {results / 't' / 'MOT16-98.json'} (new)",
        f"            {results / 't' / 'MOT16-98.csv'} (new)",
    ]
    assert files_under(tmp_path) == before


def test_nothing_is_downloaded(tool, clip, tmp_path, files_under, own_model_cache):
    before = files_under(tmp_path)
    words = ("--source", clip, "--results", tmp_path / "results", "--adapt", 2, "--dry-run")
    outcome = tool(main, *words)
    assert "yolox-nano, downloaded first unless its file is there" in outcome.out
    assert "adapt       2 minutes, from fmvae-track-unseen" in outcome.out
    assert files_under(tmp_path) == before
    assert not own_model_cache.exists()


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--descriptor", "nobody"), "nobody"),
        (("--video", "film.avi"), "must end in .mp4"),
        (("--max-age", "-1"), "max_age"),
        (("--detector", "file:none.txt"), "none.txt"),
    ],
)
def test_checks_come_first(tool, clip, words, complaint):
    words = ("--detector", "hog", *words)
    assert complaint in tool(main, "--source", clip, *words, "--dry-run").error


def test_missing_images_are_noticed(tool, make_sequence, tmp_path):
    sequence = make_sequence(images=False)
    words = ("--seq", sequence.folder, "--results", tmp_path / "r", "--dry-run")
    assert tool(main, *words).status == 0
    assert "has no frames" in tool(main, *words, "--descriptor", "histogram").error
