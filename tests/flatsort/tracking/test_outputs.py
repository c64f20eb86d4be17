"""The files of a run, and the results that a run must not replace."""

import json

import pytest

from flatsort.errors import InputError
from flatsort.sinks import CsvFile, JsonLinesFile, OverlayVideo, ResultFile
from flatsort.tracking.feed import SequenceFeed
from flatsort.tracking.outputs import Outputs, refuse_to_replace
from flatsort.tracking.tracking_request import TrackingRequest


def test_the_sinks_of_a_request(make_sequence, tmp_path):
    feed = SequenceFeed(make_sequence(length=2))
    outputs = Outputs(TrackingRequest(results=tmp_path / "r"), feed, {})
    assert [type(sink) for sink in outputs.sinks] == [ResultFile]
    assert (outputs.results, outputs.film) == (tmp_path / "r" / "none" / "MOT16-98.txt", None)
    request = TrackingRequest(
        results=tmp_path / "r", also=("jsonl", "csv", "jsonl"), video=tmp_path / "films"
    )
    outputs = Outputs(request, feed, {0: "person"})
    assert [type(sink) for sink in outputs.sinks] == [
        *(ResultFile, JsonLinesFile, CsvFile, OverlayVideo)
    ]
    assert outputs.film == tmp_path / "films" / "MOT16-98.mp4"
    assert not (tmp_path / "r").exists()


def test_results_of_other_footage_are_not_replaced(tmp_path):
    first, second = tmp_path / "a.mp4", tmp_path / "b.mp4"
    first.touch()
    second.touch()
    results = tmp_path / "walk.txt"
    refuse_to_replace(results, str(second))
    (tmp_path / "walk.json").write_text(json.dumps(RECORD | {"source": str(first)}))
    refuse_to_replace(results, str(first))
    with pytest.raises(InputError, match=r"walk\.txt has the tracks of .*a\.mp4: give --tracker"):
        refuse_to_replace(results, str(second))
    # Footage that is no longer at its place may have moved to this one.
    first.unlink()
    refuse_to_replace(results, str(second))


RECORD = {
    **dict.fromkeys(("sequence", "source", "tracker", "descriptor", "detector"), "walk"),
    **{key: {} for key in ("options", "seconds", "counts", "versions")},
    **{"frame_rate": 25.0, "size": None, "frames": 1, "film": None, "notes": []},
}
