"""The table of all shipped descriptors: its cells, its sentences, and missing files."""

import json
import shutil
from dataclasses import replace

import pytest

from benchmarks.choosing_figures import FAMILIES, difference_of
from benchmarks.choosing_inputs import SOURCES, Inputs, Weights, read_inputs, read_weights
from benchmarks.choosing_page import make_page, make_table
from benchmarks.choosing_verdict import outside, verdict
from benchmarks.evidence_bootstrap import Interval
from benchmarks.evidence_figures import COMPARED
from benchmarks.evidence_footage import SEEN, UNSEEN
from flatsort.errors import InputError
from flatsort.files.paths import SHIPPED_WEIGHTS

OSNET_FILE = "onnx-reid_osnet_x025"


def score(idf1, purity, spread=None):
    cells = {"IDF1": idf1, "purity": purity}
    return {name: {"mean": mean, "spread": spread} for name, mean in cells.items()}


def difference(idf1, purity=(0.0, -1.0, 1.0)):
    names = ("measured", "low", "high")
    cells = {"IDF1": idf1, "purity": purity}
    return {name: dict(zip(names, ends, strict=True)) for name, ends in cells.items()}


def reported(auc, dimensions=4):
    used = {"auc": auc, "rank_1": 0.8, "mean_average_precision": 0.7}
    other = {"auc": 1.0, "rank_1": 1.0, "mean_average_precision": 1.0}
    scores = {"cosine": used, "euclidean": other}
    return {"dimensions": dimensions, "scores": scores, "own": {"distance": "cosine"}}


def timed(network, *seconds, batch=20, precision="float32"):
    used = {"network": network, "engine": "onnxruntime", "precision": precision}
    return {**used, "batch": batch, "seconds": list(seconds)}


@pytest.fixture
def inputs():
    """Three kinds of weights beside the descriptors that need none, and OSNet."""
    scores = {
        "motion": score(40.0, 95.0),
        "histogram": score(50.0, 80.0),
        "fmvae": score(51.0, 85.0, 0.5),
        "fmvae-track": score(53.0, 86.0, 0.25),
        "osnet": score(54.0, 88.0),
    }
    differences = {
        "histogram": {"motion": difference((10.0, 8.0, 12.0), (-15.0, -18.0, -12.0))},
        "fmvae": {"histogram": difference((1.0, -1.0, 3.0))},
        "fmvae-track": {
            "motion": difference((13.0, 11.0, 15.0), (-9.0, -12.0, -6.0)),
            "histogram": difference((3.0, 1.0, 5.0)),
            "fmvae": difference((2.0, -0.5, 4.5)),
        },
        "osnet": {"fmvae-track": difference((1.0, 0.5, 1.5))},
    }
    # In seen scenes the histogram is highest; all pairs are stored the other way round.
    seen = {"histogram": score(60.0, 90.0), "fmvae": score(59.0, 90.0)}
    near = {"fmvae": {"histogram": difference((-1.0, -2.0, -0.5), (0.5, 0.2, 0.8))}}
    whole = {"IDF1": 60.0, "Purity": 90.0}
    better = {"IDF1": 70.0, "Purity": 80.0}
    return Inputs(
        report={
            "sequence": "S-1",
            "descriptors": {
                "histogram": reported(0.95, 288),
                "fmvae": reported(0.96),
                "fmvae-unseen": reported(0.93),
                OSNET_FILE: reported(0.97, 512),
            },
        },
        speeds={
            "machine": {"processor": "P", "cores": 2},
            "speeds": [
                # The median of three turns is 20 crops in 10 ms.
                timed("fmvae", 0.01, 0.5, 0.001),
                timed("fmvae", 9.0, batch=1),
                timed("fmvae-track", 9.0, precision="int8"),
                timed("OSNet x0.25", 0.1),
            ],
        },
        accuracy={
            "sets": {
                "a-1": {"sequences": ["S-1"], "scores": {"sort": {"whole": whole}}},
                "b-1": {"sequences": ["S-1"], "scores": {"sort": {"whole": better}}},
                "both": {"sequences": ["S-1", "S-2"], "scores": {"sort": {"whole": whole}}},
            }
        },
        evidence={
            "groups": {
                UNSEEN: {
                    "recordings": 20,
                    "scores": {"flatsort": scores, "deepsort": {}},
                    "differences": {"flatsort": differences},
                },
                SEEN: {
                    "recordings": 20,
                    "scores": {"flatsort": seen},
                    "differences": {"flatsort": near},
                },
            }
        },
        weights={
            "fmvae": Weights(("S-1", "c-2", "c-3"), False, "slim", 128, 2_150_000),
            "fmvae-unseen": Weights(("c-2", "c-3"), False, "slim", 128, 2_500_000),
            "fmvae-track": Weights(("S-1", "c-2"), True, "small", 128, None),
            "a-user's-own": Weights(("x",), False, "slim", 128, None),
        },
    )


def cells(table):
    """Return name -> the other cells of its row."""
    lines = [line for line in table.splitlines() if line.startswith("|")][2:]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {name.strip("`"): row for name, *row in rows}


