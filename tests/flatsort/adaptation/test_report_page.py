"""The report and its headlines, from invented figures."""

import numpy as np
import pytest

from flatsort.adaptation.findings import Findings
from flatsort.adaptation.gate_band import Spread
from flatsort.adaptation.labelled_scores import Judgement
from flatsort.adaptation.report_page import write_report
from flatsort.adaptation.trial_tracks import TrackFigures, follow
from flatsort.evaluation.reid.pair_scores import PairDistances, Scores
from flatsort.evaluation.tracks.matching import match_frames
from flatsort.evaluation.tracks.preprocessing import ScoredFrame
from flatsort.evaluation.tracks.score import score_matches
from flatsort.evaluation.verdict.give_verdict import Verdict
from flatsort.evaluation.verdict.intervals import Estimate
from flatsort.evaluation.verdict.pair_shares import PairShare
from flatsort.tracker import AppearanceMetric
from tests.flatsort.evaluation.verdict.invented_trials import invent_trials

PAIRS = PairDistances(np.linspace(0.1, 0.3, 200), np.array([0.8, 0.9, 1.0]))
METRIC = AppearanceMetric("cosine", gate=0.35, centre=np.zeros(2))
FIGURES = {
    "none": TrackFigures(60, 20.0, 15.0, 9),
    "old": TrackFigures(52, 25.5, 18.0, 7),
    "new": TrackFigures(45, 30.25, 21.5, 5),
}
SHARES = {
    "old": PairShare(Estimate(0.9, 0.8, 0.95, 20), 40),
    "new": PairShare(Estimate(0.9, 0.4, 1.0, 5), 29),
}


@pytest.fixture
def footage(make_footage):
    """Two people stand still for ten frames."""
    footage = make_footage(*((n, left) for n in range(1, 11) for left in (40, 100)))
    footage.images[::2] = 200
    return footage


@pytest.fixture
def write(tmp_path, footage):
    def run(mixed=None, labelled=False):
        trials = invent_trials(mixed or {"none": 0.0, "old": 0.4, "new": 0.1})
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
        tracks = dict.fromkeys(FIGURES, follow(footage))
        verdict = Verdict(trials, after="new", before="old", motion="none")
        found = Findings(verdict, SHARES, tracks, FIGURES, judgements, scores, gate_bands)
        return write_report(tmp_path, found, footage, ["A fact.", "Another."])

    return run


def test_the_verdict_comes_first(write, tmp_path):
    lines = write()
    assert lines[0].startswith("new is better here than old: in 400 trials in which one of 20 ")
    assert lines[1:] == [
        "Tracks: new 45 identities of 30.2 frames on average; old 52 identities of 25.5 frames on "
        "average; none 60 identities of 20.0 frames on average.",
    ]
    text = (tmp_path / "report.md").read_text()
    assert text.startswith(f"# new\n\n{lines[0]}\n\nA fact. Another.\n\n")
    assert "| new          | DeepSORT  |           45 |          30.2 |" in text
    for title in ("Trials, without labels", "Difference to old", "People held out"):
        assert f"## {title}" in text


def test_few_pairs_of_people_give_no_percentage(write, tmp_path):
    write()
    text = (tmp_path / "report.md").read_text()
    assert "90.0 (80.0 to 95.0), 40 pairs" in text
    assert "too few people to say (29 pairs)" in text


@pytest.mark.parametrize(
    ("mixed", "words"),
    [
        ({"none": 0.4, "old": 0.4, "new": 0.1}, "the tracks of DeepSORT with new."),
        ({"none": 0.4, "old": 0.1, "new": 0.4}, "the tracks of DeepSORT with old."),
        ({"none": 0.0, "old": 0.4, "new": 0.4}, "the tracks of SORT, without a descriptor."),
    ],
)
def test_the_tracks_are_those_of_the_recommended_descriptor(write, tmp_path, mixed, words):
    write(mixed)
    assert words in (tmp_path / "report.md").read_text()
    rows = (tmp_path / "tracks.txt").read_text().splitlines()
    assert {row.split(",")[1] for row in rows} == {"1", "2"}


def test_labels_have_lines_tables_and_a_picture_of_their_own(write, tmp_path):
    lines = write(labelled=True)
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


@pytest.mark.parametrize("labelled", [False, True])
def test_all_pictures_of_the_page_exist_except_the_training_sheet(write, tmp_path, labelled):
    write(labelled=labelled)
    named = {
        line.partition("](")[2].rstrip(")")
        for line in (tmp_path / "report.md").read_text().splitlines()
        if line.startswith("![")
    }
    assert named - {path.name for path in tmp_path.iterdir()} == {"sheet.png"}
