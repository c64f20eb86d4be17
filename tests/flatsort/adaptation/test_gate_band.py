"""Scores at gates around a descriptor's own."""

import math

import pytest

from flatsort.adaptation.gate_band import SHARES, score_gate_band
from flatsort.adaptation.labelled_scores import score_tracks
from flatsort.adaptation.trial_tracks import follow
from flatsort.files.sequence import open_sequence
from flatsort.tracker import AppearanceMetric

LENGTH, HIDDEN = 30, range(11, 16)
# The features of a person before and after have a cosine of 0.9, so a distance of 0.1.
CHANGED = math.sqrt(1 - 0.81) / 0.9


@pytest.fixture
def sequence(tmp_path):
    folder = tmp_path / "one"
    (folder / "gt").mkdir(parents=True)
    (folder / "seqinfo.ini").write_text(
        f"[Sequence]\nname=one\nimDir=img1\nframeRate=25\nseqLength={LENGTH}\n"
        "imWidth=160\nimHeight=120\nimExt=.jpg\n"
    )
    lines = [f"{n},1,51,21,20,40,1,1,1\n" for n in range(1, LENGTH + 1) if n not in HIDDEN]
    (folder / "gt" / "gt.txt").write_text("".join(lines))
    return open_sequence(folder)


def test_a_person_who_returns_changed_is_matched_at_the_larger_gates(sequence, make_footage):
    rows = [
        (n, 50, 0 if n < HIDDEN.start else CHANGED) for n in range(1, LENGTH + 1) if n not in HIDDEN
    ]
    footage = make_footage(*rows, length=LENGTH)
    # Eight of the eleven gates from 0.5 to 1.5 times 0.13 are above 0.1; the first is 0.104.
    found = score_gate_band(sequence, footage, footage.features, AppearanceMetric("cosine", 0.13))
    assert sum(share * 0.13 > 0.1 for share in SHARES) == 8
    assert found["IDs"].mean == pytest.approx(3 / 11)
    assert found["IDs"].deviation == pytest.approx(math.sqrt(3 * 8) / 11)
    assert str(found["IDs"]) == "0.3 ± 0.4"


def test_gates_that_change_nothing_have_no_spread(sequence, make_footage):
    footage = make_footage(*((n, 50) for n in range(1, LENGTH + 1)), length=LENGTH)
    metric = AppearanceMetric("cosine", 0.2)
    found = score_gate_band(sequence, footage, footage.features, metric)
    [own] = score_tracks(sequence, footage, [follow(footage, footage.features, metric)])
    means = {column: spread.mean for column, spread in found.items()}
    assert means == pytest.approx(own.columns(["Purity"]))
    assert max(spread.deviation for spread in found.values()) < 1e-9