def test_the_table_has_the_figures_of_each_file(inputs):
    rows = cells(make_table(inputs))
    # Weights that are not there have no rows, and a user's own weights have none.
    assert list(rows) == [
        "none",
        "histogram",
        "fmvae",
        "fmvae-unseen",
        "fmvae-track",
        "OSNet x0.25",
    ]
    tracked = ["51.0 ± 0.5 / 85.0 ± 0.5", "-", "+1.0 (-1.0 to +3.0)"]
    # 20 crops in 0.01 s are 2,000 per second; a star stands where the weights saw S-1.
    start = ["S-1 and 2 clips", "128", "2,000", "96.0 / 80.0 / 70.0 *"]
    assert rows["fmvae"][1:] == [*start, *tracked, "2.1 MB"]
    # The same network as fmvae, so its speed is given; the kind's figures are the same.
    start = ["2 clips, not S-1", "128", "2,000 (fmvae)", "93.0 / 80.0 / 70.0"]
    assert rows["fmvae-unseen"][1:] == [*start, *tracked, "2.5 MB"]
    # Neither in the report nor timed in float32.
    assert rows["fmvae-track"][1:5] == ["S-1 and 1 clip and pictures", "128", "-", "-"]
    assert rows["none"][1:5] == ["nothing", "-", "-", "-"]
    # The histogram minus motion is stored; the row has motion minus the histogram.
    assert rows["none"][5:] == ["40.0 / 95.0", "-", "-10.0 (-12.0 to -8.0)", "-"]
    assert rows["histogram"][1:] == [
        "nothing",
        "288",
        "-",
        "95.0 / 80.0 / 70.0",
        "50.0 / 80.0",
        "-",
        "-",
        "-",
    ]
    assert rows["OSNet x0.25"][1:5] == [
        "other cameras, with labels",
        "512",
        "200",
        "97.0 / 80.0 / 70.0",
    ]


def test_osnet_has_a_row_only_where_it_was_measured(inputs):
    del inputs.report["descriptors"][OSNET_FILE]
    del inputs.speeds["speeds"][-1]
    assert "OSNet" not in make_table(inputs)


def test_a_kind_that_the_evidence_lacks_has_dashes(inputs):
    weights = {**inputs.weights, "fmvae-300": Weights(("S-1",), False, "slim", 128, None)}
    rows = cells(make_table(replace(inputs, weights=weights)))
    assert rows["fmvae-300"][5:8] == ["-", "-", "-"]


def test_the_highest_kind_is_named_with_those_that_it_cannot_be_told_from(inputs):
    assert verdict(inputs, UNSEEN, "flatsort") == (
        "`fmvae-track` has the highest IDF1, 53.0. It is better than `none` and `histogram`. We "
        "cannot tell it from `fmvae`. It has a lower purity than `none`."
    )
    assert outside(inputs, UNSEEN, "flatsort") == (
        "OSNet minus `fmvae-track`: IDF1 +1.0 (+0.5 to +1.5), better."
    )


def test_a_pair_reads_the_same_both_ways(inputs):
    pair = ("histogram", "fmvae")
    assert difference_of(inputs, SEEN, "flatsort", pair, "IDF1") == Interval(1.0, 0.5, 2.0)
    assert verdict(inputs, SEEN, "flatsort") == (
        "`histogram` has the highest IDF1, 60.0. It is better than `fmvae`. It has a lower purity "
        "than `fmvae`."
    )
    # Without a comparison there is no answer.
    del inputs.evidence["groups"][SEEN]["differences"]["flatsort"]["fmvae"]
    assert verdict(inputs, SEEN, "flatsort") == (
        "`histogram` has the highest IDF1, 60.0. We cannot tell it from `fmvae`."
    )
    assert verdict(inputs, SEEN, "deepsort") is None


def test_the_page_has_the_answers_and_the_tracks_of_the_benchmark(inputs):
    page = make_page(inputs)
    answers = [line for line in page.splitlines() if "has the highest" in line]
    # The evidence of this test has no real recording.
    assert [line.split(",")[0] for line in answers] == ["- **Without adapting", "- **With adapting"]
    assert "20 unseen scenes" in " ".join(page.split())
    # The means over both detectors; the set of two sequences does not count.
    assert cells(page[page.index("## Tracks of S-1") :]) == {"none": ["-", "65.0 / 85.0"]}
    assert "None" not in page


def test_all_kinds_of_the_table_are_compared():
    assert {each.kind for each in FAMILIES} - {None} == {*COMPARED}


def test_facts_of_weights_come_from_their_cards(tmp_path):
    # A second size of latents, a network without one of its own, and principal components.
    latents = {"curved-10": 10, "fmvae": 128, "pca": 128}
    for name, size in latents.items():
        path = tmp_path / f"{name}.safetensors"
        shutil.copy(SHIPPED_WEIGHTS / path.name, path)
        (tmp_path / f"{name}.onnx").write_bytes(b"12345")
        facts = read_weights(path)
        assert (facts.latents, facts.onnx_bytes) == (size, 5)
        assert len(facts.sequences) == 7
    assert read_weights(tmp_path / "pca.safetensors").architecture is None


def test_a_missing_file_names_the_command_that_writes_it(tmp_path):
    for name, (file, command, entries) in SOURCES.items():
        path = tmp_path / file
        with pytest.raises(InputError, match=rf"{path.name}: no such file: run `{command}`"):
            read_inputs(tmp_path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
        with pytest.raises(InputError, match=f"the entry {entries[0]} is missing: run `{command}`"):
            read_inputs(tmp_path)
        path.write_text(json.dumps({entry: name for entry in entries}))
    with pytest.raises(InputError, match="no weights here: run `make weights`"):
        read_inputs(tmp_path)
    (tmp_path / "weights").mkdir()
    shutil.copy(SHIPPED_WEIGHTS / "pca.safetensors", tmp_path / "weights")
    assert read_inputs(tmp_path).report["sequence"] == "report"
