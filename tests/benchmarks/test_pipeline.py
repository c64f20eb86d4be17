"""benchmarks/pipeline.py: its stages add up, and its pages name a missing peer."""

import pytest

from benchmarks import pipeline_sides
from benchmarks.pipeline_measure import measure
from benchmarks.pipeline_page import page, performance_page
from benchmarks.pipeline_sides import OURS, PEER, SECOND, STAGES


@pytest.fixture
def results(make_sequence, monkeypatch):
    monkeypatch.setattr(pipeline_sides.importlib.util, "find_spec", lambda name: None)
    found = measure(make_sequence(length=4), 3, {"det.txt": 0.3}, repeat=1)
    return {"machine": {"processor": "P", "cores": 2, "python": "3"}, "repeat": 1, **found}


def test_stages_add_up_and_second_runs_read_nothing(results):
    rows = {row["side"]: row for row in results["rows"]}
    assert list(rows) == [*(side.name for side in OURS), PEER]
    assert {row["boxes"] for row in rows.values()} == {6}
    for side in OURS:
        row, second = rows[side.name], side.name.endswith(SECOND)
        took = row["milliseconds"]
        assert sum(took[stage] for stage in STAGES) == pytest.approx(took["total"])
        describes = side.descriptor != "none" and not second
        assert (took["decode"] > 0) == (side.film or describes)
        assert (took["crop"] > 0) == (row["described"] > 0) == describes


def test_a_missing_peer_is_named_with_how_to_install_it(results):
    for text in (page(results), performance_page(results)):
        (line,) = [each for each in text.splitlines() if PEER in each and each.startswith("|")]
        assert "pip install -r requirements-bench.txt" in line
        assert "python -m benchmarks.pipeline" in performance_page(results)
