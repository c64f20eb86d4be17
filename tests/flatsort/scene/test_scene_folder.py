"""The built-in sequence as users get it: complete, and hard for trackers that ignore looks."""

from flatsort.commands.track import main as track
from flatsort.evaluation.tracks.score import ScoredFile, score_files
from flatsort.files.sequence import open_sequence
from flatsort.scene import scene_folder as module
from flatsort.scene.scene_folder import write_scene


def test_one_process_and_many_processes_write_the_same_scene(tmp_path, monkeypatch):
    write_scene(tmp_path / "one", seed=1, frames=4)
    monkeypatch.setattr(module, "WORTH_A_POOL", 2)
    monkeypatch.setattr(module, "FRAMES_AT_A_TIME", 2)
    write_scene(tmp_path / "many", seed=1, frames=4)
    for part in ("img1/000001.jpg", "img1/000004.jpg", "gt/gt.txt", "det/det.txt"):
        one, many = (tmp_path / name / part for name in ("one", "many"))
        assert one.read_bytes() == many.read_bytes()


def test_appearance_keeps_identities_that_sort_loses(tmp_path):
    write_scene(tmp_path / "scene", seed=1, frames=360)
    sequence = open_sequence(tmp_path / "scene")
    scores = {}
    for descriptor in ("none", "histogram"):
        words = ["--seq", str(sequence.folder), "--results", str(tmp_path)]
        track([*words, "--descriptor", descriptor])
        (score,) = score_files([ScoredFile(sequence, tmp_path / descriptor / "scene.txt")])
        scores[descriptor] = score.columns()
    # The measured gains of the colour histogram are well above these limits.
    assert scores["histogram"]["IDF1"] > scores["none"]["IDF1"] + 10
    assert scores["histogram"]["IDs"] < 0.5 * scores["none"]["IDs"]
    assert scores["none"]["IDs"] > 16
