"""The report and its headlines, from invented figures."""

import numpy as np
import pytest

from flatsort.adaptation.findings import Findings
from flatsort.adaptation.gate_band import Spread
from flatsort.adaptation.held_out_scores import HeldOutScores
from flatsort.adaptation.labelled_scores import Judgement
from flatsort.adaptation.report_page import write_report
from flatsort.adaptation.trial_tracks import TrackFigures
from flatsort.evaluation.reid.gates import Errors
from flatsort.evaluation.reid.pair_scores import PairDistances, Scores
from flatsort.evaluation.tracks.matching import match_frames
from flatsort.evaluation.tracks.preprocessing import ScoredFrame
from flatsort.evaluation.tracks.score import score_matches
from flatsort.tracker import AppearanceMetric

PAIRS = PairDistances(np.linspace(0.1, 0.3, 200), np.array([0.8, 0.9, 1.0]))
METRIC = AppearanceMetric("cosine", gate=0.35, centre=np.zeros(2))
FIGURES = {
    "none": TrackFigures(60, 20.0, 15.0, 9),
    "old": TrackFigures(52, 25.5, 18.0, 7),
    "new": TrackFigures(45, 30.25, 21.5, 5),
}


def findings(old=0.093, new=0.051, labelled=False):
    held_out = {
        name: HeldOutScores(rate, METRIC, PAIRS, Errors(0.02, 0.04))
        for name, rate in (("old", old), ("new", new))
        if rate is not None
    }
    judgements, scores, gate_bands = {}, {}, {}
    if labelled:
        judgements = {
            name: Judgement(Scores(auc, 0.1, 0.8, 0.7), METRIC, PAIRS)
            for name, auc in (("old", 0.921), ("new", 0.978))
        }
        frames = [ScoredFrame(np.array([1]), np.array([5]), np.array([[0.9]]))]
        scores = dict.fromkeys(FIGURES, score_matches(frames, match_frames(frames)))
        columns = scores["new"].columns(["Purity"])
        gate_bands = {
            "old": dict.fromkeys(columns, Spread(66.04, 2.5)),
            "new": dict.fromkeys(columns, Spread(68.5, 3.66)),
        }
    return Findings("old", "new", held_out, FIGURES, judgements, scores, gate_bands)


@pytest.fixture
def written(tmp_path):
    def write(found):
        return write_report(tmp_path, found, ["A fact.", "Another."])

    return write


def test_the_verdict_on_a_better_descriptor_comes_first(written, tmp_path):
    lines = written(findings())
    assert lines == [
        "new tells people apart better here than old: on people held out of training, new errs in "
        "5.1 % of the cases, old in 9.3 %.",
        "Tracks: new 45 identities of 30.2 frames on average; old 52 identities of 25.5 frames on "
        "average; none 60 identities of 20.0 frames on average.",
    ]
    text = (tmp_path / "report.md").read_text()
    assert text.startswith(f"# new\n\n{lines[0]}\n\nA fact. Another.\n\n")
    assert "| new          | DeepSORT  |           45 |          30.2 |" in text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["distances.png", "report.md"]


@pytest.mark.parametrize(
    ("new", "doubt"),
    # A standard error of 9.3 % in 200 distances is 2.05 %.
    [(0.0724, None), (0.0726, "not clearly"), (0.093, "not"), (0.2, "not")],
)
def test_the_verdict_on_a_descriptor_that_is_not_clearly_better(written, new, doubt):
    line = written(findings(new=new))[0]
    assert line.startswith(
        "new tells people apart better here than old: "
        if doubt is None
        else f"Keep old: new is {doubt} better here; on people held out of training, new errs in"
    )


def test_the_verdict_without_people_held_out(written, tmp_path):
    line = written(findings(None, None))[0]
    assert line.startswith("Whether new is better than old could not be measured: too few")
    text = (tmp_path / "report.md").read_text()
    assert "People held out" not in text
    assert "distances.png" not in text


def test_labels_have_lines_tables_and_a_picture_of_their_own(written, tmp_path):
    lines = written(findings(labelled=True))
    assert lines[2].startswith("By labels: same-person AUC 0.978, with old 0.921; rank-1 0.800, ")
    assert lines[3] == (
        "By labels: IDF1 100.0, with old 100.0; MOTA 100.0, 100.0; 0 identity switches, 0."
    )
    assert lines[4] == (
        "By labels, mean over gates around each descriptor's own: IDF1 68.5 ± 3.7, with old 66.0 ± "
        "2.5; MOTA 68.5 ± 3.7, 66.0 ± 2.5; 68.5 ± 3.7 identity switches, 66.0 ± 2.5."
    )
    text = (tmp_path / "report.md").read_text()
    assert "## People, by labels" in text
    assert "## Tracks, by labels" in text
    assert "| old          | 66.0 ± 2.5 |" in text
    assert "![Distances before and after](labelled.png)" in text
    assert (tmp_path / "labelled.png").is_file()


def test_all_pictures_of_the_page_exist_except_the_training_sheet(written, tmp_path):
    written(findings(labelled=True))
    named = {
        line.partition("](")[2].rstrip(")")
        for line in (tmp_path / "report.md").read_text().splitlines()
        if line.startswith("![")
    }
    assert named - {path.name for path in tmp_path.iterdir()} == {"sheet.png"}
