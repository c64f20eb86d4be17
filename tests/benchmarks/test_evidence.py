"""The evidence: what people add to scores, the draws, the scenes, and the page."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.evidence_bootstrap import DRAWS, Bootstrap, Interval, Scored, tracked_scores
from benchmarks.evidence_contestants import HISTOGRAM, MOTION
from benchmarks.evidence_figures import figures
from benchmarks.evidence_footage import HALF, MOT16, SEEN, UNSEEN
from benchmarks.evidence_page import make_page
from benchmarks.evidence_people import PeopleCounts, count_people
from benchmarks.evidence_plot import forest_plot
from benchmarks.evidence_runs import PRESETS, Evidence, PictureScores, Tracked
from benchmarks.evidence_scenes import (
    BURSTS,
    NOISES,
    SCENES,
    VARIANTS,
    kind_of,
    open_evidence_scene,
)
from benchmarks.evidence_tables import Difference, differences
from benchmarks.evidence_training import WORDS
from benchmarks.evidence_words import words
from flatsort.evaluation.tracks.score import score_rows
from flatsort.files.mot_files import read_detections, rows_of


def box(frame, identity, left):
    return (frame, identity, left, 0.0, 20.0, 40.0)


def test_people_add_up_to_the_scores_of_the_tables():
    generator = np.random.default_rng(3)
    truth, results = [], []
    for frame in range(1, 61):
        for person in range(5):
            truth.append(box(frame, person, 50.0 * person + frame))
            # Names change places at random, boxes shake and get lost, and some are of nobody.
            name = (person + (frame // 20) * generator.integers(0, 2)) % 5
            if generator.random() < 0.9 and (frame, name) not in {row[:2] for row in results}:
                results.append(box(frame, name, 50.0 * person + frame + generator.normal(0, 4)))
        results.append(box(frame, 9, 900.0))
    truth_rows = rows_of(np.array(truth), "truth", 60)
    result_rows = rows_of(np.array(results), "results", 60)
    score = score_rows(truth_rows, result_rows, 60, "MOT15")
    counts = count_people(truth_rows, result_rows, 60, "MOT15")
    assert counts.right.sum() == score.counts.idtp
    assert counts.matched.sum() == score.identities.matches
    assert counts.pure.sum() == score.identities.of_main_person
    idf1, purity = counts.scores(np.ones((1, 5)))[:, 0]
    columns = score.columns(("Purity",))
    assert idf1 == pytest.approx(columns["IDF1"])
    assert purity == pytest.approx(columns["Purity"])


def test_a_person_who_is_drawn_twice_counts_twice():
    # Person 1: 10 boxes, all found and right. Person 2: 10 boxes, 6 found, all in 1's track.
    counts = PeopleCounts(
        ids=np.array([1, 2]),
        truth=np.array([10, 10]),
        right=np.array([10, 0]),
        matched=np.array([10, 6]),
        pure=np.array([10, 0]),
        clutter=4,
    )
    both, first, second = counts.scores(np.array([[1.0, 1.0], [2.0, 0.0], [0.0, 2.0]])).T
    # IDF1 = 2 IDTP / (truth + results): 20 / (20 + 20); 40 / (20 + 24); 0.
    assert both == pytest.approx([100 * 20 / 40, 100 * 10 / 16])
    assert first == pytest.approx([100 * 40 / 44, 100.0])
    assert second == pytest.approx([0.0, 0.0])


def test_the_interval_of_a_mean_over_recordings_is_that_of_theory():
    # 40 recordings with scores of variance 9, people and trainings without influence: the standard
    # error is 3 / sqrt(40) = .474, and 95 % lie within 1.96 of them, .93 on each side.
    scores = np.random.default_rng(5).normal(10, 3, 40)
    scores = 10 + 3 * (scores - scores.mean()) / scores.std()
    one = _constant(scores)
    interval = Bootstrap(40).difference(one, _constant(np.zeros(40)))
    assert interval.measured == pytest.approx(10)
    assert interval.low == pytest.approx(10 - 0.93, abs=0.08)
    assert interval.high == pytest.approx(10 + 0.93, abs=0.08)


def test_a_constant_gain_is_sure_however_recordings_differ():
    scores = np.random.default_rng(6).uniform(20, 80, 12)
    interval = Bootstrap(12).difference(_constant(scores + 2), _constant(scores))
    assert (interval.low, interval.high) == pytest.approx((2, 2))


def test_trainings_widen_the_interval():
    # Three trainings at 0, 6 and 12 have the unbiased variance 36; a mean of three has 36 / 3 = 12.
    scored = Scored(np.array([[0.0, 6.0, 12.0]]), np.tile([[0.0], [6.0], [12.0]], DRAWS)[None])
    drawn = Bootstrap(1).draw(scored)
    assert drawn.mean() == pytest.approx(6, abs=0.2)
    assert drawn.var() == pytest.approx(12, rel=0.1)


def test_the_share_of_a_gain():
    base, ours, theirs = (_constant(np.full(8, value)) for value in (50.0, 59.0, 60.0))
    share = Bootstrap(8).share(ours, theirs, base)
    assert (share.measured, share.low, share.high) == pytest.approx((90, 90, 90))
    # Where labels bring nothing, there is nothing to share.
    assert Bootstrap(8).share(ours, base, base) is None


def _constant(values):
    """Make the scores of one training that other people would not change."""
    return Scored(values[:, None], np.repeat(values[:, None, None], DRAWS, axis=2))


def test_detectors_of_one_recording_are_averaged():
    results = [
        _tracked(MOTION, "sort", boxes, right=right) for boxes, right in (("a", 4), ("b", 8))
    ]
    scored = tracked_scores(results, "IDF1")[MOTION, "sort"]
    # 2 * (4 + 4) / (40 + 40) = 20 %, and twice as much.
    assert scored.measured == pytest.approx(np.array([[(20 + 40) / 2]]))
    assert scored.drawn.shape == (1, 1, DRAWS)


@pytest.mark.parametrize(
    ("interval", "said"),
    [
        (Interval(2.0, -0.1, 4.0), "cannot tell"),
        (Interval(0.5, 0.1, 0.9), "a little better"),
        (Interval(-2.0, -3.0, -1.0), "worse"),
        (Interval(5.0, 1.0, 9.0), "much better"),
    ],
)
def test_words_follow_the_interval(interval, said):
    assert words(interval) == said


def test_every_kind_of_scene_is_seen_and_unseen():
    kinds = {parity: [kind_of(seed) for seed in range(parity, SCENES, 2)] for parity in (0, 1)}
    assert kinds[0] == kinds[1]
    assert len(set(kinds[0])) == len(VARIANTS) * len(NOISES)


def test_training_sees_two_of_five_seconds(tmp_path, monkeypatch):
    monkeypatch.setattr("benchmarks.evidence_scenes.SECONDS", 0.4)
    monkeypatch.setattr("benchmarks.evidence_scenes.BURST_S", 0.1)
    monkeypatch.setattr("benchmarks.evidence_scenes.EVERY_S", 0.2)
    scene = open_evidence_scene(tmp_path, 0)
    assert (scene.variant, scene.is_seen) == ("usual", True)
    kept = read_detections(scene.sequence.find_detections(BURSTS), 10)
    # At 25 frames per second, frames 1 to 3 lie before 0.1 s, and 6 to 8 after 0.2 s.
    assert set(kept.frames.tolist()) <= {1, 2, 3, 6, 7, 8}
    assert len(kept) > 0


def test_the_page_has_all_parts_and_says_what_it_cannot_tell():
    kinds = [kind for kind in WORDS if not kind.endswith("-half")]
    halves = [kind for kind in WORDS if kind.endswith("-half")]
    tracked, pictures = [], []
    for group, recordings in ((SEEN, "ab"), (UNSEEN, "cd"), (MOT16, "e"), (HALF, "f")):
        learned = halves if group == HALF else kinds
        for recording in recordings:
            each = {"group": group, "recording": recording}
            tracked += [_tracked(MOTION, p, recording, **each) for p in ("sort", "flatsort")]
            for kind, seed in [(HISTOGRAM, 0), *((k, s) for k in learned for s in (0, 1))]:
                right = 6 + 2 * learned.index(kind) if kind in learned else 4
                for preset in PRESETS:
                    tracked.append(_tracked(kind, preset, recording, seed, right, **each))
                pictures.append(PictureScores(group, recording, kind, seed, 90, 80, 70))
    evidence = Evidence(tracked, pictures)
    found = differences(evidence)
    page = " ".join(make_page(evidence, found, "| trainings |", "evidence.png").split())
    assert "5 recordings with 10 people" in page
    # The later a kind stands in the list, the more boxes it gets right: 2 (8 - 6) 2 / 80 = 10 %.
    assert "IDF1, deepsort: the order holds." in page
    assert "purity, deepsort: cannot tell." in page
    row = "| VHP-FMVAE, beta 3000 minus VHP-VAE | all recordings | +10.0 (+10.0 to +10.0): much"
    assert row in page
    assert "## The second half of MOT16-09" in page
    assert "| crowded | 4 |" in page
    assert "nan" not in page
    assert forest_plot(found).axes


def _tracked(kind, preset, boxes, seed=0, right=4, group=SEEN, recording="one"):
    counts = PeopleCounts(
        ids=np.array([1, 2]),
        truth=np.array([20, 20]),
        right=np.array([right, right]),
        matched=np.array([20, 20]),
        pure=np.array([20, 10]),
        clutter=0,
    )
    return Tracked(group, recording, "crowded", kind, seed, preset, counts)


def test_the_later_half_starts_at_its_own_frame_one(make_sequence):
    from benchmarks.evidence_footage import EvidenceFootage

    sequence = make_sequence(length=5)
    rows = rows_of(np.array([box(f, 1, 10.0 * f) for f in range(1, 6)]), "rows", 5)
    whole = EvidenceFootage("k", MOT16, "one", "x", sequence, rows, rows)
    later = whole.later_half()
    assert (later.group, later.skipped, later.length) == (HALF, 2, 3)
    assert later.truth.frames.tolist() == later.detections.frames.tolist() == [1, 2, 3]
    assert replace(later, skipped=0).truth.boxes_tlwh[0, 0] == 30.0


def test_the_figures_have_means_spreads_and_differences():
    tracked = [_tracked(HISTOGRAM, "flatsort", "a", right=4, group=UNSEEN, recording="a")]
    for seed, right in ((0, 6), (1, 10)):
        tracked.append(_tracked("fmvae", "flatsort", "a", seed, right, UNSEEN, "a"))
    pictures = [PictureScores(UNSEEN, "a", "fmvae", seed, 90 + seed, 80, 70) for seed in (0, 1)]
    evidence = Evidence(tracked, pictures)
    groups = figures(evidence, [])["groups"]
    group = groups[UNSEEN]
    assert group["recordings"] == 1
    scores, differences = group["scores"]["flatsort"], group["differences"]["flatsort"]
    # IDF1 = 2 * 2 right / (40 + 40): 20 % for the histogram, 30 and 50 % for the trainings, whose
    # standard deviation is 20 / sqrt(2). Both are as pure whoever is drawn.
    assert scores[HISTOGRAM]["IDF1"] == {"mean": 20.0, "spread": None}
    assert scores["fmvae"]["IDF1"] == pytest.approx({"mean": 40.0, "spread": 20 / np.sqrt(2)})
    assert list(differences) == ["fmvae"]
    idf1 = differences["fmvae"][HISTOGRAM]["IDF1"]
    assert idf1["measured"] == pytest.approx(20.0)
    assert idf1["low"] < 20.0 < idf1["high"]
    purity = differences["fmvae"][HISTOGRAM]["purity"]
    assert purity == pytest.approx({"measured": 0.0, "low": 0.0, "high": 0.0})
    assert group["scores"]["pictures"]["fmvae"]["auc"]["mean"] == 90.5
    # People are not drawn for pictures, so one recording has no intervals.
    assert "pictures" not in group["differences"]
    # The other groups were not measured.
    assert list(groups) == ["all recordings", UNSEEN]
    # A comparison of the page is taken over as it is.
    shown = Difference("fmvae", HISTOGRAM, "flatsort", UNSEEN, "IDF1", Interval(1.0, -2.0, 3.0))
    again = figures(evidence, [shown])["groups"]
    pairs = [each["differences"]["flatsort"]["fmvae"][HISTOGRAM] for each in again.values()]
    assert [each["IDF1"]["low"] == -2.0 for each in pairs] == [False, True]
