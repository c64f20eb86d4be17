"""benchmarks/pipeline.py: its stages add up, and its pages say what is missing."""

import pytest

from benchmarks import pipeline_sides
from benchmarks.pipeline_page import page, performance_page
from benchmarks.pipeline_sides import OURS, PEER, STAGES, measure


@pytest.fixture
def results(make_sequence, monkeypatch):
    monkeypatch.setattr(pipeline_sides.importlib.util, "find_spec", lambda name: None)
    found = measure(make_sequence(length=4), 3, {"det.txt": 0.3}, repeat=1)
    return {"machine": {"processor": "P", "cores": 2, "python": "3"}, "repeat": 1, **found}


def test_stages_add_up_and_second_runs_read_nothing(results):
    rows = {row["side"]: row for row in results["rows"]}
    assert list(rows) == [*(name for name, *_ in OURS), PEER]
    assert {row["boxes"] for row in rows.values()} == {6}
    for name, word, filled, film in OURS:
        took = rows[name]["milliseconds"]
        assert sum(took[stage] for stage in STAGES) == pytest.approx(took["total"])
        reads = film or (word != "none" and not filled)
        assert (took["decode"] > 0) == reads
        assert (took["crop"] > 0) == (word != "none" and not filled)


def test_a_missing_peer_is_named_with_how_to_install_it(results):
    for text in (page(results), performance_page(results)):
        (line,) = [each for each in text.splitlines() if PEER in each and each.startswith("|")]
        assert "pip install -r requirements-bench.txt" in line
        assert "python benchmarks/pipeline.py" in performance_page(results)
