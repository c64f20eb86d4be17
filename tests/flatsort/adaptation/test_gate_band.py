"""Scores at gates about a descriptor's own."""

import math

import pytest

from flatsort.adaptation.gate_band import SHARES, score_around
from flatsort.adaptation.labelled_scores import score_tracks
from flatsort.adaptation.trial_tracks import follow
from flatsort.files.sequence import open_sequence
from flatsort.tracker import AppearanceMetric

LENGTH, HIDDEN = 30, range(11, 16)
# cos = 0.9 between what somebody looks like before and after, so a distance of 0.1.
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


def test_someone_who_comes_back_changed_is_known_again_from_some_gate_on(sequence, make_footage):
    rows = [
        (n, 50, 0 if n < HIDDEN.start else CHANGED) for n in range(1, LENGTH + 1) if n not in HIDDEN
    ]
    footage = make_footage(*rows, length=LENGTH)
    # At half to one and a half of 0.13, so eight of eleven times, from 0.104 on.
    found = score_around(sequence, footage, footage.features, AppearanceMetric("cosine", 0.13))
    assert sum(share * 0.13 > 0.1 for share in SHARES) == 8
    assert found["IDs"].mean == pytest.approx(3 / 11)
    assert found["IDs"].deviation == pytest.approx(math.sqrt(3 * 8) / 11)
    assert str(found["IDs"]) == "0.3 ± 0.4"


def test_where_the_gate_decides_nothing_all_are_as_at_it(sequence, make_footage):
    footage = make_footage(*((n, 50) for n in range(1, LENGTH + 1)), length=LENGTH)
    metric = AppearanceMetric("cosine", 0.2)
    found = score_around(sequence, footage, footage.features, metric)
    [own] = score_tracks(sequence, footage, [follow(footage, footage.features, metric)])
    assert {column: spread.mean for column, spread in found.items()} == pytest.approx(own.columns())
    assert max(spread.deviation for spread in found.values()) < 1e-9
